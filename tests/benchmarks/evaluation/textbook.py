"""What a textbook would do with the same names, in the same Elasticsearch: an index of its own.

It stands beside the builds, because there the worker may make and drop an index; no load may run
meanwhile, for a load writes into everything that is called a build.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import make_client, speaking_to_cluster
from indexer.settings import Settings
from mappings.names import CHILDREN
from mappings.reader import index_body
from tests.benchmarks.evaluation.cases import Case
from tests.benchmarks.evaluation.feed_rows import Meant

INDEX = f"{CHILDREN}-20000101t000000z"  # older than any build, and never published
FIELDS = ("given_names", "family_name", "known_as", "former")
BULK = 2_000
FOUND = 25
PATIENCE_SECONDS = 3_600


def mapping() -> dict[str, Any]:
    names: dict[str, Any] = {field: {"type": "text", "analyzer": "standard"} for field in FIELDS}
    return {
        "dynamic": False,
        "properties": names | {"born": {"type": "date"}, "year": {"type": "short"}},
    }


def settings_like_ours() -> dict[str, Any]:
    """Return as many shards as a build has, and no refresh while it is filled."""
    ours = index_body(CHILDREN)["settings"]
    ours = ours.get("index", ours)
    shards = ours.get("number_of_shards", ours.get("index.number_of_shards", 1))
    return {"number_of_shards": shards, "number_of_replicas": 0, "refresh_interval": "-1"}


def document(meant: Meant) -> dict[str, Any]:
    return {
        "given_names": " ".join(meant.given),
        "family_name": meant.family,
        "known_as": meant.known_as,
        "former": [one.family_name for one in meant.former],
        "born": meant.born,
        "year": int(meant.born[:4]),
    }


def query(case: Case) -> dict[str, Any]:
    """Return the textbook's query; each half of a name is in a field of its own, so their scores
    are added. A year or date is a filter."""
    names = {"query": case.name.words, "fields": FIELDS, "fuzziness": "AUTO", "type": "most_fields"}
    span = case.beside.typed
    asked: dict[str, Any] = {"must": [{"multi_match": names}]}
    if span.since and span.since[:4] == span.until[:4] and span.since.endswith("-01-01"):
        asked["filter"] = [{"term": {"year": int(span.since[:4])}}]
    elif span.since:
        since, until = span.since.rstrip("~"), span.until
        bound = "gt" if span.since.endswith("~") else "gte"
        asked["filter"] = [{"range": {"born": {bound: since, "lte": until}}}]
    return {"bool": asked}


class Textbook:
    """Finds rows, by their `source:source_record_id`."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def find(self, case: Case) -> list[str]:
        with speaking_to_cluster("asking the textbook's index"):
            answer = self._client.search(
                index=INDEX, query=query(case), size=FOUND, source=False, track_total_hits=False
            )
        return [hit["_id"] for hit in answer["hits"]["hits"]]


@contextmanager
def textbook(
    settings: Settings, children: Iterable[Meant], say: Callable[[str], None]
) -> Iterator[Textbook]:
    """An index of all children as a textbook would have it; gone at the end."""
    client = make_client(settings, "worker").options(request_timeout=PATIENCE_SECONDS)
    drop(client)
    try:
        client.indices.create(index=INDEX, mappings=mapping(), settings=settings_like_ours())
        fill(client, children, say)
        client.indices.refresh(index=INDEX)
        client.indices.forcemerge(index=INDEX, max_num_segments=1)
        yield Textbook(make_client(settings, "worker"))
    finally:
        drop(client)


def drop(client: Elasticsearch) -> None:
    client.options(ignore_status=404).indices.delete(index=INDEX)


def fill(client: Elasticsearch, children: Iterable[Meant], say: Callable[[str], None]) -> None:
    children, filled = iter(children), 0
    while some := list(islice(children, BULK)):
        lines = [line for one in some for line in ({"index": {"_id": one.row}}, document(one))]
        answer = client.bulk(index=INDEX, operations=lines)
        if answer["errors"]:
            raise SystemExit("the textbook's index refused a document")
        filled += len(some)
        if filled // 1_000_000 > (filled - len(some)) // 1_000_000:
            say(f"textbook: {filled:,} children")
