"""The gate: the one way in which children reach a person.

It searches, asks the register, ranks and audits, and only then returns: no view can forget.
"""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import msgspec
import structlog
from msgspec import to_builtins

from indexer.age import age_in_years
from indexer.audit.trail import Trail
from indexer.clients import Credential, make_client
from indexer.errors import (
    AnswerTooLate,
    BudgetSpent,
    NotAllowed,
    NotFound,
    Refused,
    RegisterUnavailable,
)
from indexer.health.alarms import Alarms
from indexer.people.actor import LEARNER, SEARCHERS, Actor
from indexer.people.budgets import Budgets, What, budgets
from indexer.settings import Settings
from indexer.shields.marks import Marks
from indexer.world import REAL, World
from mappings.names import CHILDREN, PRACTICE
from webapp.metrics import ALARMS, ANSWERS, timed
from webapp.search.answer import Answer, OpenRecord, is_fresh
from webapp.search.narrowing import hint
from webapp.search.query import Candidates, ChildSearch
from webapp.search.question import Question
from webapp.search.rank import rank
from webapp.search.sensitive import without_sensitive_sources
from webapp.search.siblings import find_siblings

ASKED_AGAIN = 5  # times; each hides a child that a crash left in the build, so one is rare
REASON_LENGTH = 500
SPENT: dict[What, str] = {
    "searches": "You have searched {most} times this hour, and more is not usual.",
    "records": "You have opened {most} records this hour, and more is not usual.",
}
NOT_THERE = "There is no record to show under this number."

log = structlog.get_logger()
Prepared = TypeVar("Prepared")


class Gate:
    """Made once a process, after the fork; safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        world: World = REAL,
        credential: Credential = "front",
        budgets: Budgets | None = None,
        index: str = CHILDREN,
    ) -> None:
        """`budgets` are of those who come by a page; a command on the server has none. Through the
        gate to the index of invented children go those who practise, and nobody else."""
        client = make_client(settings, credential)
        self._world = world
        self._search = ChildSearch(client, world, index)
        self._roles = frozenset({LEARNER}) if index == PRACTICE else SEARCHERS
        self._marks = Marks.for_credential(settings, credential)
        self._trail = Trail(client, settings, world)
        self._alarms = Alarms(client, world)
        self._budgets = budgets

    def find(self, question: Question, reader: Actor, reason: str = "") -> Answer:
        """Return the children who match, after register, ranking and audit.

        Raises QuestionRefused, NotAllowed, BudgetSpent, Unavailable; never an empty answer for a
        failure.
        """
        self._allow(reader)
        asked = to_builtins(question)
        is_within = self._count(reader, "searches", asked)
        # Ranked before the register is asked: the half second is for audit and page alone.
        candidates, found, checked_at = self._unmarked(
            lambda hidden: self._search.candidates(question, reader, hidden),
            lambda found: rank(
                question, found.children, reader, self._world.today(), by_ear=found.by_ear
            ),
        )
        if not is_within():
            self._refuse(reader, "searches", "search-refused", question=asked, reason=reason)
        with timed("audit"):
            self._trail.write(
                "search",
                reader,
                question=asked,
                children=[one.child for one in found],
                reason=reason,
            )
        checked_at = self._ask_again_if_late(candidates, checked_at)
        said = hint(question) if candidates.more else ""
        too_many = candidates.are_too_many
        ANSWERS.labels("too_many" if too_many else "found" if found else "none").inc()
        return Answer(found, len(found), candidates.more, too_many, said, checked_at)

    def open_record(self, number: str, reader: Actor, reason: str) -> OpenRecord:
        """Return one child's record.

        Raises NotFound (the same words whatever the cause), NotAllowed, BudgetSpent, Refused
        without a reason, Unavailable.
        """
        self._allow(reader)
        if not 0 < len(reason.strip()) <= REASON_LENGTH:
            raise Refused(f"Give your reason, in at most {REASON_LENGTH} characters.")
        is_within = self._count(reader, "records", number)
        candidates, children, checked_at = self._unmarked(
            lambda hidden: self._search.with_household(number, hidden), lambda found: found.children
        )
        if not is_within():
            self._refuse(reader, "records", "view-refused", children=[number], reason=reason)
        # The number of a child who was merged into another finds the other.
        shown = [one.number for one in children[:1] if one.number != number]
        siblings = find_siblings(children)
        self._trail.write("view", reader, children=[number, *shown], reason=reason.strip())
        if siblings:
            named = [one.child for one in siblings]
            self._trail.write("siblings", reader, children=named, reason=reason)
        checked_at = self._ask_again_if_late(candidates, checked_at)
        if not children:
            raise NotFound(NOT_THERE)
        child = without_sensitive_sources(children[0])
        age = age_in_years(child.facts.date_of_birth, self._world.today())
        return OpenRecord(child, age, checked_at, siblings)

    def is_ready(self) -> None:
        """Return if searches can be answered now; raises Unavailable saying what is missing."""
        self._search.check_build()
        self._marks.marked(())

    def _unmarked(
        self,
        ask: Callable[[frozenset[str]], Candidates],
        prepare: Callable[[Candidates], Prepared],
    ) -> tuple[Candidates, Prepared, float]:
        """Ask, and ask again without every child the register hides: the answer, its order and its
        size are then those of a world without that child. Also returns the time of the check."""
        hidden: frozenset[str] = frozenset()
        for _ in range(ASKED_AGAIN):
            with timed("search"):
                candidates = ask(hidden)
            with timed("rank"):
                prepared = prepare(candidates)
            checked_at = self._world.monotonic()
            with timed("register"):
                marked = self._marks.marked(candidates.seen)
            if not marked:
                return candidates, prepared, checked_at
            self._raise_alarm(marked)
            hidden |= marked
        raise RegisterUnavailable("the search could not be finished safely; try again")

    def _raise_alarm(self, marked: frozenset[str]) -> None:
        """Let somebody know that a build held children whom the register hides."""
        log.error("shielded_child_in_build", children=len(marked))
        ALARMS.labels("register").inc()
        self._alarms.raise_alarm("register")

    def _count(self, reader: Actor, what: What, asked: Any) -> Callable[[], bool]:
        """Begin to count beside the search; the answer is whether it is within the budget."""
        if self._budgets is None:
            return lambda: True
        return self._budgets.ask(reader, what, msgspec.json.encode([what, asked]))

    def _refuse(self, reader: Actor, what: What, event: str, **details: Any) -> NoReturn:
        """Raise BudgetSpent, once it is in the audit."""
        most = budgets()[reader.role][what]
        self._trail.write(event, reader, said=f"{most} {what} this hour", **details)
        raise BudgetSpent(SPENT[what].format(most=most))

    def _allow(self, reader: Actor) -> None:
        if reader.role not in self._roles:
            raise NotAllowed(f"The role {reader.role} does not search for these children.")

    def _ask_again_if_late(self, candidates: Candidates, checked_at: float) -> float:
        """Ask the register once more when the audit was slow, so that the page has time to leave.

        Raises AnswerTooLate if a shield was set meanwhile.
        """
        if is_fresh(checked_at, self._world):
            return checked_at
        again_at = self._world.monotonic()
        if self._marks.marked(candidates.seen):
            raise AnswerTooLate("the answer took too long to be shown safely; try again")
        return again_at
