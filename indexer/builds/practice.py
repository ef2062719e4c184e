"""The practice area: an index of invented children, apart from every build.

No load, reindex, shield or snapshot knows of it; those who are not trained reach it and nothing
else.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from analyzers.numbers import check_digit
from analyzers.version import VERSION
from indexer.builds.builds import build_body
from indexer.children.child import Child, Contribution
from indexer.children.combine import combine
from indexer.children.document import build_document
from indexer.clients import settled_in, speaking_to_cluster
from indexer.feeds.columns import FeedForm
from indexer.feeds.json_rows import read_json
from indexer.feeds.rows import Row, Unread
from indexer.world import World
from mappings.names import PRACTICE

FILE = Path(__file__).with_name("practice.jsonl")
FIRST = 99_900_000_000  # before the first of them; eleven digits, as of a ContactPoint number


def make_practice(client: Elasticsearch, world: World) -> list[str]:
    """Make the index, anew for other analysers, and put in the children it has not; return the
    names of indices that were made."""
    with speaking_to_cluster("making the practice area"):
        is_there = bool(client.indices.exists(index=PRACTICE))
        if is_there and not _is_of_these_analysers(client):
            client.indices.delete(index=PRACTICE)
            is_there = False
        if not is_there:
            client.indices.create(index=PRACTICE, **build_body())
        answer = client.bulk(index=PRACTICE, operations=list(_lines(world)))
        client.indices.refresh(index=PRACTICE)
    settled_in(answer, "filling the practice area")
    return [] if is_there else [PRACTICE]


def practice_children(world: World) -> list[Child]:
    """Return the children of practice.jsonl; one who has come of age is left out."""
    with FILE.open(encoding="utf-8") as file:
        unread = list(read_json(iter(enumerate(file, 1)), FeedForm(), FILE.name))
    read = [one.read(world.today()) for one in unread if isinstance(one, Unread)]
    now = world.now().isoformat(timespec="seconds")
    return [_child(row, now) for row in read if isinstance(row, Row)]


def _child(row: Row, now: str) -> Child:
    assert row.facts is not None  # noqa: S101 - none is withdrawn
    eleven = str(FIRST + row.number)
    said = Contribution("practice", row.source_record_id, now, row.facts)
    return combine(eleven + check_digit(eleven), [said])


def _lines(world: World) -> Iterator[Any]:
    for child in practice_children(world):
        yield {"create": {"_id": child.number}}
        yield build_document(child)


def _is_of_these_analysers(client: Elasticsearch) -> bool:
    found = client.indices.get_mapping(index=PRACTICE)
    return all(one["mappings"]["_meta"]["analyser_version"] == VERSION for one in found.values())
