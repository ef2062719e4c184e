"""Loads that must be repeated, since a build was restored and what they wrote was lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.child import PRACTITIONERS
from indexer.children.loads import DOUBTED
from indexer.clients import speaking_to_cluster
from indexer.health.state import State, some, well
from mappings.names import LOADS

MOST = 10_000  # looked at: a busy day of practitioners has thousands


@dataclass(frozen=True)
class Doubted:
    """One load: when it began, and since when it is known that it must be repeated."""

    load: str
    source: str
    started_at: datetime
    doubted_at: datetime
    rows: int

    def was_loaded_since(self, done_at: Mapping[str, datetime]) -> bool:
        """Did any load of its source come to its end since? `done_at` tells of each source when one
        last did, to the second."""
        return self.source in done_at and done_at[self.source] >= self.doubted_at

    def in_words(self) -> str:
        return f"{self.source} of {self.started_at:%d %B at %H:%M} UTC ({self.rows:,} rows)"


def look_at_doubted(client: Elasticsearch) -> tuple[Doubted, ...]:
    """Return them, the oldest first, what practitioners said last. Raises ClusterUnavailable."""
    said = {"term": {"source": PRACTITIONERS}}
    doubted = {"filter": [{"term": {"state": DOUBTED}}]}
    return (
        *_look(client, {"bool": {**doubted, "must_not": [said]}}),
        *_look(client, {"bool": {**doubted, "must": [said]}}),
    )


def _look(client: Elasticsearch, clause: dict[str, Any]) -> tuple[Doubted, ...]:
    with speaking_to_cluster("reading the receipts of loads"):
        hits = client.search(
            index=LOADS,
            size=MOST,
            query=clause,
            sort=["started_at"],
            track_total_hits=False,
            allow_partial_search_results=False,
        )["hits"]["hits"]
    return tuple(_doubted(hit["_id"], hit["_source"]) for hit in hits)


def judge_doubted(doubted: Sequence[Doubted], done_at: Mapping[str, datetime]) -> State:
    """Yellow until each was repeated and the check saw that all of it is in. What practitioners
    said is in no file: of that the check tells what is lost."""
    if not doubted:
        return well("repeats", "no load must be repeated")
    from_files = [one for one in doubted if one.source != PRACTITIONERS]
    waiting = [one for one in from_files if not one.was_loaded_since(done_at)]
    if not waiting:
        cause = "whether all that was loaded before a build was restored is in is to be checked"
        return State("repeats", "yellow", cause, "contactpoint check")
    named = some(one.in_words() for one in waiting)
    return State(
        "repeats",
        "yellow",
        f"what was loaded is not all in since a build was restored: {named}",
        f"contactpoint load FEED --source {waiting[0].source}",
    )


def _doubted(load: str, receipt: Mapping[str, Any]) -> Doubted:
    started_at = datetime.fromisoformat(receipt["started_at"])
    doubted_at = datetime.fromisoformat(receipt.get("doubted_at", receipt["started_at"]))
    return Doubted(load, receipt["source"], started_at, doubted_at, receipt.get("rows", 0))
