"""Fills a new build with all that the published one holds, and carries over what changes.

What is missing is seen by comparing the two builds, so a run that was killed is taken up by the
next without any note of how far it had come.
"""

import gc
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice, takewhile
from threading import Event, Lock

import msgspec

from indexer.builds.builds import Builds
from indexer.builds.pace import Pace
from indexer.children.load import no_collections
from indexer.children.place import Placement, Placer
from indexer.children.scan import NOBODY, PAGE, Born, BuildScan, Held, Unit
from indexer.children.store import ChildStore, Stored
from indexer.errors import ClusterUnavailable, Unavailable
from indexer.shields.marks import Marks

COLLECT_EVERY = 200  # pages
AT_ONCE = 4  # months under way: while Elasticsearch works on some, Python works on others
PAUSES_SECONDS = (1, 5, 20)  # before a month is tried again: Elasticsearch is busy, or starts anew
NEARLY_WHOLE = 0.9  # of a month's children: what is missing is then looked for one by one
ROUNDS = 5
SOME = 500  # children carried over at once
MANY_DAYS = 200


@dataclass(frozen=True)
class Progress:
    """How many children of how many are copied, and the seconds since the copying began."""

    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Children a second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float:
        return (self.total - self.done) / self.rate if self.rate else 0.0


@dataclass(frozen=True)
class Hands:
    """What builds are read and written with."""

    scan: BuildScan
    store: ChildStore
    placer: Placer
    marks: Marks
    builds: Builds
    pace: Pace


Gone = Callable[[set[str]], set[str]]
"""Of the children whom the target alone has: those it must lose. All, if it is to be a copy."""


class BatchFailed(Unavailable):
    """A batch could not be written; its month is not whole."""


@dataclass
class Filling:
    """From one build, the published, into another."""

    hands: Hands
    source: str
    target: str
    on_progress: Callable[[Progress], None] = lambda _progress: None
    gone: Gone = set
    _done: int = 0
    _pages: int = 0
    _total: int = 0
    _began: float = field(default_factory=time.monotonic)
    _turn: Lock = field(default_factory=Lock)
    _stopped: Event = field(default_factory=Event)

    def fill(self) -> Progress:
        """Copy every month of birth that is not there yet, or not nearly; return what was copied.

        Raises BatchFailed; what was copied stays, and the next run takes it up.
        """
        self._refresh()
        held, there = self._held("month")
        missing = {month for month in held if not _is_nearly_whole(held, there, month)}
        self._total = sum(held[month].children for month in missing)
        self._began = time.monotonic()
        with no_collections(), ThreadPoolExecutor(AT_ONCE, "months") as threads:
            try:
                for _ in threads.map(self._copy, joined(held, missing)):
                    pass
            except (Unavailable, msgspec.ValidationError) as error:
                raise BatchFailed(
                    f"a batch could not be copied ({type(error).__name__}): run the same command "
                    "again, it goes on where this one stopped"
                ) from None
            finally:
                self._stopped.set()  # or after Ctrl-C all other months would come first
        return self._progress()

    def carry_over(self) -> int:
        """Make the target hold what the source holds, in the same revisions; return how many
        children were written or deleted for it.

        Only days of birth whose number of children, or sum of revisions, differs are looked at.
        What is written while this runs is written into both builds by who writes it.
        """
        changed = 0
        for _ in range(ROUNDS):
            self._refresh()
            held, there = self._held("day")
            days = [day for day in held | there if held.get(day) != there.get(day)]
            differing = (number for span in spans(days) for number in self._differing(span))
            is_settled = True
            while some := list(islice(differing, SOME)):
                changed += len(some)
                is_settled &= self._carry(some)
            if is_settled:
                return changed
        raise ClusterUnavailable(
            f"the builds {self.source} and {self.target} do not become alike: run the same "
            "command again"
        )

    def _copy(self, born: Born) -> None:
        """Copy it, from its beginning again if Elasticsearch does not answer for a while."""
        for pause in PAUSES_SECONDS:
            try:
                return self._copy_once(born)
            except Unavailable:
                self._stopped.wait(pause)
        return self._copy_once(born)

    def _copy_once(self, born: Born) -> None:
        copied = 0
        try:
            for page in self._pages_of(born):
                self.hands.pace.wait(len(page))
                self.hands.placer.copy(page, self.target)
                copied += len(page)
                self._count(len(page))
        except Unavailable:
            self._count(-copied)
            raise

    def _pages_of(self, born: Born) -> Iterator[list[Stored]]:
        pages = () if self._stopped.is_set() else self.hands.scan.children(self.source, born)
        return takewhile(lambda _page: not self._stopped.is_set(), pages)

    def _count(self, children: int) -> None:
        with self._turn:
            self._done += children
            self._pages += 1
            self.on_progress(self._progress())
            if self._pages % COLLECT_EVERY == 0:
                gc.collect()  # so that the cycles that the client leaves behind do not pile up

    def _progress(self) -> Progress:
        return Progress(self._done, self._total, time.monotonic() - self._began)

    def _differing(self, span: Born) -> list[str]:
        """Return the numbers of children who have another revision in the one build than in the
        other, or are in one alone."""
        scan = self.hands.scan
        ours, theirs = scan.revisions(self.source, span), scan.revisions(self.target, span)
        return [one for one in ours | theirs if ours.get(one) != theirs.get(one)]

    def _carry(self, numbers: Sequence[str]) -> bool:
        """Make the target have these children as the source has them now; return whether it does:
        if not, others are writing them at this moment."""
        store, placer = self.hands.store, self.hands.placer
        marked = self.hands.marks.marked(numbers)
        placer.hide(marked)
        stored, there = store.read(numbers, self.source), store.revisions(self.target, numbers)
        newer = [one for number, one in stored.items() if one.revision > there.get(number, 0)]
        placer.copy(newer, self.target)
        gone = self.gone(there.keys() - stored.keys())
        placer.drop({number: there[number] for number in gone}, self.target)
        now = store.revisions(self.target, numbers)
        # Asked after the target: a writer writes the source first.
        current = store.revisions(self.source, stored)
        behind = {n for n, one in stored.items() if now.get(n, 0) < one.revision}
        ahead = {n for n in stored if now.get(n, 0) > current.get(n, 0)}
        wrong = behind | ahead
        wrong -= self.hands.marks.marked(wrong)
        self._renew([stored[number] for number in wrong])
        return not wrong and not gone & now.keys()

    def _renew(self, children: Sequence[Stored]) -> None:
        """Write children anew in both builds: the target knows a deletion of them, by somebody's
        hand, or a writing, of which the source knows nothing. A later revision than that one puts
        it right: each round is one further."""
        again = [Placement(one.child.number, one.revision, one.child) for one in children]
        self.hands.placer.place(again, self.hands.builds.now)

    def _refresh(self) -> None:
        for build in (self.source, self.target):
            self.hands.scan.refresh(build)

    def _held(self, unit: Unit) -> tuple[dict[Born, Held], dict[Born, Held]]:
        scan = self.hands.scan
        return scan.held(self.source, unit), scan.held(self.target, unit)


def spans(days: Sequence[Born]) -> list[Born]:
    """Return what is to be compared child by child: days, or the months of many days. While a load
    is under way nearly all days differ for a moment, and there are 7,000 of them."""
    asked = days if len(days) <= MANY_DAYS else {day.month for day in days}
    return sorted(asked, key=lambda span: span.first)


def joined(held: Mapping[Born, Held], missing: Collection[Born]) -> list[Born]:
    """Return the missing months, neighbours as one while they hold no more than a page together:
    each that is asked for takes five requests, and an authority has few children in one."""
    runs: list[list[Born]] = []
    is_open = False
    for month in sorted(held, key=lambda one: one.first):
        if is_missing := month in missing:
            children = held[month].children
            if is_open and children + sum(held[one].children for one in runs[-1]) <= PAGE:
                runs[-1].append(month)
            else:
                runs.append([month])
        is_open = is_missing
    return [Born(run[0].first, run[-1].past_last) for run in runs]


def _is_nearly_whole(held: Mapping[Born, Held], there: Mapping[Born, Held], month: Born) -> bool:
    return there.get(month, NOBODY).children >= NEARLY_WHOLE * held[month].children
