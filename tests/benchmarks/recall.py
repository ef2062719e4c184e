"""Is the child found? Mistyped names against a loaded England, through the whole gate."""

import gzip
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import orjson

from indexer.children.links import Links
from indexer.clients import make_client
from indexer.invented.england import feed_path
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.corrupt import one_edit
from webapp.search.gate import Gate
from webapp.search.question import parse_question

READER = Actor("prover", "practitioner", "359")
SHORTEST = 3  # a word of two letters is another word after an edit


@dataclass(frozen=True)
class Case:
    """What is typed, and the person meant."""

    typed: str
    person: int


@dataclass(frozen=True)
class Recall:
    """How many of the cases were found within the first 1, 10 and 25, and how fast (ms)."""

    cases: int
    within: dict[int, int]
    milliseconds: list[float]

    def percentile(self, percent: int) -> float:
        return quantiles(self.milliseconds, n=100)[percent - 1]


def rows_of(feeds: Path, source: str) -> Iterator[dict[str, object]]:
    with gzip.open(feed_path(feeds, source)) as feed:
        yield from map(orjson.loads, feed)


def truth_of(feeds: Path) -> dict[tuple[str, str], int]:
    lines = map(orjson.loads, (feeds / "truth.jsonl").read_bytes().splitlines())
    return {(line["source"], line["source_record_id"]): line["person"] for line in lines}


def one_edit_each_and_year(feeds: Path, count: int, seed: int) -> list[Case]:
    """`count` children drawn at random: one edit in the given and one in the family name."""
    rng = random.Random(seed)
    truth = truth_of(feeds)
    source = "child-benefit"
    rows = [row for row in rows_of(feeds, source) if _is_long_enough(row)]
    return [
        Case(_edited(row, rng), truth[source, row["source_record_id"]])
        for row in rng.sample(rows, count)
    ]


def _is_long_enough(row: dict[str, object]) -> bool:
    given, family = str(row.get("given_names", "")).split(), str(row["family_name"])
    return bool(given) and min(len(given[0]), len(family)) >= SHORTEST


def _edited(row: dict[str, object], rng: random.Random) -> str:
    given, family = str(row["given_names"]).split()[0], str(row["family_name"])
    return f"{one_edit(given, rng)} {one_edit(family, rng)} {str(row['date_of_birth'])[:4]}"


def children_of_persons(settings: Settings, feeds: Path) -> dict[int, set[str]]:
    truth = truth_of(feeds)
    children: dict[int, set[str]] = defaultdict(set)
    for link in Links(make_client(settings, "worker")).scan():
        children[truth[link.source, link.source_record_id]].add(link.child)
    return children


def linking(settings: Settings, feeds: Path) -> tuple[int, int, int]:
    """Return records of several persons, persons with several records, and all persons."""
    children = children_of_persons(settings, feeds)
    persons: dict[str, int] = defaultdict(int)
    for found in children.values():
        for child in found:
            persons[child] += 1
    joined = sum(count > 1 for count in persons.values())
    return joined, sum(len(found) > 1 for found in children.values()), len(children)


def measure(settings: Settings, feeds: Path, cases: list[Case]) -> Recall:
    """Ask every case once, one after the other."""
    gate, children = Gate(settings), children_of_persons(settings, feeds)
    within, milliseconds = dict.fromkeys((1, 10, 25), 0), []
    for case in cases:
        began = time.perf_counter()
        answer = gate.find(parse_question(case.typed, today=REAL.today()), READER, "measurement")
        milliseconds.append((time.perf_counter() - began) * 1000)
        places = [i for i, one in enumerate(answer.found) if one.child in children[case.person]]
        for size in within:
            within[size] += bool(places) and places[0] < size
    return Recall(len(cases), within, milliseconds)
