"""What the comparison with 55,000 shielded children costs a first load.

`python -m tests.benchmarks.held_load [SHIELDS [ROWS]]`: the same kind of rows in eight parts, by
turns with the comparison and without it (with, without, without, with, …), on one index. Judged by
the clock, so on a quiet machine; the loader's own time tells more on another.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import orjson
import pytest

from indexer.builds.init import init
from indexer.children.child import Contribution
from indexer.children.hidden import HiddenChild
from indexer.children.load import Loader
from indexer.children.number import draw_number
from indexer.feeds.columns import FeedForm
from indexer.feeds.json_rows import read_json
from indexer.feeds.rows import Row, read_row
from indexer.shields.events import event_of
from indexer.shields.held import HeldRows
from indexer.shields.journal import sealed
from indexer.shields.lookout import Lookout
from indexer.shields.marks import raise_sentinel, write_marks
from indexer.world import REAL
from tests.benchmarks.invented_rows import SOURCE, TODAY, households
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine
from tests.shields import OLGA, Office

SHIELDS, ROWS = 55_000, 800_000
FIRST_BLOCK_OF_OTHERS = 3_000
PARTS = "abbabaab"  # a: compared, b: not
PAGE = 1_000
AT_MOST = 1.25


class Took(NamedTuple):
    """Seconds of the clock, and of this process alone."""

    wall: float
    own: float


def main() -> None:
    words = [int(word) for word in sys.argv[1:]]
    shields, rows = (*words, *(SHIELDS, ROWS)[len(words) :])
    say(f"{os.cpu_count()} cores, {platform.machine()}, {shields:,} shields, {rows:,} rows")
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        init(settings, OPERATOR, REAL)
        office = Office(settings)
        shield_at_once(office, shields)
        slower = measure(office, rows)
    sys.exit(slower > AT_MOST)


def shield_at_once(office: Office, shields: int) -> None:
    """Put so many shielded children there, as if officers had set them one by one."""
    before, first = None, (home[0] for block in range(10**6) for home in households(block))
    read = (read_row(1, row, "", TODAY) for row in first)
    good = (one for one in read if isinstance(one, Row))
    left = islice(good, shields)
    while page := list(islice(left, PAGE)):
        children = [hidden_child(row) for row in page]
        events = []
        for one in children:
            now, numbers = REAL.now().isoformat(timespec="seconds"), (one.number,)
            event = event_of("set", f"s-{one.number}", OLGA, "x", numbers=numbers, at=now)
            before = sealed(event, before, office.register.key)
            events.append(before)
        office.hidden.write(children)
        office.register.enter(events)
        write_marks(office.client, office.register.key, [one.number for one in children])
    raise_sentinel(office.client, office.register.key, shields + 1)


def hidden_child(row: Row) -> HiddenChild:
    assert row.facts is not None
    said = Contribution(SOURCE, row.source_record_id, "2026-11-22", row.facts)
    return HiddenChild(draw_number(REAL), (said,))


def measure(office: Office, rows: int) -> float:
    """Load the parts; return how many times as long a row takes where it is compared."""
    feed = lines()
    load(office, list(islice(feed, rows // 20)))
    took: dict[str, list[Took]] = {"a": [], "b": []}
    for number, kind in enumerate(PARTS):
        part = list(islice(feed, rows // len(PARTS)))
        with compared(kind == "a"):
            took[kind].append(load(office, part))
        how = "compared" if kind == "a" else "not compared"
        say(f"  part {number}, {how}: {took[kind][-1]}")
    filled = fill(office)
    say(
        f"making the index of the shielded, once a load: {filled.wall:.1f} s ({filled.own:.1f} own)"
    )
    said = {
        how: sum(one[place] for one in took["a"]) / sum(one[place] for one in took["b"])
        for place, how in enumerate(Took._fields)
    }
    without = median(one.own for one in took["b"]) / (rows / len(PARTS)) * 1e6
    say(f"a row without the comparison: {without:.0f} microseconds of the loader's own")
    say(
        f"with it: {said['wall']:.2f} times as long by the clock, {said['own']:.2f} of its own time"
    )
    held = sum(1 for _ in HeldRows(office.client).open_since(REAL.now()))
    say(f"held by mistake: {held:,} of {rows // 2:,} rows")
    return said["wall"]


def lines() -> Iterator[str]:
    """Yield the rows of children of whom nobody is shielded."""
    for block in range(FIRST_BLOCK_OF_OTHERS, 10**6):
        for home in households(block):
            yield from (f"{orjson.dumps(row).decode()}\n" for row in home)


def load(office: Office, part: list[str]) -> Took:
    rows = read_json(enumerate(part, 1), FeedForm(), "rows")
    with_index = Loader(office.settings, REAL)
    with_index._stores.lookout.known()  # its making is told apart
    began, own = time.monotonic(), time.process_time()
    with_index.load(rows, SOURCE, OPERATOR)
    return Took(time.monotonic() - began, time.process_time() - own)


def fill(office: Office) -> Took:
    loader, began, own = Loader(office.settings, REAL), time.monotonic(), time.process_time()
    loader._stores.lookout.known()
    return Took(time.monotonic() - began, time.process_time() - own)


@contextmanager
def compared(is_so: bool) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if not is_so:
            patch.setattr(Lookout, "known", lambda _self: 0)
            patch.setattr(Lookout, "is_said_still", lambda _self, _known: True)
            patch.setattr(Lookout, "watches", lambda _self: False)
        yield


if __name__ == "__main__":
    main()
