"""Loads one feed: from its rows to a receipt that says what happened to each of them."""

import gc
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from indexer.audit.trail import Trail
from indexer.builds.lock import refuse_while_loads_are_held
from indexer.children.batch import Left, Passed, load_alone, load_batch
from indexer.children.claims import Claims
from indexer.children.known import Run
from indexer.children.loads import Loading
from indexer.children.stores import Stores, open_stores
from indexer.children.whole import Whole, absent_rows
from indexer.clients import make_client
from indexer.errors import FeedRefused, Refused
from indexer.feeds.batches import BATCH_ROWS, batches
from indexer.feeds.rows import Reject, Unread
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.settling import settle
from indexer.world import World

DRY_RUN = "dry-run"  # in place of a load's name
COLLECT_EVERY = 100  # batches
AT_ONCE = 6  # batches under way: while Elasticsearch works on some, Python works on others
SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEY_KINDS = ("nhs", "upn", "child", "source")  # other keys of `links` and `loads`
OUTCOMES = ("new", "changed", "unchanged", "withdrawn", "rejected", "warnings")

Entry = Unread | Reject


@dataclass(frozen=True)
class Receipt:
    """What happened to the rows of one feed. It counts rows, never children: a difference between
    the two would tell of the hidden."""

    load: str
    source: str
    is_new_source: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    rejected: int
    warnings: int
    seconds: float


@dataclass(frozen=True)
class Listeners:
    """Who is told while a load goes on: of rejects, and of the rows read so far."""

    on_rejects: Callable[[list[Reject]], None]
    on_progress: Callable[[int], None] = lambda _rows: None


NOBODY = Listeners(lambda _rejects: None)


class Loader:
    """Loads feeds as one actor; made once a process. A dry run does all but write."""

    def __init__(self, settings: Settings, world: World, *, is_dry: bool = False) -> None:
        self._world = world
        self._stores = open_stores(settings, world, is_dry=is_dry)
        self._client = make_client(settings, "worker")
        self._trail = Trail(self._client, settings, world)

    def load(
        self,
        rows: Iterable[Entry],
        source: str,
        actor: Actor,
        listeners: Listeners = NOBODY,
        whole: Whole | None = None,
    ) -> Receipt:
        """Load the rows and return the receipt; `whole` says that they are all the source has.

        Raises FeedRefused (the rows before the one named are in), Refused if the source is being
        loaded, Unavailable (the same command finishes the load).
        """
        check_source_name(source)
        started = self._world.monotonic()
        if self._stores.is_dry:
            loading = _rehearsal(self._stores, source)
            passage = _Passage(self._stores, loading, listeners)
            passage.run(rows, whole)
        else:
            loading = self._stores.loads.begin(source, actor)
            passage = _Passage(self._stores, loading, listeners)
            self._load(passage, rows, actor, whole)
        totals = passage.totals()
        seconds = self._world.monotonic() - started
        return Receipt(loading.load, source, loading.is_new_source, **totals, seconds=seconds)

    def _load(
        self, passage: "_Passage", rows: Iterable[Entry], actor: Actor, whole: Whole | None
    ) -> None:
        loading, state = passage.loading, "stopped"
        try:
            refuse_while_loads_are_held(self._client, self._world)
            self._stores.children.refresh()
            passage.run(rows, whole)
            settle(self._stores, loading, list(self._stores.held.pending(loading.source)))
            state = "done"
        finally:  # also after Ctrl-C: no receipt is left "running"
            try:
                said = f"{loading.load} {state}"
                self._trail.write("load", actor, subject=loading.source, said=said)
            finally:
                self._stores.loads.end(loading, state, passage.totals())
        self._stores.children.refresh()


@dataclass
class _Passage:
    """The rows of one feed on their way in, some batches at once.

    Whatever is raised, the batches under way come to their end first.
    """

    stores: Stores
    loading: Loading
    listeners: Listeners
    counts: Counter[str] = field(default_factory=Counter)
    nameless: int = 0
    _taken: int = 0
    _aside: list[Left] = field(default_factory=list)
    _late: list[Left] = field(default_factory=list)

    def run(self, rows: Iterable[Entry], whole: Whole | None) -> None:
        """Bring all rows in, and withdraw what is not among them if they are the whole."""
        self._bring_in(rows)
        if whole:
            links, source = self.stores.links, self.loading.source
            absent = absent_rows(links, source, whole, self.nameless)
            of_feed = {name: self.counts[name] for name in ("rows", "unchanged")}
            self._bring_in(absent)
            # They are no rows of the feed; and what was withdrawn before is no row at all.
            self.counts = Counter({**self.counts, **of_feed})

    def totals(self) -> dict[str, int]:
        """Return how many rows had which outcome."""
        return {name: self.counts[name] for name in ("rows", *OUTCOMES)}

    def _bring_in(self, rows: Iterable[Entry]) -> None:
        loading = self.loading
        run = Run(loading.load, loading.source, loading.started_at, loading.actor)
        claims = Claims()
        under_way: deque[Future[Passed]] = deque()
        broken: FeedRefused | None = None
        with no_collections(), ThreadPoolExecutor(AT_ONCE, "batch") as threads:
            try:
                for batch in batches(rows):
                    under_way.append(threads.submit(load_batch, self.stores, run, batch, claims))
                    if len(under_way) >= AT_ONCE:
                        self._take(under_way.popleft())
                    if len(self._aside) >= BATCH_ROWS:
                        self._take_all(under_way, run)
            except FeedRefused as error:
                broken = error
            self._take_all(under_way, run)
            self._late = self._load_alone(run, self._late, is_last=True)
        if broken:
            raise broken

    def _take_all(self, under_way: deque[Future[Passed]], run: Run) -> None:
        """Let all batches end, and then bring in what they left aside."""
        while under_way:
            self._take(under_way.popleft())
        aside, self._aside = self._aside, []
        self._late += self._load_alone(run, aside, is_last=False)

    def _load_alone(self, run: Run, rows: list[Left], *, is_last: bool) -> list[Left]:
        left: list[Left] = []
        for some in batches(rows):
            counts, more = load_alone(self.stores, run, some, is_last=is_last)
            self.counts.update(counts)
            left += more
            self._beat()
        return left

    def _take(self, done: Future[Passed]) -> None:
        passed = done.result()
        self._taken += 1
        if self._taken % COLLECT_EVERY == 0:
            gc.collect()  # so that what cycles there are after all do not pile up
        self._aside += [one for one in passed.left if not one.is_late]
        self._late += [one for one in passed.left if one.is_late]
        self.counts.update(passed.counts)
        self.counts["rejected"] += len(passed.rejects)
        self.nameless += sum(one.source_record_id is None for one in passed.rejects)
        self.listeners.on_rejects(passed.rejects)
        self.listeners.on_progress(self.counts["rows"])
        self._beat()

    def _beat(self) -> None:
        if not self.stores.is_dry:
            self.stores.loads.beat(self.loading)


def _rehearsal(stores: Stores, source: str) -> Loading:
    is_new = not stores.loads.is_known(source)
    now = stores.world.now()
    return Loading(DRY_RUN, source, "", is_new, now.isoformat(), (0, 0), now)


def check_source_name(source: str) -> None:
    """Raise Refused unless `source` can be the name of a source for ever."""
    if not SOURCE_NAME.fullmatch(source) or source in KEY_KINDS:
        raise Refused(
            "--source: use 1 to 40 small letters, digits and hyphens, as in 'school-census' "
            "('nhs', 'upn', 'child' and 'source' are taken)"
        )


@contextmanager
def no_collections() -> Iterator[None]:
    """Let Python not look for cycles at every turn: rows have none, and looking takes half of a
    load's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
