"""The same feeds of a larger England in four orders and in daily pieces: the same index?

`python -m tests.benchmarks.orders [CHILDREN]`.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from indexer.builds.init import init
from indexer.invented.england import Order, write_england
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine
from tests.engine.test_orders import (
    SEED,
    backwards,
    day_by_day,
    days_in_disorder,
    loaded,
    read_feeds,
    whole,
)
from tests.whole_index import difference, empty_index

CHILDREN = 20_000


def main() -> None:
    children = int(sys.argv[1]) if len(sys.argv) > 1 else CHILDREN
    say(f"{REAL.now():%Y-%m-%d %H:%M} {os.cpu_count()} cores, {children:,} children, seed {SEED}")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        init(settings, OPERATOR, REAL)
        write_england(Order(children, SEED, REAL.today()), Path(folder))
        feeds, first = read_feeds(Path(folder)), None
        for order in (whole, backwards, day_by_day, days_in_disorder):
            empty_index(settings)
            began = time.monotonic()
            index = loaded(settings, order(feeds))
            seconds = time.monotonic() - began
            first = first or index
            said = difference(first, index)
            wrong += bool(said)
            say(f"{order.__name__}: {index.children.total():,} children in {seconds:.0f} s")
            say(said or "  the same index, and no fault in it")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
