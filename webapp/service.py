"""What a view may reach: the gate, the seals and the people; made once a process."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import current_app

from indexer.audit.reading import AuditReader
from indexer.health.watch import Watch
from indexer.people.actor import LEARNER, Actor
from indexer.people.sign_in import Door
from indexer.shields.desk import OfficersDesk
from indexer.world import World
from webapp.processes import Process
from webapp.search.gate import Gate
from webapp.sign_in import People
from webapp.tokens import Tokens

KEY = "contactpoint"


@dataclass(frozen=True)
class Service:
    """`door` holds the process's own credential, audit and time, for what `indexer` does with them;
    `helpdesk` says whom to call, as it stands in the middle of a sentence; `metrics_folder` is
    where the workers count, None in a process that is alone."""

    gate: Gate
    practice: Gate
    tokens: Tokens
    people: People
    door: Door
    world: World
    helpdesk: str
    process: Process
    audit: AuditReader
    watch: Watch
    officers: OfficersDesk
    metrics_key: str
    metrics_folder: Path | None = None

    def gate_for(self, reader: Actor) -> Gate:
        """Return the gate this person goes through: whoever practises, to invented children."""
        return self.practice if reader.role == LEARNER else self.gate


def service() -> Service:
    """Return the service of the application that answers this request."""
    return cast(Service, current_app.extensions[KEY])
