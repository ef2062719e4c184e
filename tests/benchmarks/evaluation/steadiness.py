"""Is the order of answers the same after a merge, and after rows were written again?"""

import gzip
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from indexer.builds.builds import published_build
from indexer.children.load import Loader
from indexer.clients import make_client
from indexer.errors import QuestionRefused
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.evaluation.ask import Searcher
from tests.benchmarks.evaluation.cases import Case
from tests.benchmarks.evaluation.outcomes import Steadiness
from tests.rows import entries

MERGE_SECONDS = 3_600
WRITTEN_AGAIN = 1_000  # rows
ANOTHER = "again@example.org"


def orders(searcher: Searcher, cases: Sequence[Case]) -> list[list[str]]:
    return [order(searcher, case) for case in cases]


def order(searcher: Searcher, case: Case) -> list[str]:
    """Return the numbers found, in their order; none for a question that is refused."""
    try:
        return list(searcher.find(case))
    except QuestionRefused:
        return []


def merge(settings: Settings) -> None:
    client = make_client(settings, "worker").options(request_timeout=MERGE_SECONDS)
    build = published_build(client)
    client.indices.flush(index=build)
    client.indices.forcemerge(index=build, max_num_segments=1)


def first_rows(feed: Path, wanted: set[str]) -> list[dict[str, Any]]:
    """Return up to 1,000 rows that have an involvement: those that are wanted, and the first."""
    rows: list[dict[str, Any]] = []
    with gzip.open(feed) as lines:
        for line in lines:
            row = orjson.loads(line) if is_wanted(line, wanted) or len(rows) < 500 else None
            if row and row.get("involvements"):
                rows.append(row)
            if len(rows) == WRITTEN_AGAIN:
                break
    return rows


def is_wanted(line: bytes, wanted: set[str]) -> bool:
    """Look for the id in the row's beginning: to read every row would take minutes."""
    start = line.find(b'"source_record_id":"') + 20
    return line[start : line.find(b'"', start)].decode() in wanted


def with_another_email(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with a change that no search looks at."""
    first, *others = row["involvements"]
    return {**row, "involvements": [{**first, "email": ANOTHER}, *others]}


def write_again(settings: Settings, source: str, rows: list[dict[str, Any]]) -> None:
    """Write the rows' children twice, by two loads: in the end they are as they were."""
    loader = Loader(settings, REAL)
    for some in (map(with_another_email, rows), rows):
        loader.load(entries(*some), source, person_at_keyboard())


def measure_steadiness(
    settings: Settings, feed: Path, cases: Sequence[Case], say: Callable[[str], None]
) -> Steadiness:
    """Ask, merge, ask, write again, ask. The index is merged afterwards, as a published one is."""
    searcher = Searcher(settings)
    before = orders(searcher, cases)
    merge(settings)
    say("merged")
    merged = orders(searcher, cases)
    source = feed.name.removesuffix(".jsonl.gz")
    wanted = {case.row.partition(":")[2] for case in cases}
    write_again(settings, source, first_rows(feed, wanted))
    say("rows written again")
    written = orders(searcher, cases)
    merge(settings)
    return Steadiness(len(cases), differing(before, merged), differing(merged, written))


def differing(one: list[list[str]], other: list[list[str]]) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def named_alone(cases: Sequence[Case]) -> Iterator[Case]:
    """Yield the cases that have most namesakes: an exact name and nothing beside it."""
    yield from (case for case in cases if (case.error, case.criterion) == ("exact", "name"))
