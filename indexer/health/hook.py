"""The alarm hook: a command of the operator's own, told what is red again and again."""

import shlex
import subprocess
import time
from collections.abc import Sequence

import structlog

from indexer.health.state import State

REPEAT_SECONDS = 300
PATIENCE_SECONDS = 30
_NOTHING = subprocess.DEVNULL

log = structlog.get_logger()


class Hook:
    """Runs `command` with the names of the red states as its arguments: at once when one is new,
    and every five minutes while there is any. An alarm is red until somebody acknowledges it.

    No cause is handed over, so nothing but our own words leaves the service.
    """

    def __init__(self, command: str) -> None:
        self._words = shlex.split(command)
        self._told: frozenset[str] = frozenset()
        self._told_at = float("-inf")

    def tell(self, states: Sequence[State]) -> bool:
        """Run the command if it is time to; return whether it was run and ended well."""
        red = frozenset(one.name for one in states if one.colour == "red")
        is_new = bool(red - self._told)
        is_due = bool(red) and time.monotonic() - self._told_at >= REPEAT_SECONDS
        self._told &= red
        if not self._words or not (is_new or is_due):
            return False
        if is_well_run([*self._words, *sorted(red)]):
            self._told, self._told_at = red, time.monotonic()
            return True
        return False  # it is tried again at the next look


def is_well_run(words: list[str]) -> bool:
    """Run a command without a shell; a command that fails is in the log, by its exit code alone."""
    try:
        ended = subprocess.run(  # noqa: S603 - the operator's own command, from the environment
            words,
            check=False,
            timeout=PATIENCE_SECONDS,
            stdin=_NOTHING,
            stdout=_NOTHING,
            stderr=_NOTHING,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("alarm_hook_failed", type=type(error).__name__)
        return False
    if ended.returncode:
        log.error("alarm_hook_failed", code=ended.returncode)
    return not ended.returncode
