"""Snapshots: the newest of each repository, and whether it is too old."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import NOT_FOUND, speaking_to_cluster
from indexer.health.state import State, some, well

OLD_AFTER = timedelta(hours=26)  # one a day, and two hours to make it
TOO_OLD_AFTER = timedelta(hours=74)
WHOLE = "SUCCESS"
STEP = "contactpoint snapshot create"


@dataclass(frozen=True)
class Snapshot:
    """`state` is Elasticsearch's: SUCCESS, PARTIAL, FAILED, IN_PROGRESS."""

    repository: str
    name: str
    state: str
    ended_at: datetime | None


@dataclass(frozen=True)
class Repository:
    """`snapshots`, the newest first."""

    name: str
    snapshots: tuple[Snapshot, ...]

    @property
    def newest(self) -> datetime | None:
        """When the newest that is whole was ended."""
        return next((one.ended_at for one in self.snapshots if one.state == WHOLE), None)


def look_at_snapshots(client: Elasticsearch) -> tuple[Repository, ...]:
    """Return every repository. Raises ClusterUnavailable."""
    with speaking_to_cluster("asking for snapshots"):
        names = sorted(client.snapshot.get_repository().body)
    return tuple(Repository(name, _snapshots(client, name)) for name in names)


def judge_snapshots(repositories: Sequence[Repository], now: datetime) -> State:
    """Yellow without a whole snapshot in every repository since yesterday; red after three days."""
    if not repositories:
        return State("snapshots", "yellow", "no snapshot was ever made", STEP)
    never = [one.name for one in repositories if one.newest is None]
    if never:
        return State("snapshots", "yellow", f"no whole snapshot is in: {some(never)}", STEP)
    oldest = min(one.newest for one in repositories if one.newest)
    age = now - oldest
    cause = f"the newest snapshot was made {age // timedelta(hours=1)} hours ago"
    if age <= OLD_AFTER:
        return well("snapshots", cause)
    return State("snapshots", "red" if age > TOO_OLD_AFTER else "yellow", cause, STEP)


def _snapshots(client: Elasticsearch, repository: str) -> tuple[Snapshot, ...]:
    with speaking_to_cluster("asking for snapshots"):
        answer = client.options(ignore_status=NOT_FOUND).snapshot.get(
            repository=repository,
            snapshot="*",
            sort="start_time",
            order="desc",
            index_names=False,
            ignore_unavailable=True,
        )
    return tuple(_snapshot(repository, one) for one in answer.get("snapshots", ()))


def _snapshot(repository: str, one: Mapping[str, Any]) -> Snapshot:
    ended = one.get("end_time_in_millis")
    ended_at = datetime.fromtimestamp(ended / 1000, UTC) if ended else None
    return Snapshot(repository, one["snapshot"], one["state"], ended_at)
