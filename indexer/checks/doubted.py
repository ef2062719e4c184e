"""Whether what loads wrote that a restore doubted is in again: then they are doubted no more."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from indexer.builds.bench import Bench
from indexer.children.child import PRACTITIONERS, Child
from indexer.children.links import RowLink
from indexer.health.loads import Feeds
from indexer.health.repeats import Doubted
from indexer.health.state import State

SOME = 500  # children read at once


@dataclass(frozen=True)
class Settled:
    """Loads that are doubted no more; of the `lost` ones, all of practitioners, something is
    gone."""

    loads: tuple[str, ...] = ()
    lost: tuple[Doubted, ...] = ()

    def told(self, state: State) -> State:
        """Return the state with what is lost, which nobody but who said it can bring back."""
        if not self.lost:
            return state
        first = min(one.started_at for one in self.lost)
        said = (
            f"what practitioners said since {first:%d %B at %H:%M} UTC is not all there any more, "
            "and they alone can say it again"
        )
        return replace(state, cause=f"{state.cause}; {said}")


def settle_doubted(bench: Bench, feeds: Feeds) -> Settled:
    """Let those loads be doubted no more all of whose rows came again, or were changed since;
    return them.

    Every row that is loaded again gets its link anew, from the load that brings it. The links of a
    source are read only while one of its loads is doubted.
    """
    from_files = [one for one in feeds.doubted if one.source != PRACTITIONERS]
    said = [one for one in feeds.doubted if one.source == PRACTITIONERS]
    loads = _repeated(bench, [o for o in from_files if o.was_loaded_since(feeds.done_at)])
    wait_for_others = len(loads) < len(from_files)
    settled = _judged(bench, said, may_wait=wait_for_others) if said else Settled()
    settled = replace(settled, loads=(*loads, *settled.loads))
    if settled.loads:
        bench.loads.settle(settled.loads)
    return settled


def _repeated(bench: Bench, doubted: Sequence[Doubted]) -> list[str]:
    settled = []
    for source in sorted({one.source for one in doubted}):
        left = {link.load for link in bench.links.scan(source) if link.child}
        settled += [one.load for one in doubted if one.source == source and one.load not in left]
    return settled


def _judged(bench: Bench, said: Sequence[Doubted], *, may_wait: bool) -> Settled:
    """Judge what practitioners said: it is in no file, so no load brings it again. Once every child
    it is about is there, as those are whom other sources bring again, it is in or gone."""
    began = {one.load: one.started_at for one in said}
    absent: set[str] = set()
    gone: set[str] = set()
    rows = _rows_of(bench, began)
    while some := list(islice(rows, SOME)):
        numbers = {one.child for one in some}
        there = {n: one.child for n, one in bench.hands.store.read(numbers).items()}
        away = numbers - there.keys()
        away -= bench.hands.marks.marked(away) if away else away
        absent |= {one.load for one in some if one.child in away}
        rest = (one for one in some if one.child in there)
        gone |= {o.load for o in rest if not _is_in(o, there[o.child], began[o.load])}
    settled = [one for one in said if not (may_wait and one.load in absent)]
    lost = [one for one in settled if one.load in gone | absent]
    return Settled(tuple(one.load for one in settled), tuple(lost))


def _rows_of(bench: Bench, loads: Collection[str]) -> Iterator[RowLink]:
    """Yield the rows that these loads wrote; one that is held is an officer's to decide."""
    links: Iterable[RowLink] = bench.links.scan(PRACTITIONERS)
    return (o for o in links if o.load in loads and o.child and o.is_in and not o.is_held)


def _is_in(link: RowLink, child: Child, since: datetime) -> bool:
    """Has the child this row, as it was loaded then or later?"""
    key = (link.source, link.source_record_id)
    return any(
        (one.source, one.source_record_id) == key and datetime.fromisoformat(one.loaded_at) >= since
        for one in child.contributions
    )
