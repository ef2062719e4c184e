"""A reindex alone, one beside searches and a load, one killed five times: rates, waits, and is any
answer wrong, or any child not where it belongs?

`python -m tests.benchmarks.reindex [CHILDREN [SEED]]`; 100,000 children unless told. The load that
runs beside changes every child (a carer's telephone number) and adds new ones.
"""

import os
import platform
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from indexer.builds.builds import open_builds, published_build
from indexer.builds.init import init
from indexer.clients import make_client
from indexer.invented.england import write_england
from indexer.invented.slices import Order
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.benchmarks.recall import rows_of
from tests.benchmarks.reindex_asking import Asking, asked_of
from tests.benchmarks.reindex_commands import Cost, begin, ended, told
from tests.builds import revisions
from tests.conftest import OPERATOR, running_engine

CHILDREN, SEED, SOURCE, HEAP = 100_000, 29, "gp-registration", "2g"
NEW = 20  # one in so many rows is of a child who comes with the load beside
KILLS, START_UP_SECONDS = 5, 0.6  # of Python, in which nothing can be spoiled


def write_feeds(folder: Path, children: int, seed: int) -> tuple[Path, Path]:
    """Write one feed of most of England, and one of all of it in which every row is changed."""
    write_england(Order(children, seed, REAL.today(), sources=(SOURCE,)), folder)
    first, second = folder / "first.jsonl", folder / "second.jsonl"
    with first.open("wb") as before, second.open("wb") as beside:
        for number, row in enumerate(rows_of(folder, SOURCE)):
            if number % NEW:
                before.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            carer = {"name": "Pat Example", "phone": f"01632 {number % 10**6:06}"}
            changed = row | {"carers": [carer]}
            beside.write(orjson.dumps(changed, option=orjson.OPT_APPEND_NEWLINE))
    return first, second


def measure(settings: Settings, folder: Path, children: int, seed: int) -> bool:
    """Return whether every answer was right, and all children are where they belong."""
    init(settings, OPERATOR, REAL)
    first, second = write_feeds(folder, children, seed)
    ended(begin(settings, "load", str(first), "--source", SOURCE))
    seconds = alone(settings)
    asking = Asking(settings, asked_of(settings, SOURCE, first, seed))
    beside_searches_and_a_load(settings, asking, second)
    back(settings, asking)
    is_right = is_whole(settings) and set(asking.outcomes) == {"right"}
    return killed(settings, seconds, seed) and is_right


def alone(settings: Settings) -> float:
    """Reindex while nobody searches; return the seconds it took."""
    cost = Cost(settings)
    said = ended(begin(settings, "reindex"))
    say(f"alone: {told(said)}; with merge and checks {cost.in_words()}")
    return cost.seconds


def beside_searches_and_a_load(settings: Settings, asking: Asking, feed: Path) -> None:
    load = begin(settings, "load", str(feed), "--source", SOURCE)
    cost = Cost(settings)
    beside = begin(settings, "reindex")
    asking.until([beside])
    say(f"beside: {told(ended(beside))}; with merge and checks {cost.in_words()}")
    say(f"  {asking.in_words()}")
    say(f"  the load beside: {'done before' if load.poll() is not None else 'still at work'}")
    say(f"  {ended(load).strip().splitlines()[-2]}")


def back(settings: Settings, asking: Asking) -> None:
    """Roll back; searches go on."""
    cost = Cost(settings)
    rollback = begin(settings, "rollback")
    asking.until([rollback])
    ended(rollback)
    say(f"rollback: {cost.in_words()}; with those before, {asking.in_words()}")


def killed(settings: Settings, seconds: float, seed: int) -> bool:
    """Kill a reindex at five moments drawn over the run, each time followed by the same command;
    return whether the build that is published at the end holds what the one before held."""
    expected = revisions(settings, published_now(settings))
    chance = random.Random(seed)
    moments = [(number + chance.random()) / KILLS for number in range(KILLS)]
    for before, moment in zip([0.0, *moments], moments, strict=False):
        run_for(settings, (moment - before) * seconds)
    cost = Cost(settings)
    ended(begin(settings, "reindex"))
    is_right = is_whole(settings) and revisions(settings, published_now(settings)) == expected
    parts = ", ".join(f"{one:.0%}" for one in moments)
    said = "every child is there once" if is_right else "WRONG"
    say(f"killed at {parts} of the run, and run again: {said}; the last {cost.in_words()}")
    return is_right


def run_for(settings: Settings, seconds: float) -> None:
    """Begin a reindex, or go on with one, and kill it."""
    process = begin(settings, "reindex")
    try:
        process.wait(START_UP_SECONDS + seconds)
        say("  (it had ended before it was killed)")
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()


def published_now(settings: Settings) -> str:
    return str(published_build(make_client(settings, "worker")))


def is_whole(settings: Settings) -> bool:
    """Do both builds hold the same children, in the same revisions?"""
    held = [revisions(settings, build) for build in open_builds(make_client(settings, "worker"))]
    say(f"children in the builds: {[len(one) for one in held]}; {published_now(settings)}")
    return all(one == held[0] for one in held)


def main() -> None:
    children = int(sys.argv[1]) if len(sys.argv) > 1 else CHILDREN
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    say(f"{REAL.now():%Y-%m-%d %H:%M} {os.cpu_count()} cores, {platform.machine()}, heap {HEAP}")
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), HEAP) as settings:
        is_right = measure(settings, Path(folder) / "feeds", children, seed)
    say("every answer right" if is_right else "WRONG")
    sys.exit(not is_right)


if __name__ == "__main__":
    main()
