"""The gate: the one way in which children reach a person. (Interface; body follows.)"""

from dataclasses import dataclass

from indexer.children.child import Child
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import REAL, World
from webapp.search.answer import Answer
from webapp.search.question import Question


@dataclass(frozen=True)
class OpenRecord:
    """One child's record as the gate hands it out, and when the register was asked about it."""

    child: Child
    age: int
    checked_at: float


class Gate:
    """Made once a process, after the fork."""

    def __init__(self, settings: Settings, world: World = REAL) -> None:
        raise NotImplementedError

    def find(self, question: Question, reader: Actor) -> Answer:
        """Return the children who match, after register, ranking and audit.

        Raises QuestionRefused, NotAllowed, Unavailable.
        """
        raise NotImplementedError

    def open_record(self, number: str, reader: Actor, reason: str) -> OpenRecord:
        """Return one child's record. Raises NotFound, NotAllowed, Refused, Unavailable."""
        raise NotImplementedError

    def is_ready(self) -> None:
        """Return if searches can be answered now; raises Unavailable saying what is missing."""
        raise NotImplementedError
