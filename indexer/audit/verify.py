"""Reads the audit, also what is sealed, and proves it: every entry unchanged, none missing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from indexer.audit.trail import entry_hash
from indexer.clients import speaking_to_cluster
from mappings.names import ALL_AUDIT

PAGE = 1_000
OVERLAP = timedelta(minutes=1)
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Proof:
    """How many entries were read, how many of them were changed, and how many gaps there are."""

    entries: int = 0
    changed: int = 0
    gaps: int = 0

    @property
    def is_whole(self) -> bool:
        return not (self.changed or self.gaps)


def verify(client: Elasticsearch, key: str, since: datetime) -> Proof:
    """Prove the entries since then; raises ClusterUnavailable.

    An entry that was changed has another hash; one that is missing leaves a gap in the sequence of
    its chain. A tail that was cut off shows nowhere but in the witness file.
    """
    return prove(_entries(client, since - OVERLAP), key.encode(), since)


def prove(entries: Iterable[Entry], key: bytes, since: datetime) -> Proof:
    """Prove entries that come by chain and sequence. Pure.

    The first of a chain may be any: those before it are older than what is read. Threads of one
    process take the time before they take their turn, so around the moment at which the reading
    begins an entry may be left out between two others: gaps are told only of entries after `since`.
    """
    read = changed = gaps = 0
    before: Entry | None = None
    for entry in entries:
        read += 1
        changed += entry_hash(key, dict(entry)) != entry["hash"]
        if before and before["chain"] == entry["chain"]:
            is_told = datetime.fromisoformat(before["at"]) >= since
            gaps += is_told and not _follows(before, entry)
        before = entry
    return Proof(read, changed, gaps)


def _follows(before: Entry, entry: Entry) -> bool:
    expected = (before["sequence"] + 1, before["hash"])
    return (entry["sequence"], entry["previous"]) == expected


def _entries(client: Elasticsearch, since: datetime) -> Iterator[Entry]:
    after: list[Any] | None = None
    while hits := _page(client, since, after):
        yield from (hit["_source"] for hit in hits)
        after = hits[-1]["sort"]


def _page(client: Elasticsearch, since: datetime, after: list[Any] | None) -> list[dict[str, Any]]:
    with speaking_to_cluster("reading the audit"):
        answer = client.search(
            index=ALL_AUDIT,
            query={"bool": {"filter": [{"range": {"at": {"gte": since.isoformat()}}}]}},
            sort=["chain", "sequence"],
            search_after=after,
            size=PAGE,
            track_total_hits=False,
            allow_partial_search_results=False,
        )
    found: list[dict[str, Any]] = answer["hits"]["hits"]
    return found
