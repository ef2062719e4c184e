"""Removes old snapshots by a rule: a snapshot from before a shield holds the child, so none is kept
for longer than it is of use (docs/decisions/0017-old-snapshots.md)."""

from collections.abc import Iterable, Mapping, Sequence
from csv import DictReader
from datetime import datetime
from functools import cache
from pathlib import Path

from indexer.builds.bench import Bench
from indexer.builds.lock import holding_snapshots
from indexer.clients import make_client
from indexer.people.actor import Actor
from indexer.snapshots.repositories import open_repositories, speaking_to_repository
from indexer.snapshots.snapshots import PATIENCE_SECONDS, UNDER_WAY, Snapshot, listed
from mappings.names import REPOSITORIES

PERIODS = {"day": "%Y-%m-%d", "week": "%G-%V", "month": "%Y-%m"}
"""Period of keep.csv → what moments of one have in common (UTC)."""


@cache
def kept_by_period() -> Mapping[str, int]:
    """Return period → of how many of the last such periods the newest snapshot stays."""
    with Path(__file__).with_name("keep.csv").open(newline="", encoding="utf-8") as table:
        return {row["period"]: int(row["snapshots"]) for row in DictReader(table)}


def expire(bench: Bench, actor: Actor, *, is_to_remove: bool = True) -> list[Snapshot]:
    """Remove every snapshot that the rule does not keep, by its whole name; return them.

    A run that died is finished by the next. Raises SnapshotRefused, Unavailable.
    """
    operator_client = make_client(bench.settings, "operator")
    open_repositories(operator_client)
    with holding_snapshots(bench.client, bench.world, "snapshot expire") as lock:
        tried = bench.records.tried()
        old = expired(listed(operator_client), tried.snapshots if tried else ())
        for one in old if is_to_remove else ():
            lock.check()
            _remove(bench, actor, one)
    return old


def expired(snapshots: Iterable[Snapshot], tried: Iterable[str] = ()) -> list[Snapshot]:
    """Return the snapshots that nobody needs any more, the oldest first. Pure.

    Periods are counted in which a snapshot was taken, so that none goes when no new one comes. Kept
    are also the newest that is whole in each repository, and those that were last `tried`, by name.
    What somebody took by hand is not ours to remove, nor is what may be under way.
    """
    ours = [one for one in snapshots if one.is_ours]
    whole = _whole_in_all(ours)
    if not whole:
        return []
    newest = max(whole)
    kept = _kept_by_rule(whole) | _newest_of_each(ours) | set(tried)
    old = [one for one in ours if one.name < newest and one.name not in kept]
    return sorted((o for o in old if o.state != UNDER_WAY), key=lambda o: (o.name, o.repository))


def _whole_in_all(ours: Sequence[Snapshot]) -> dict[str, datetime]:
    """Return name → when it was begun, of those that are whole in every repository; the names sort
    by age."""
    begun: dict[str, dict[str, datetime]] = {}
    for one in ours:
        if one.is_whole:
            begun.setdefault(one.name, {})[one.repository] = one.taken_at
    return {
        name: min(parts.values())
        for name, parts in begun.items()
        if parts.keys() >= set(REPOSITORIES)
    }


def _kept_by_rule(whole: Mapping[str, datetime]) -> set[str]:
    kept: set[str] = set()
    for period, count in kept_by_period().items():
        newest = {f"{whole[name]:{PERIODS[period]}}": name for name in sorted(whole)}
        kept.update(sorted(newest.values())[-count:] if count else [])
    return kept


def _newest_of_each(ours: Sequence[Snapshot]) -> set[str]:
    whole = sorted((one for one in ours if one.is_whole), key=lambda one: one.name)
    return set({one.repository: one.name for one in whole}.values())


def _remove(bench: Bench, actor: Actor, snapshot: Snapshot) -> None:
    """Audited first. Only the credential `expiry` may do so, and it may do nothing else."""
    bench.trail.write("snapshot-expire", actor, subject=snapshot.name, said=snapshot.repository)
    expiry_client = make_client(bench.settings, "expiry")
    with speaking_to_repository(snapshot.repository, "removing an old snapshot from"):
        expiry_client.options(request_timeout=PATIENCE_SECONDS, max_retries=0).snapshot.delete(
            repository=snapshot.repository, snapshot=snapshot.name
        )
    bench.listener.say(f"Removed {snapshot.name} from '{snapshot.repository}'.")
