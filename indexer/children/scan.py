"""Reads whole builds, for reindexing and checks: in pages, by date of birth, or as sums alone."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from elasticsearch import Elasticsearch

from indexer.children.child import Child
from indexer.children.document import parse_document
from indexer.children.store import Stored
from indexer.clients import speaking_to_cluster

PAGE = 1_000  # children with all that is known of them
LIGHT_PAGE = 10_000  # Elasticsearch's own limit: numbers and revisions alone
KEEP_ALIVE = "5m"
MOST_AUTHORITIES = 1_000
MOST_FOUND = 1_000  # numbers asked for at once
EVERYBODY: Mapping[str, Any] = {"match_all": {}}

Unit = Literal["month", "day"]


@dataclass(frozen=True)
class Born:
    """The children born on these days, the first included and the last not."""

    first: date
    past_last: date

    @property
    def month(self) -> "Born":
        """The month in which the first of these days is."""
        first = self.first.replace(day=1)
        years, month = divmod(first.month, 12)
        return Born(first, date(first.year + years, month + 1, 1))

    def clause(self) -> dict[str, Any]:
        days = {"gte": self.first.isoformat(), "lt": self.past_last.isoformat()}
        return {"range": {"date_of_birth": days}}


@dataclass(frozen=True)
class Held:
    """How many children there are, and the sum of their revisions: it changes with every write."""

    children: int
    revisions: int


NOBODY = Held(0, 0)


class BuildScan:
    """Asks one build by its name, in the state of its last refresh."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def held(self, build: str, unit: Unit) -> dict[Born, Held]:
        """Return what the build holds of each month, or day, of birth."""
        by_birth = {"field": "date_of_birth", "calendar_interval": unit, "min_doc_count": 1}
        sums = {"revisions": {"sum": {"field": "_version"}}}
        answer = self._sums(build, {"born": {"date_histogram": by_birth, "aggs": sums}})
        return {
            _born(bucket["key"], unit): Held(bucket["doc_count"], int(bucket["revisions"]["value"]))
            for bucket in answer["born"]["buckets"]
        }

    def count_by_authority(self, build: str) -> dict[str, int]:
        """Return authority → how many children the build holds of it."""
        by_authority = {"field": "authority", "size": MOST_AUTHORITIES}
        answer = self._sums(build, {"authorities": {"terms": by_authority}})
        return {one["key"]: one["doc_count"] for one in answer["authorities"]["buckets"]}

    def children(self, build: str, born: Born) -> Iterator[list[Stored]]:
        """Yield these children in pages, with their revisions."""
        how = {"version": True, "size": PAGE}
        for hits in self._pages(build, born.clause(), how):
            yield [Stored(parse_document(hit["_source"]), hit["_version"]) for hit in hits]

    def of_authority(self, build: str, code: str) -> Iterator[list[Child]]:
        """Yield the children of one authority in pages."""
        clause = {"term": {"authority": code}}
        for hits in self._pages(build, clause, {"size": PAGE}):
            yield [parse_document(hit["_source"]) for hit in hits]

    def revisions(self, build: str, born: Born) -> dict[str, int]:
        """Return the number and revision of each of these children."""
        how = {"docvalue_fields": ["number", "_version"], "size": LIGHT_PAGE}
        return {
            hit["fields"]["number"][0]: hit["fields"]["_version"][0]
            for hits in self._pages(build, born.clause(), how | _NOTHING_STORED)
            for hit in hits
        }

    def numbers(self, build: str, part: int, parts: int) -> Iterator[list[str]]:
        """Yield the numbers of all children of the build, or of one part of it, in pages."""
        how: dict[str, Any] = {"docvalue_fields": ["number"], "size": LIGHT_PAGE}
        if parts > 1:
            how["slice"] = {"id": part, "max": parts}
        for hits in self._pages(build, EVERYBODY, how | _NOTHING_STORED):
            yield [hit["fields"]["number"][0] for hit in hits]

    def found(self, build: str, query: Mapping[str, Any], numbers: Iterable[str]) -> set[str]:
        """Return those of `numbers` whom the query finds."""
        among = {"terms": {"number": sorted(numbers)}}
        with speaking_to_cluster("trying whether canaries are found"):
            answer = self._client.search(
                index=build,
                query={"bool": {"must": [query], "filter": [among]}},
                source=False,
                size=MOST_FOUND,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return {hit["_id"] for hit in answer["hits"]["hits"]}

    def sample(self, build: str, children: int, seed: int) -> Iterator[Stored]:
        """Yield so many children drawn at random, in pages; the same seed draws the same again."""
        drawn = {"random_score": {"seed": seed, "field": "_seq_no"}}
        after: list[Any] | None = None
        left = children
        while left > 0 and (hits := self._drawn(build, drawn, min(left, PAGE), after)):
            yield from (Stored(parse_document(hit["_source"]), hit["_version"]) for hit in hits)
            left, after = left - len(hits), hits[-1]["sort"]

    def refresh(self, build: str) -> None:
        """Let scans see all that has been written."""
        with speaking_to_cluster("refreshing a build"):
            self._client.indices.refresh(index=build)

    def _drawn(
        self, build: str, drawn: Mapping[str, Any], size: int, after: list[Any] | None
    ) -> list[dict[str, Any]]:
        with speaking_to_cluster("drawing children at random"):
            answer = self._client.search(
                index=build,
                query={"function_score": {"query": EVERYBODY, **drawn}},
                sort=[{"_score": "desc"}, {"number": "asc"}],
                search_after=after,
                size=size,
                version=True,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    def _sums(self, build: str, sums: Mapping[str, Any]) -> Mapping[str, Any]:
        with speaking_to_cluster("counting children"):
            answer = self._client.search(
                index=build, size=0, aggs=sums, allow_partial_search_results=False
            )
        found: Mapping[str, Any] = answer["aggregations"]
        return found

    def _pages(
        self, build: str, clause: Mapping[str, Any], how: dict[str, Any]
    ) -> Iterator[list[dict[str, Any]]]:
        with self._point_in_time(build) as scan:
            after: list[Any] | None = None
            while hits := self._page(scan, clause, {**how, "search_after": after}):
                yield hits
                if len(hits) < how["size"]:
                    break
                after = hits[-1]["sort"]

    def _page(
        self, scan: str, clause: Mapping[str, Any], how: dict[str, Any]
    ) -> list[dict[str, Any]]:
        with speaking_to_cluster("scanning a build"):
            answer = self._client.search(
                pit={"id": scan, "keep_alive": KEEP_ALIVE},
                query={"bool": {"filter": [clause]}},
                sort=["_shard_doc"],
                track_total_hits=False,
                allow_partial_search_results=False,
                **how,
            )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    @contextmanager
    def _point_in_time(self, build: str) -> Iterator[str]:
        with speaking_to_cluster("scanning a build"):
            scan = self._client.open_point_in_time(index=build, keep_alive=KEEP_ALIVE)["id"]
        try:
            yield scan
        finally:
            with speaking_to_cluster("ending the scan of a build"):
                self._client.close_point_in_time(id=scan)


_NOTHING_STORED = {"source": False, "stored_fields": "_none_"}  # or each hit is read from disk


def _born(milliseconds: int, unit: Unit) -> Born:
    """Return the month or day that begins then: Elasticsearch counts from 1970, in UTC."""
    first = date(1970, 1, 1) + timedelta(milliseconds=milliseconds)
    day = Born(first, first + timedelta(days=1))
    return day if unit == "day" else day.month
