"""The two web processes, and what each has of its own so that neither can stand for the other."""

from dataclasses import dataclass
from typing import Literal

ProcessName = Literal["front", "desk"]


@dataclass(frozen=True)
class Process:
    """`name` is its credential in Elasticsearch too; `cookie` differs because browsers send the
    cookies of one host to all of its ports; keys are names of secrets."""

    name: ProcessName
    port: int
    cookie: str
    session_key: str
    token_key: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets without which it does not start, and no others."""
        keys = ("register.key", "audit.key", "codes.key", "metrics.key")
        own = (f"{self.name}.password", self.session_key, self.token_key)
        return (*own, *keys, "monitor.password")


FRONT = Process("front", 8000, "contactpoint", "session.key", "token.key")
DESK = Process("desk", 8001, "contactpoint-desk", "desk-session.key", "desk-token.key")
PROCESSES = (FRONT, DESK)
