"""A process that holds a lock and gives no sign of life: it was stopped (Ctrl-Z), or hangs."""

from indexer.health.state import State
from indexer.holder import MINUTE, Holder


def judge_holder(name: str, holder: Holder | None) -> State | None:
    """Yellow while it is silent: until it goes on or ends, nobody else can begin."""
    if holder is None or not holder.is_silent:
        return None
    cause = (
        f"{holder.in_words()} lets nobody else begin, and has given no sign of life for "
        f"{holder.silent_for // MINUTE:,} minutes"
    )
    return State(name, "yellow", cause, f"kill -KILL {holder.process}")
