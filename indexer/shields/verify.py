"""Compares register, journal, marks, builds and shielded children, and puts right what differs.

Whatever a crash left half done is finished: who has a shield is hidden, whose shield was lifted
comes back. Nobody else does: that no event tells of a shielded child only says that events are
lost. Where register and journal cannot be believed, nothing is taken off anybody.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from indexer.audit.trail import Trail
from indexer.children.back import bring_back
from indexer.children.hidden import HiddenChildren
from indexer.children.place import Placer
from indexer.children.store import ChildStore
from indexer.children.stores import open_stores
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.events import Shield, event_of, hidden_numbers
from indexer.shields.held import HeldRows
from indexer.shields.marks import Marks
from indexer.shields.purge import unpurged_since
from indexer.shields.register import Register
from indexer.shields.settling import carry_out
from indexer.shields.subject import Subjects, subject_of
from indexer.shields.whole import Whole
from indexer.world import World
from mappings.names import AUDIT_SEALED

PAGE = 1_000


@dataclass(frozen=True)
class Verdict:
    """What was found: how many shields are in force, how many of them hide nobody yet, how many
    should have been reviewed; what was put right, and what only a person can put right; since when
    somebody hidden is not erased from the files."""

    in_force: int
    waiting: int
    review_due: int
    repaired: Counter[str]
    faults: list[str]
    unpurged_since: datetime | None


class Verification:
    def __init__(self, settings: Settings, world: World) -> None:
        self._register = Register.for_worker(settings, world)
        self._client = self._register.client
        self._marks = Marks.for_credential(settings, "worker")
        self._store = ChildStore(self._client)
        self._placer = Placer(self._client, self._store, self._marks)
        self._hidden = HiddenChildren(self._client)
        self._sealed = Trail(self._client, settings, world, AUDIT_SEALED)
        self._settings, self._world = settings, world

    def run(self, actor: Actor) -> Verdict:
        """Compare, put right, and say what was found. Raises Refused, Unavailable."""
        whole = Whole(self._register)
        shields = whole.restore()
        in_force = [one for one in shields.values() if not one.is_lifted]
        numbers = hidden_numbers(in_force) | whole.strays
        if not whole.faults:
            numbers |= self._say_arrived(in_force, actor, whole.repaired)
        whole.repaired["documents moved out of builds"] += self._move(numbers)
        if not whole.faults:
            whole.repaired["children brought back"] += self._bring_back(whole.freed - numbers)
            subjects = numbers.union(one.name for one in in_force)
            whole.repaired["rows held for nobody"] += self._free_rows(subjects)
            whole.repaired["decisions carried out"] += self._carry_out(actor)
        verdict = Verdict(
            sum(not one.is_closed for one in in_force),
            sum(not one.numbers for one in in_force),
            sum(one.review_due <= self._world.today() and not one.is_closed for one in in_force),
            +whole.repaired,
            whole.faults,
            unpurged_since(self._register),
        )
        said = "; ".join([*(f"{what}: {n}" for what, n in verdict.repaired.items()), *whole.faults])
        strays = sorted(whole.strays)[:PAGE]
        self._sealed.write("shield-verify", actor, children=strays, said=said or "all is right")
        return verdict

    def _say_arrived(
        self, shields: Iterable[Shield], actor: Actor, repaired: Counter[str]
    ) -> set[str]:
        """Find the children whom a shield waited for, and who came while its setting died."""
        subjects = Subjects(self._client, self._register)
        found: set[str] = set()
        for one in shields:
            if one.key and (new := subjects.found(subject_of(one.key)) - one.numbers):
                came = sorted(new)
                self._sealed.write("shield-arrived", actor, children=came, subject=one.name)
                event = event_of("arrived", one.name, actor, numbers=tuple(came))
                self._register.append(event)
                found |= new
        repaired["children marked who had come"] += len(found)
        return found

    def _move(self, numbers: set[str]) -> int:
        moved = sum(self._placer.hide(page) for page in _pages(numbers))
        self._store.refresh()
        return moved

    def _bring_back(self, freed: set[str]) -> int:
        """A child among the shielded whose shields were lifted, or let it go: that died."""
        left = [page & freed for page in self._hidden.numbers()]
        return sum(len(bring_back(self._client, self._marks, page)) for page in left if page)

    def _free_rows(self, subjects: set[str]) -> int:
        """Decide about rows that are held for the sake of children who are shielded no more."""
        held, freed = HeldRows(self._client), []
        for row in held.open_since(self._world.now()):
            gone = {one.child for one in row.suspects} - subjects
            if gone:
                freed.append(row.decided(dict.fromkeys(gone, "another-child")))
        held.write(freed)
        return len(freed)

    def _carry_out(self, actor: Actor) -> int:
        """Finish what officers decided about held rows, but for sources that are being loaded."""
        pending = list(HeldRows(self._client).pending())
        if not pending:
            return 0
        busy = carry_out(open_stores(self._settings, self._world), pending, actor)
        return sum(one.contribution.source not in busy for one in pending)


def _pages(numbers: Iterable[str]) -> Iterator[list[str]]:
    left = iter(sorted(numbers))
    while page := list(islice(left, PAGE)):
        yield page
