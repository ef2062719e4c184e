"""The other handle to children beside the gate: for loads, builds and checks; never for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.child import Child
from indexer.children.document import parse_document
from indexer.clients import found_in, speaking_to_cluster
from mappings.names import CHILDREN


@dataclass(frozen=True)
class Stored:
    """A child as it stands in a build, and the revision it has there."""

    child: Child
    revision: int


MOST_KEYS = 20_000  # in one request; Elasticsearch refuses 65,536
MOST_HITS = 10_000  # Elasticsearch's own limit for one page
LEAVING_PAGE = 1_000  # children who leave, at a time


class ChildStore:
    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def read(self, numbers: Iterable[str], build: str = CHILDREN) -> dict[str, Stored]:
        """Return the children of those `numbers` that are in the build, the published one unless
        told; one request, in real time."""
        ids = sorted(set(numbers))
        if not ids:
            return {}
        with speaking_to_cluster("reading children"):
            answer = self._client.mget(index=build, ids=ids)
        return {
            one["_id"]: Stored(parse_document(one["_source"]), one["_version"])
            for one in found_in(answer, "reading children")
        }

    def sharing(self, keys: Sequence[str]) -> set[str]:
        """Return the numbers of children in whose `blocks` any of the keys stands; mostly one
        request.

        Sees what was written before the last refresh. Too many for one page are asked for in
        halves of the keys; a single key with more than a page of children tells nothing.
        """
        if not keys:
            return set()
        found = self._page(keys) if len(keys) <= MOST_KEYS else []
        if len(keys) <= MOST_KEYS and len(found) < MOST_HITS:
            return set(found)
        middle = len(keys) // 2
        halves = (keys[:middle], keys[middle:]) if middle else ()
        return set().union(*(self.sharing(half) for half in halves))

    def named(self, names: Sequence[str], born: date, most: int) -> list[Child]:
        """Return children born on that day who bear all these folded words, in whatever name; at
        most `most`, in the state of the last refresh."""
        with speaking_to_cluster("looking for children of a name"):
            answer = self._client.search(
                index=CHILDREN,
                query=_named_clause(names, born),
                size=most,
                sort=["_doc"],
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return [parse_document(hit["_source"]) for hit in answer["hits"]["hits"]]

    def fitting(self, clause: dict[str, Any], most: int) -> list[Child]:
        """Return the children whom a clause finds, at most `most`, those first who have most of it;
        in the state of the last refresh."""
        with speaking_to_cluster("looking for children like a shielded one"):
            answer = self._client.search(
                index=CHILDREN,
                query=clause,
                size=most,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return [parse_document(hit["_source"]) for hit in answer["hits"]["hits"]]

    def revisions(self, build: str, numbers: Iterable[str]) -> dict[str, int]:
        """Return the revision of each document that is in `build`, in real time."""
        ids = sorted(numbers)
        if not ids:
            return {}
        with speaking_to_cluster("reading revisions"):
            answer = self._client.mget(index=build, ids=ids, source=False)
        return {one["_id"]: one["_version"] for one in found_in(answer, "reading revisions")}

    def refresh(self) -> None:
        """Let searches see all that has been written."""
        with speaking_to_cluster("refreshing children"):
            self._client.indices.refresh(index=CHILDREN)

    def _page(self, keys: Sequence[str]) -> list[str]:
        with speaking_to_cluster("looking for the same children"):
            answer = self._client.search(
                index=CHILDREN,
                query={"bool": {"filter": [{"terms": {"blocks": list(keys)}}]}},
                size=MOST_HITS,
                sort=["_doc"],
                source=False,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def leaving(self, born_by: date, died_by: date) -> list[Stored]:
        """Return at most 1,000 children born, or who died, on these days or before; in the state
        of the last refresh. Those who are deleted make room for the next."""
        with speaking_to_cluster("looking for children who leave"):
            answer = self._client.search(
                index=CHILDREN,
                query=_leaving_clause(born_by, died_by),
                size=LEAVING_PAGE,
                sort=["_doc"],
                version=True,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return [
            Stored(parse_document(hit["_source"]), hit["_version"])
            for hit in answer["hits"]["hits"]
        ]

    def count_leaving(self, born_by: date, died_by: date) -> int:
        """Return how many children that are."""
        with speaking_to_cluster("counting children who leave"):
            answer = self._client.count(index=CHILDREN, query=_leaving_clause(born_by, died_by))
        return int(answer["count"])


def _named_clause(names: Sequence[str], born: date) -> dict[str, Any]:
    said: list[dict[str, Any]] = [{"term": {"names": name}} for name in names]
    return {"bool": {"filter": [*said, {"term": {"date_of_birth": born.isoformat()}}]}}


def _leaving_clause(born_by: date, died_by: date) -> dict[str, Any]:
    born = {"range": {"date_of_birth": {"lte": born_by.isoformat()}}}
    died = {"range": {"date_of_death": {"lte": died_by.isoformat()}}}
    return {"bool": {"filter": [{"bool": {"should": [born, died]}}]}}
