"""Reads the audit from the index, in pages, as it was when the reading began."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster

PAGE = 5_000
KEEP_ALIVE = "5m"
Hit = Mapping[str, Any]
ANY_ORDER = ("_shard_doc",)  # that of the disk, the fastest
BY_TIME = ("at", "_shard_doc")


def hits(
    client: Elasticsearch, index: str, clause: Mapping[str, Any], order: Sequence[str] = ANY_ORDER
) -> Iterator[Hit]:
    """Yield the stored entries of `index` that the clause finds. Raises ClusterUnavailable."""
    doing = "reading the audit"
    with speaking_to_cluster(doing):
        client.indices.refresh(index=index)
        scan = client.open_point_in_time(index=index, keep_alive=KEEP_ALIVE)["id"]
    try:
        after: list[Any] | None = None
        while True:
            with speaking_to_cluster(doing):
                found = _page(client, scan, clause, order, after)
            yield from found
            if len(found) < PAGE:
                return
            after = found[-1]["sort"]
    finally:
        with speaking_to_cluster(doing):
            client.close_point_in_time(id=scan)


def _page(
    client: Elasticsearch,
    scan: str,
    clause: Mapping[str, Any],
    order: Sequence[str],
    after: list[Any] | None,
) -> list[Hit]:
    answer = client.search(
        pit={"id": scan, "keep_alive": KEEP_ALIVE},
        query={"bool": {"filter": [clause]}},
        sort=list(order),
        search_after=after,
        size=PAGE,
        track_total_hits=False,
        allow_partial_search_results=False,
        filter_path="hits.hits._id,hits.hits._source,hits.hits.sort",
    )
    found: list[Hit] = answer.get("hits", {}).get("hits", [])
    return found
