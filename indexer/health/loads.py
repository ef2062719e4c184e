"""Loads: when each source was last loaded, how much, and which source is overdue."""

from collections.abc import Collection, Mapping, Sequence
from csv import DictReader
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.child import PRACTITIONERS
from indexer.children.loads import DOUBTED, MOST_SOURCES, REPEATED, Loads
from indexer.clients import speaking_to_cluster
from indexer.health.repeats import Doubted, look_at_doubted
from indexer.health.state import State, some, well
from indexer.world import World
from mappings.names import LOADS

OTHER_SOURCES_DAYS = 35
CHART_DAYS = 30
DONE = "done"


@dataclass(frozen=True)
class Source:
    """`last_state` is that of the newest load, `done_at` the end of the newest that came to its
    end; `rows` are those new, less those withdrawn, in all its loads."""

    name: str
    last_state: str
    done_at: datetime | None
    rows: int


@dataclass(frozen=True)
class LoadedDay:
    day: date
    rows: int


@dataclass(frozen=True)
class Feeds:
    sources: tuple[Source, ...]
    days: tuple[LoadedDay, ...]  # the last 30, the oldest first, none left out
    under_way: tuple[str, ...]
    doubted: tuple[Doubted, ...] = ()  # the oldest first

    @property
    def done_at(self) -> dict[str, datetime]:
        """Source → the end of its newest load that came to its end."""
        return {one.name: one.done_at for one in self.sources if one.done_at}


@cache
def allowed_days() -> Mapping[str, int]:
    """Return source → the days within which it is to be loaded again, from freshness.csv."""
    with Path(__file__).with_name("freshness.csv").open(newline="", encoding="utf-8") as table:
        return {row["source"]: int(row["days"]) for row in DictReader(table)}


def look_at_loads(client: Elasticsearch, world: World) -> Feeds:
    """Return what the receipts say. Raises ClusterUnavailable."""
    since = world.today() - timedelta(days=CHART_DAYS - 1)
    with speaking_to_cluster("reading the receipts of loads"):
        found = client.search(
            index=LOADS,
            size=0,
            query={"exists": {"field": "state"}},
            aggs={"sources": _BY_SOURCE, "recent": _by_day(since)},
            allow_partial_search_results=False,
        )["aggregations"]
    sources = tuple(_source(one) for one in found["sources"]["buckets"])
    under_way = tuple(Loads(client, world).under_way())
    days = _days(found["recent"]["days"]["buckets"], since)
    return Feeds(sources, days, under_way, look_at_doubted(client))


def judge_loads(feeds: Feeds, now: datetime) -> State:
    """Yellow if a source is overdue, or its last load did not come to its end."""
    if not feeds.sources:
        return State("sources", "yellow", "nothing was loaded yet", "contactpoint load FEED")
    broken = _broken(feeds.sources, feeds.under_way)
    if broken:
        cause = f"the last load did not come to its end: {some(broken)}"
        return State("sources", "yellow", cause, _again(broken[0]))
    overdue = [one.name for one in feeds.sources if is_overdue(one, now)]
    if overdue:
        cause = f"not loaded for longer than it should be: {some(overdue)}"
        return State("sources", "yellow", cause, _again(overdue[0]))
    return well("sources", f"{len(feeds.sources)} sources are fresh")


def is_overdue(source: Source, now: datetime) -> bool:
    """Was it last loaded longer ago than freshness.csv allows? `social-care-359` is one of
    `social-care`. A source none of whose rows is left has ended, or its name was mistyped; what
    practitioners say comes when they say it."""
    if source.name == PRACTITIONERS or source.rows <= 0:
        return False
    own = source.name, source.name.rpartition("-")[0]
    days = next((allowed_days()[one] for one in own if one in allowed_days()), OTHER_SOURCES_DAYS)
    return source.done_at is None or now - source.done_at > timedelta(days=days)


def _broken(sources: Sequence[Source], under_way: Collection[str]) -> list[str]:
    whole = {DONE, DOUBTED, REPEATED}  # of what is doubted repeats.py tells
    return [
        one.name for one in sources if one.last_state not in whole and one.name not in under_way
    ]


def _again(source: str) -> str:
    return f"contactpoint load FEED --source {source}"


_NEWEST = [{"started_at": "desc"}, {"ended_at": "desc"}]  # two may begin in one second
_BY_SOURCE: dict[str, Any] = {
    "terms": {"field": "source", "size": MOST_SOURCES, "order": {"_key": "asc"}},
    "aggs": {
        "last": {"top_hits": {"size": 1, "sort": _NEWEST, "_source": ["state"]}},
        "done": {
            "filter": {"term": {"state": DONE}},
            "aggs": {"at": {"max": {"field": "ended_at"}}},
        },
        "new": {"sum": {"field": "new"}},
        "withdrawn": {"sum": {"field": "withdrawn"}},
    },
}


def _by_day(since: date) -> dict[str, Any]:
    return {
        "filter": {"range": {"started_at": {"gte": since.isoformat()}}},
        "aggs": {
            "days": {
                "date_histogram": {"field": "started_at", "calendar_interval": "day"},
                "aggs": {"rows": {"sum": {"field": "rows"}}},
            }
        },
    }


def _source(bucket: Mapping[str, Any]) -> Source:
    last, done_at = bucket["last"]["hits"]["hits"][0], bucket["done"]["at"]["value"]
    return Source(
        bucket["key"],
        last["_source"]["state"],
        _moment(done_at) if done_at else None,
        int(bucket["new"]["value"] - bucket["withdrawn"]["value"]),
    )


def _days(buckets: Sequence[Mapping[str, Any]], since: date) -> tuple[LoadedDay, ...]:
    rows = {_moment(one["key"]).date(): int(one["rows"]["value"]) for one in buckets}
    days = (since + timedelta(days=ahead) for ahead in range(CHART_DAYS))
    return tuple(LoadedDay(day, rows.get(day, 0)) for day in days)


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
