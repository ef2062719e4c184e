"""The index `links`: which child a row, an NHS number or a UPN belongs to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from mappings.names import LINKS

CONFLICT, CREATED = 409, 201
SCAN_PAGE = 5_000  # links in one page of a scan


@dataclass(frozen=True)
class Link:
    """One key's child; a row's key also holds the digest of its last row that was placed."""

    child: str
    source: str | None = None
    source_record_id: str | None = None
    digest: str | None = None


def row_key(source: str, source_record_id: str) -> str:
    return f"{source}:{source_record_id}"


def nhs_key(number: str) -> str:
    return f"nhs:{number}"


def upn_key(number: str) -> str:
    return f"upn:{number}"


def number_key(number: str) -> str:
    """Return the key that a ContactPoint number is taken under, for ever."""
    return f"child:{number}"


class Links:
    """Keys are document ids: reads are in real time, and no two loads can own one key."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def read(self, keys: Iterable[str]) -> dict[str, Link]:
        """Return the links of those `keys` that have one; one request."""
        ids = sorted(set(keys))
        if not ids:
            return {}
        with speaking_to_cluster("reading links"):
            answer = self._client.mget(index=LINKS, ids=ids)
        if any("error" in one for one in answer["docs"]):
            raise ClusterUnavailable("reading links: a part of the index did not answer; try again")
        return {one["_id"]: Link(**one["_source"]) for one in answer["docs"] if one["found"]}

    def claim(self, links: Mapping[str, Link]) -> dict[str, Link]:
        """Create the links that are free; return who holds those that were not."""
        if not links:
            return {}
        taken = self._write("create", links)
        return self.read(taken)

    def settle(self, links: Mapping[str, Link]) -> None:
        """Write the links of rows whose child has been placed, with the rows' digests."""
        if links:
            self._write("index", links)

    def release(self, keys: Iterable[str]) -> None:
        """Remove the links of rows that their source has withdrawn."""
        actions = [{"delete": {"_id": key}} for key in sorted(set(keys))]
        if actions:
            with speaking_to_cluster("removing links"):
                self._client.bulk(index=LINKS, operations=actions)

    def scan(self, source: str | None = None) -> Iterator[Link]:
        """Yield the link of every row, or of one source's rows, in no order."""
        clause = {"term": {"source": source}} if source else {"exists": {"field": "source"}}
        with speaking_to_cluster("scanning links"):
            self._client.indices.refresh(index=LINKS)
            scan = self._client.open_point_in_time(index=LINKS, keep_alive="5m")["id"]
        after: list[Any] | None = None
        try:
            while hits := self._page(scan, clause, after):
                yield from (Link(**hit["_source"]) for hit in hits)
                after = hits[-1]["sort"]
        finally:
            self._client.close_point_in_time(id=scan)

    def _page(
        self, scan: str, clause: dict[str, Any], after: list[Any] | None
    ) -> list[dict[str, Any]]:
        with speaking_to_cluster("scanning links"):
            answer = self._client.search(
                pit={"id": scan, "keep_alive": "5m"},
                query={"bool": {"filter": [clause]}},
                sort=["_shard_doc"],
                size=SCAN_PAGE,
                search_after=after,
                track_total_hits=False,
            )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    def _write(self, operation: str, links: Mapping[str, Link]) -> list[str]:
        """Write in bulk; return the keys that were there already."""
        lines: list[Any] = []
        for key, link in links.items():
            lines += [{operation: {"_id": key}}, link]
        with speaking_to_cluster("writing links"):
            answer = self._client.bulk(index=LINKS, operations=lines)
        statuses = {one[operation]["_id"]: one[operation]["status"] for one in answer["items"]}
        if any(status >= 300 and status != CONFLICT for status in statuses.values()):  # noqa: PLR2004
            raise ClusterUnavailable("writing links: some were refused; run the command again")
        return [key for key, status in statuses.items() if status == CONFLICT]
