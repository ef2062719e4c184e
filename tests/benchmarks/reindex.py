"""A reindex alone, and one beside searches and a load: rates, waits, and is any answer wrong?

`python -m tests.benchmarks.reindex [CHILDREN [SEED]]`; 100,000 children unless told. The load that
runs beside changes every child (a carer's telephone number) and adds new ones.
"""

import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from indexer.builds.builds import open_builds, published_build
from indexer.builds.init import init
from indexer.children.links import Links, row_key
from indexer.clients import make_client
from indexer.invented.england import Order, write_england
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.benchmarks.recall import rows_of
from tests.builds import revisions
from tests.conftest import OPERATOR, running_engine
from webapp.search.gate import Gate
from webapp.search.question import parse_question

CHILDREN, SEED, SOURCE, HEAP = 100_000, 29, "gp-registration", "2g"
A_SECOND = 10  # searches
ASKED = 2_000  # children, again and again
NEW = 20  # one in so many rows is of a child who comes with the load beside
WORDS = [sys.executable, "-c", "from webapp.commands import main; main()"]
PAT = Actor("pat", "practitioner", "359")


@dataclass
class Asking:
    """Ten searches a second for children who are there, whatever goes on beside."""

    settings: Settings
    asked: list[tuple[str, str]]
    milliseconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def until(self, processes: list[subprocess.Popen[str]]) -> None:
        gate, chance, began = Gate(self.settings), random.Random(1), time.monotonic()
        with ThreadPoolExecutor(8) as threads:
            number = 0
            while any(one.poll() is None for one in processes):
                number += 1
                due = began + number / A_SECOND
                time.sleep(max(0, due - time.monotonic()))
                threads.submit(self._ask, gate, *chance.choice(self.asked), due)

    def _ask(self, gate: Gate, typed: str, child: str, due: float) -> None:
        try:
            answer = gate.find(parse_question(typed, today=REAL.today()), PAT)
            times = [one.child for one in answer.found].count(child)
            self.outcomes[{0: "missing", 1: "right"}.get(times, "doubled")] += 1
        except Exception as error:
            self.outcomes[type(error).__name__] += 1
            raise
        finally:
            self.milliseconds.append(1000 * (time.monotonic() - due))

    def in_words(self) -> str:
        ordered = sorted(self.milliseconds)
        p50, p95, p99 = (ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99))
        return (
            f"{len(ordered):,} searches, {dict(self.outcomes)}, "
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, worst {ordered[-1]:.0f} ms"
        )


def begin(settings: Settings, *words: str) -> subprocess.Popen[str]:
    named = {
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    return subprocess.Popen(
        [*WORDS, *words],
        env={**os.environ, **named},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    """Return what the command said; ends the benchmark if it failed."""
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{process.args} ended with {process.returncode}: {said}")
    return said


def told(said: str) -> str:
    """Return the sentence about the copying."""
    found = re.search(r"Copied .*\)", said)
    return found[0] if found else said


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


def asked_of(settings: Settings, feed: Path, seed: int) -> list[tuple[str, str]]:
    """Return what to type for some children, and each one's number."""
    rows = [orjson.loads(line) for line in feed.open("rb")]
    some = random.Random(seed).sample(rows, min(ASKED, len(rows)))
    named = {row_key(SOURCE, row["source_record_id"]): row for row in some}
    links = Links(make_client(settings, "worker")).read(named)
    return [
        (f"{row['given_names']} {row['family_name']} {row['date_of_birth']}", links[key].child)
        for key, row in named.items()
    ]


def measure(settings: Settings, folder: Path, children: int, seed: int) -> bool:
    """Return whether every answer was right, and all children are where they belong."""
    init(settings, OPERATOR, REAL)
    first, second = write_feeds(folder, children, seed)
    ended(begin(settings, "load", str(first), "--source", SOURCE))
    began = time.monotonic()
    said = ended(begin(settings, "reindex"))
    say(f"alone: {told(said)}; {time.monotonic() - began:.0f} s with merge and checks")
    asking = Asking(settings, asked_of(settings, first, seed))
    beside_searches_and_a_load(settings, asking, second)
    back(settings, asking)
    return is_whole(settings) and set(asking.outcomes) == {"right"}


def beside_searches_and_a_load(settings: Settings, asking: Asking, feed: Path) -> None:
    load = begin(settings, "load", str(feed), "--source", SOURCE)
    began = time.monotonic()
    beside = begin(settings, "reindex")
    asking.until([beside])
    say(f"beside: {told(ended(beside))}; {time.monotonic() - began:.0f} s with merge and checks")
    say(f"  {asking.in_words()}")
    say(f"  the load beside: {'done before' if load.poll() is not None else 'still at work'}")
    say(f"  {ended(load).strip().splitlines()[-2]}")


def back(settings: Settings, asking: Asking) -> None:
    """Roll back; searches go on."""
    began = time.monotonic()
    rollback = begin(settings, "rollback")
    asking.until([rollback])
    ended(rollback)
    say(f"rollback: {time.monotonic() - began:.1f} s; with those before, {asking.in_words()}")


def is_whole(settings: Settings) -> bool:
    """Do both builds hold the same children, in the same revisions?"""
    client = make_client(settings, "worker")
    held = [revisions(settings, build) for build in open_builds(client)]
    say(f"children in the builds: {[len(one) for one in held]}; {published_build(client)}")
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
