"""Which process holds what only one may do at a time, and whether that process still lives."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

DEAD_AFTER = timedelta(seconds=120)  # without a sign of life, of a process on another machine
BEAT_EVERY = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
START_TICKS_FIELD = 19  # of /proc/PID/stat, counted behind the command's name


@dataclass(frozen=True)
class Holder:
    """A process that lives and holds a lock: which command, its number, for how long it has held
    the lock, and how long ago it gave a sign of life."""

    doing: str
    process: str
    held_for: timedelta
    silent_for: timedelta

    @property
    def is_silent(self) -> bool:
        """Was it stopped (Ctrl-Z), or does it hang? It is there, so nobody takes its lock."""
        return self.silent_for >= DEAD_AFTER

    def in_words(self) -> str:
        return (
            f"'contactpoint {self.doing}' (process {self.process}, for "
            f"{self.held_for // MINUTE:,} minutes)"
        )

    def refusal(self) -> str:
        if self.is_silent:
            return (
                f"{self.in_words()} is at work here, and has given no sign of life for "
                f"{self.silent_for // MINUTE:,} minutes: let it go on ('kill -CONT {self.process}')"
                f" or end it ('kill -KILL {self.process}'), then run the command again"
            )
        return (
            f"{self.in_words()} is at work here: wait until it has ended, then run the command "
            "again"
        )


def this_machine() -> str:
    """Return this boot of this machine, and the space in which its process ids count."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot} {Path('/proc/self/ns/pid').readlink()}"


def this_process() -> str:
    return str(_process(os.getpid()))


def is_alive(entry: Mapping[str, Any], now: datetime) -> bool:
    """Does the process that wrote `machine`, `process` and `seen_at` still live?

    One that was killed leaves its entry: on this machine the process is looked for; of another
    machine a sign of life is awaited.
    """
    if entry["machine"] == this_machine():
        process: str = entry["process"]
        return _process(int(process.split("-", maxsplit=1)[0])) == process
    return now - datetime.fromisoformat(entry["seen_at"]) < DEAD_AFTER


def parse_holder(entry: Mapping[str, Any], now: datetime) -> Holder | None:
    """Return who holds the lock, None if nobody does."""
    if "process" not in entry or not is_alive(entry, now):
        return None
    seen_at = datetime.fromisoformat(entry["seen_at"])
    begun_at = datetime.fromisoformat(entry.get("begun_at", entry["seen_at"]))
    process = str(entry["process"]).split("-", maxsplit=1)[0]
    return Holder(entry["doing"], process, now - begun_at, now - seen_at)


def _process(pid: int) -> str | None:
    """The process id with the time it began, which tells it from a later one; None if it is gone
    (or only waits for its parent to take note)."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else f"{pid}-{fields[START_TICKS_FIELD]}"
    return None
