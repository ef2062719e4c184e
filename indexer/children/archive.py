"""The archives of children who have left: outside every search, each record with its last day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.child import Child
from indexer.clients import settled_in, speaking_to_cluster
from mappings.names import ARCHIVE

PAGE = 1_000  # records deleted at a time


@dataclass(frozen=True)
class Departure:
    """Why a child leaves, and when the archived record must be deleted."""

    child: Child
    reason: str
    delete_on: date


class Archive:
    """Records are added and deleted, never changed, and read by no part of the service.

    Children who were shielded have an archive of their own: whoever holds a snapshot of the other
    must not learn who they were.
    """

    def __init__(self, client: Elasticsearch, index: str = ARCHIVE) -> None:
        self._client = client
        self._index = index

    def add(self, departures: Iterable[Departure], left_on: date) -> None:
        """Keep these records; one that is there already stays as it is."""
        lines: list[Any] = []
        for one in departures:
            lines += [{"create": {"_id": one.child.number}}, _document(one, left_on)]
        self._send(lines)

    def count_due(self, today: date) -> int:
        """Return how many records must be deleted by now."""
        with speaking_to_cluster("counting archived records"):
            answer = self._client.count(index=self._index, query=_is_due(today))
        return int(answer["count"])

    def delete_due(self, today: date) -> int:
        """Delete every record whose time is over, and return how many."""
        deleted = 0
        while numbers := self._due(today):
            self._send([{"delete": {"_id": number}} for number in numbers])
            deleted += len(numbers)
        return deleted

    def remove(self, numbers: Iterable[str]) -> None:
        """Delete these records: their children have not left after all."""
        self._send([{"delete": {"_id": number}} for number in numbers])

    def _due(self, today: date) -> list[str]:
        with speaking_to_cluster("looking for archived records"):
            self._client.indices.refresh(index=self._index)
            answer = self._client.search(
                index=self._index, query=_is_due(today), size=PAGE, source=False, sort=["_doc"]
            )
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def _send(self, lines: list[Any]) -> None:
        if not lines:
            return
        with speaking_to_cluster("writing the archive"):
            answer = self._client.bulk(index=self._index, operations=lines)
        settled_in(answer, "writing the archive")


def _document(departure: Departure, left_on: date) -> dict[str, Any]:
    return {
        "number": departure.child.number,
        "left_on": left_on,
        "reason": departure.reason,
        "delete_on": departure.delete_on,
        "record": departure.child,
    }


def _is_due(today: date) -> dict[str, Any]:
    return {"range": {"delete_on": {"lte": today.isoformat()}}}
