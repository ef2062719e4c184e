"""Snapshots: the newest of each repository, and whether it is too old."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from elasticsearch import Elasticsearch

from indexer.builds.lock import SNAPSHOTS_LOCK, look_at_lock
from indexer.builds.records import Records
from indexer.clients import speaking_to_cluster
from indexer.errors import SnapshotRefused
from indexer.health.holders import judge_holder
from indexer.health.state import State, some, well
from indexer.holder import Holder
from indexer.snapshots.expiry import kept_by_period
from indexer.snapshots.repositories import speaking_to_repository
from indexer.snapshots.snapshots import UNDER_WAY, Snapshot, parse_snapshot
from indexer.world import World
from mappings.names import REPOSITORIES, TRIAL

OLD_AFTER = timedelta(hours=26)  # one a day, and two hours to make it
TOO_OLD_AFTER = timedelta(hours=74)
TRIED_WITHIN = timedelta(days=9)  # once a week, a day for it, and last night's is a day old
LOOKED_AT = 10  # the newest of each: Elasticsearch reads a file for every one
MOST_TIMES = 2  # as many as the rule keeps, before somebody is told that it is not run
CREATE, LIST, VERIFY, EXPIRE = (
    f"contactpoint snapshot {one}" for one in ("create", "list", "verify", "expire")
)


@dataclass(frozen=True)
class Repository:
    """One of ours: its `snapshots`, the newest first, and how many there are in all."""

    name: str
    snapshots: tuple[Snapshot, ...] = ()
    total: int = 0
    is_readable: bool = True

    @property
    def newest(self) -> datetime | None:
        """When the newest that is whole was begun: nothing of what came later is sure to be in."""
        return next((one.taken_at for one in self.snapshots if one.is_whole), None)

    @property
    def is_broken(self) -> bool:
        """Were snapshots made, of which none is of any use?"""
        is_first = any(one.state == UNDER_WAY for one in self.snapshots)
        return bool(self.snapshots) and self.newest is None and not is_first


@dataclass(frozen=True)
class Trials:
    """When that was taken which was last tried, and came back; whether a trial died and left what
    it had brought back; who tries or removes some now."""

    taken_at: datetime | None
    is_half_done: bool = False
    holder: Holder | None = None


def look_at_snapshots(client: Elasticsearch) -> tuple[Repository, ...]:
    """Return every repository that there should be. Raises ClusterUnavailable."""
    with speaking_to_cluster("asking for repositories"):
        known = client.snapshot.get_repository().body
    return tuple(_repository(client, name, known) for name in REPOSITORIES)


def look_at_trials(client: Elasticsearch, world: World) -> Trials:
    """Raises ClusterUnavailable."""
    with speaking_to_cluster("looking for indices that were tried"):
        left = client.indices.get(
            index=f"{TRIAL}*", features=["aliases"], expand_wildcards=["open", "hidden"]
        )
    tried, holder = Records(client).tried(), look_at_lock(client, world, SNAPSHOTS_LOCK)
    return Trials(tried.taken_at if tried else None, bool(left) and not holder, holder)


def judge_trials(trials: Trials, now: datetime) -> State | None:
    """Yellow unless a snapshot of the last nine days was tried, and passed: of an older one that
    did nothing is known of those since."""
    if silent := judge_holder("snapshots", trials.holder):
        return silent
    if trials.is_half_done:
        return State("snapshots", "yellow", "a trial did not come to its end", VERIFY)
    if trials.taken_at is None or now - trials.taken_at > TRIED_WITHIN:
        cause = "none of the last week was tried, so nobody knows whether they can be brought back"
        return State("snapshots", "yellow", cause, VERIFY)
    return None


def judge_number(repositories: Sequence[Repository]) -> State | None:
    """Yellow if there are twice as many as the rule keeps: an old one holds whoever was shielded
    since."""
    kept = sum(kept_by_period().values())
    most = max(one.total for one in repositories)
    if most <= MOST_TIMES * kept:
        return None
    return State("snapshots", "yellow", f"{most} are there, of which the rule keeps {kept}", EXPIRE)


def judge_snapshots(repositories: Sequence[Repository], now: datetime) -> State:
    """Yellow without a whole snapshot in both since yesterday; red after three days, and where
    those that were made are of no use."""
    unread = [one.name for one in repositories if not one.is_readable]
    if unread:
        return State("snapshots", "red", f"cannot be read: {some(unread)}", LIST)
    broken = [one.name for one in repositories if one.is_broken]
    if broken:
        return State("snapshots", "red", f"no whole snapshot is in: {some(broken)}", CREATE)
    never = [one.name for one in repositories if one.newest is None]
    if never:
        return State("snapshots", "yellow", f"none was ever made of: {some(never)}", CREATE)
    return _judge_age(now - min(one.newest for one in repositories if one.newest))


def _judge_age(age: timedelta) -> State:
    cause = f"the newest snapshot was begun {age // timedelta(hours=1)} hours ago"
    if age <= OLD_AFTER:
        return well("snapshots", cause)
    return State("snapshots", "red" if age > TOO_OLD_AFTER else "yellow", cause, CREATE)


def _repository(client: Elasticsearch, name: str, known: Collection[str]) -> Repository:
    if name not in known:
        return Repository(name)
    try:
        with speaking_to_repository(name, "asking for the snapshots of"):
            answer = client.snapshot.get(
                repository=name,
                snapshot="*",
                sort="start_time",
                order="desc",
                size=LOOKED_AT,
            )
    except SnapshotRefused:
        return Repository(name, is_readable=False)
    found = tuple(parse_snapshot(name, one) for one in answer["snapshots"])
    return Repository(name, found, answer["total"])
