"""Loads and Elasticsearch killed again and again at any moment; is the index whole afterwards?

`python -m tests.benchmarks.kills [CHILDREN [SEED]]`: a quarter of an hour for 55,000 children on
two cores.
"""

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from indexer.builds.init import init
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine
from tests.faults.test_kill import (
    HEAP,
    SOURCES,
    Feeds,
    Moment,
    load,
    load_and_kill,
    load_and_kill_engine,
    undisturbed,
    write_feeds,
)
from tests.whole_index import WholeIndex, difference, empty_index, read_whole_index

CHILDREN = 55_000  # about 120,000 rows
LOADER_MOMENTS, ENGINE_MOMENTS = 10, 3


def killed_loads(settings: Settings, whole: WholeIndex, feeds: Feeds, chance: random.Random) -> int:
    """Kill both loads, one after the other, five times; return how often the index was wrong."""
    wrong = 0
    for _ in range(LOADER_MOMENTS // len(SOURCES)):
        empty_index(settings)
        for source in SOURCES:
            moment = Moment.draw(chance)
            killed = load_and_kill(settings, feeds, source, moment)
            say(f"{source} killed {moment}" if killed else f"{source} ended before {moment}")
            load(settings, feeds.folder, source)
        wrong += is_wrong(settings, whole)
    return wrong


def killed_engine(
    settings: Settings, whole: WholeIndex, feeds: Feeds, chance: random.Random
) -> int:
    """Kill Elasticsearch in either load in turn; return how often the index was wrong."""
    wrong = 0
    for number in range(ENGINE_MOMENTS):
        empty_index(settings)
        for source in SOURCES:
            if source == SOURCES[(number + 1) % 2]:
                moment = Moment.draw(chance)
                killed = load_and_kill_engine(settings, feeds, source, moment)
                say(f"Elasticsearch killed {moment} of {source}" + ("" if killed else ": too late"))
            load(settings, feeds.folder, source)
        wrong += is_wrong(settings, whole)
    return wrong


def is_wrong(settings: Settings, whole: WholeIndex) -> bool:
    said = difference(whole, read_whole_index(settings))
    say(said or "  the same index as undisturbed")
    return bool(said)


def main() -> None:
    children = int(sys.argv[1]) if len(sys.argv) > 1 else CHILDREN
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(4))
    began, chance = time.monotonic(), random.Random(seed)
    say(f"{REAL.now():%Y-%m-%d %H:%M} {os.cpu_count()} cores, {children:,} children, seed {seed}")
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), HEAP) as settings:
        init(settings, OPERATOR, REAL)
        write_feeds(Path(folder), children)
        whole, feeds = undisturbed(settings, Path(folder))
        rows = sum(key.startswith(SOURCES) for key in whole.links)
        say(f"{rows:,} rows, {whole.children.total():,} children, faults: {whole.faults}")
        wrong = killed_loads(settings, whole, feeds, chance)
        wrong += killed_engine(settings, whole, feeds, chance)
    say(f"wrong: {wrong} of {LOADER_MOMENTS // len(SOURCES) + ENGINE_MOMENTS} indices")
    say(f"{time.monotonic() - began:,.0f} s")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
