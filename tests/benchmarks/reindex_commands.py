"""Commands in processes of their own, as they are typed; what they said, and what they cost."""

import os
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from indexer.engine.places import engine_places
from indexer.engine.processes import process_of
from indexer.settings import Settings

WORDS = [sys.executable, "-c", "from webapp.commands import main; main()"]
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
USER, SYSTEM = 11, 12  # fields of /proc/PID/stat behind the program's name (proc(5))


def environment_of(settings: Settings) -> dict[str, str]:
    """Return what tells a command which home, and so which engine, is meant."""
    named = {
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    return {**os.environ, **named}


def begin(settings: Settings, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*WORDS, *words],
        env=environment_of(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    """Return what the command said; ends the benchmark if it failed."""
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{process.args} ended with {process.returncode}: {said}")
    return said


def told(said: str) -> str:
    """Return the sentences about the disk and the copying."""
    found = re.findall(r"A new build needs .*free\.|Copied .*\)", said)
    return " ".join(found) if found else said


@dataclass
class Cost:
    """Seconds, and processor seconds, from its making on: the latter tell of a busy machine what it
    would do if it were quiet."""

    settings: Settings
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._server, self._commands = server_seconds(self.settings), command_seconds()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def in_words(self) -> str:
        server = server_seconds(self.settings) - self._server
        commands = command_seconds() - self._commands
        return (
            f"{self.seconds:.1f} s; processor time: server {server:.0f} s, command {commands:.0f} s"
        )


def server_seconds(settings: Settings) -> float:
    """Return the processor seconds of the server since it began."""
    (node,) = engine_places(settings).nodes_made()
    stat = Path(f"/proc/{process_of(node)}/stat").read_text()
    fields = stat.rpartition(") ")[2].split()
    return (int(fields[USER]) + int(fields[SYSTEM])) / TICKS_A_SECOND


def command_seconds() -> float:
    """Return the processor seconds of all commands that ended, and were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
