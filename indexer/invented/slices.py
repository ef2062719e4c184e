"""Makes invented England slice by slice: what each slice adds to each file, as bytes."""

import gzip
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from random import Random
from signal import SIG_IGN, SIGINT, signal
from typing import Any

import orjson

from indexer.errors import Refused
from indexer.invented.bad_rows import bad_line
from indexer.invented.chance import stream
from indexer.invented.households import CHILDREN_IN_BLOCK, make_block
from indexer.invented.numbers import MOST_PEOPLE
from indexer.invented.sources import Case, Source, build_row, rows_about, sources

# Level 1 costs a third of the time of the default 9 for files a fifth larger.
COMPRESSION = 1
BLOCKS_IN_SLICE = 4  # some 7,000 children: 20 MB while it is made, whatever the size of England
GP = "gp-registration"  # its rows hold every field that a bad row breaks
TRUTH = "truth"


@dataclass(frozen=True)
class Order:
    """What to make. The same order gives the same bytes."""

    children: int
    seed: int
    today: date
    bad_rows: int = 0
    sources: tuple[str, ...] = tuple(sources())

    def __post_init__(self) -> None:
        if self.children < 1:
            raise Refused("there must be at least 1 child; give --children 1 or more")
        if self.bad_rows < 0:
            raise Refused("there cannot be fewer than 0 bad rows; give --bad-rows 0 or more")
        unknown = [name for name in self.sources if name not in sources()]
        if unknown or not self.sources:
            raise Refused(
                f"no source is called {unknown}; give --sources of {', '.join(sources())}"
            )
        if self.children > MOST_PEOPLE:
            raise Refused(f"there are numbers for {MOST_PEOPLE} children; give --children so many")

    @property
    def blocks(self) -> int:
        return -(-self.children // CHILDREN_IN_BLOCK)

    @property
    def bytes_needed(self) -> int:
        """How much the files take on disk, about."""
        return self.children * sum(sources()[name].bytes_per_child for name in self.sources)


Lines = dict[str, list[bytes]]
Added = dict[str, tuple[int, bytes]]
"""Source, or `truth` → how many lines go into its file next, and the bytes of the file."""


def line(values: dict[str, Any]) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def add_rows(lines: Lines, rng: Random, source: Source, case: Case) -> None:
    """Add one source's rows about a child, and the truth about them."""
    for row in rows_about(rng, source, case):
        lines[source.name].append(line(row))
        truth = {"source": source.name, "source_record_id": row["source_record_id"]}
        lines[TRUTH].append(line({**truth, "person": case.person.number}))


def bad_rows_at(order: Order, person: int) -> range:
    """Return which bad rows follow this child's, so that all are spread evenly."""
    before, after = (count * order.bad_rows // order.children for count in (person, person + 1))
    return range(before, after)


def add_bad_rows(lines: Lines, order: Order, case: Case) -> None:
    """Add this child's share of bad rows, each to the next feed in turn."""
    for number in bad_rows_at(order, case.person.number):
        rng = stream(order.seed, "bad", number)
        row = build_row(rng, sources()[GP], case)
        source = order.sources[number % len(order.sources)]
        lines[source].append(bad_line(row, number, order.today))


def add_block(lines: Lines, order: Order, block: int) -> None:
    """Add a block's children, as many as were asked for.

    Each source has chance of its own: what it says does not depend on which others are written.
    """
    chances = [(sources()[name], stream(order.seed, block, name)) for name in order.sources]
    for household in make_block(order.seed, block, order.today):
        for person in household.children:
            if person.number >= order.children:
                return
            case = Case(household, person, order.today)
            for source, rng in chances:
                add_rows(lines, rng, source, case)
            add_bad_rows(lines, order, case)


def packed(name: str, lines: list[bytes]) -> tuple[int, bytes]:
    """Return what to add: for a feed, a gzip member that holds no clock and no name."""
    content = b"".join(lines)
    if name != TRUTH:
        content = gzip.compress(content, COMPRESSION, mtime=0)
    return len(lines), content


def make_slice(order: Order, first_block: int) -> Added:
    """Return what is in the slice that begins with this block.

    A gzip file may have several members, so slices are made side by side and put together.
    """
    lines: Lines = {name: [] for name in (*order.sources, TRUTH)}
    for block in range(first_block, min(first_block + BLOCKS_IN_SLICE, order.blocks)):
        add_block(lines, order, block)
    return {name: packed(name, these) for name, these in lines.items()}


def make_slices(order: Order, processes: int) -> Generator[Added, None, None]:
    """Yield all slices in order, made side by side by as many processes; few wait in memory."""
    starts = range(0, order.blocks, BLOCKS_IN_SLICE)
    if processes == 1 or len(starts) == 1:
        yield from (make_slice(order, start) for start in starts)
        return
    waiting: deque[Future[Added]] = deque()
    with ProcessPoolExecutor(processes, None, signal, (SIGINT, SIG_IGN)) as pool:
        for start in starts:
            waiting.append(pool.submit(make_slice, order, start))
            if len(waiting) > 2 * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
