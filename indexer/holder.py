"""Which process holds what only one may do at a time, and whether that process still lives."""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

DEAD_AFTER = timedelta(seconds=120)  # without a sign of life, of a process on another machine
BEAT_EVERY = timedelta(seconds=10)
START_TICKS_FIELD = 19  # of /proc/PID/stat, counted behind the command's name


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


def _process(pid: int) -> str | None:
    """The process id with the time it began, which tells it from a later one; None if it is gone
    (or only waits for its parent to take note)."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else f"{pid}-{fields[START_TICKS_FIELD]}"
    return None
