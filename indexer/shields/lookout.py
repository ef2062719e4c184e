"""Who is shielded, by all that is known of them, as loads compare their rows with it: in memory.

It is filled when the first row of a load has to be compared, and looks again whenever the sentinel
has moved: a shield that is set meanwhile counts from the next batch on.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from threading import Lock

from analyzers.identity import PersonName
from analyzers.profile import Profile
from indexer.children.hidden import HiddenChild, HiddenChildren
from indexer.children.profile import build_profile
from indexer.children.store import ChildStore
from indexer.shields.events import NAME_PREFIX, Event, hidden_numbers, shields_of
from indexer.shields.marks import Marks
from indexer.shields.near_index import Near, NearIndex
from indexer.shields.register import Register

CHANGES = {"terms": {"kind": ["set", "arrived", "held", "released", "lifted", "left"]}}
NOT_LOOKED = -1
PAGE = 1_000


class Lookout:
    """Made once a load; its batches share it."""

    def __init__(
        self, register: Register, marks: Marks, children: ChildStore, hidden: HiddenChildren
    ) -> None:
        self._register, self._marks = register, marks
        self._children, self._hidden = children, hidden
        self._index = NearIndex()
        self._lock = Lock()
        self._read_to, self._sentinel = 0, NOT_LOOKED
        self._changes = 0
        self._on_their_way: set[str] = set()

    def known(self) -> int:
        """Return how new what is known is; looks if nobody has yet."""
        if self._sentinel == NOT_LOOKED:
            self._marks.marked(())
            with self._lock:
                if self._sentinel == NOT_LOOKED:
                    self._fill()
        return self._changes

    def is_said_still(self, known: int) -> bool:
        """By the newest sentinel this process has seen: is nobody shielded who was not then? Who is
        counts from now on."""
        with self._lock:
            if self._sentinel not in {NOT_LOOKED, self._marks.sequence}:
                self._renew()
            elif self._on_their_way:
                self._look_at(self._on_their_way)
            return known in {self._changes, NOT_LOOKED}

    def watches(self) -> bool:
        """Is anybody shielded, or awaited by names, at all?"""
        return len(self._index) > 0

    def near(self, row: Profile) -> list[Near]:
        """Return the shielded children whom the row may be about, the nearest first."""
        return self._index.near(row)

    def learn(self, children: Iterable[HiddenChild]) -> None:
        """Let the shielded children be known by what rows say of them now."""
        for one in children:
            self._learn(one.number, profile_of(one))

    def _learn(self, child: str, profile: Profile) -> None:
        self._changes += child not in self._index
        self._index.learn(child, profile)

    def _fill(self) -> None:
        sentinel, events = self._marks.sequence, list(self._register.events(CHANGES))
        for page in self._hidden.all():
            self.learn(page)
        shields = shields_of(events).values()
        self._look_at({n for one in shields if not one.is_lifted for n in one.numbers - one.left})
        self._forget(set(self._index).difference(hidden_numbers(shields)))
        for shield in shields:
            if not shield.is_lifted:
                self._await(shield.name, shield.key)
        self._read_to = events[-1].sequence if events else 0
        self._sentinel = sentinel

    def _renew(self) -> None:
        sentinel = self._marks.sequence
        self._changes += 1
        for event in self._register.events(CHANGES, self._read_to):
            self._note(event)
            self._read_to = event.sequence
        self._sentinel = sentinel

    def _note(self, event: Event) -> None:
        if event.kind in {"lifted", "released"}:
            self._forget(event.numbers)
            if event.kind == "lifted":
                self._index.forget(event.shield)
        elif event.kind == "left":
            self._on_their_way.difference_update(event.numbers)
        else:
            self._look_at(event.numbers)
            self._await(event.shield, event.key)

    def _forget(self, numbers: Iterable[str]) -> None:
        """Let children be known no more who have no mark: one whose shield is being lifted may
        still stand among the shielded."""
        for page in _pages(numbers):
            for number in set(page) - self._marks.marked(page):
                self._index.forget(number)
                self._on_their_way.discard(number)

    def _look_at(self, numbers: Iterable[str]) -> None:
        """Look where the children may be on their way from the builds to the shielded ones: there
        before they are gone here. One whose first row is just being written is looked for again."""
        for page in _pages(number for number in numbers if number not in self._index):
            for number, one in self._children.read(page).items():
                self._learn(number, build_profile(one.child.contributions))
            self.learn(self._hidden.read(page).values())
            self._on_their_way.update(page)
        self._on_their_way = {one for one in self._on_their_way if one not in self._index}

    def _await(self, shield: str, key: str) -> None:
        """A child awaited by its names and date is compared as one that has come."""
        if key.startswith(NAME_PREFIX):
            self._learn(shield, awaited_profile(key))


def profile_of(child: HiddenChild) -> Profile:
    """Return all that was ever said of a shielded child."""
    return build_profile((*child.contributions, *child.evidence))


def awaited_profile(key: str) -> Profile:
    """Return what a shield that waits for names, in any order, and a date knows of its child."""
    _, names, born = key.split("|")
    return Profile((PersonName(names),), frozenset({date.fromisoformat(born)}))


def _pages(numbers: Iterable[str]) -> Iterator[list[str]]:
    """Yield them sorted, a page at a time."""
    left = sorted(numbers)
    yield from (left[start : start + PAGE] for start in range(0, len(left), PAGE))
