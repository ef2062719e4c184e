"""Brings a build back from a snapshot, beside the published one, under a new name.

Until the register was applied to it, it is hidden: nobody lists it, so no load writes into half an
index, and no child whose shield came after the snapshot is in any open build. What the snapshot's
files still held of them is erased before it is shown.
"""

import re
from dataclasses import replace

from elasticsearch import Elasticsearch

from analyzers.version import VERSION
from indexer.builds.bench import Bench
from indexer.builds.builds import free_name, hidden_builds, remove_build, show_build
from indexer.builds.checks import check_register
from indexer.builds.disks import look_at_disks
from indexer.builds.lock import Lock, holding_builds, refuse_while_snapshots_are_held
from indexer.builds.marked import marked_in
from indexer.builds.purge import purge
from indexer.builds.records import Record, Restored
from indexer.builds.reindex import SPARE_BYTES
from indexer.builds.restored import OLDER_REGISTER
from indexer.clients import make_client
from indexer.errors import SnapshotRefused
from indexer.people.actor import Actor
from indexer.shields.purge import was_unpurged
from indexer.shields.register import Register
from indexer.snapshots.repositories import open_repositories, speaking_to_repository
from indexer.snapshots.snapshots import (
    BUILDS_REPOSITORY,
    PATIENCE_SECONDS,
    STATES,
    Snapshot,
    listed,
)

MOST_COPIES = 2  # of each shard: `auto_expand_replicas` in mappings/children.json
SET_ASIDE = ("index.blocks.read_only_allow_delete", "index.blocks.write")
"""Settings that the index may have had at that moment, and that must not come back."""


def restore(bench: Bench, actor: Actor, name: str | None = None) -> Record:
    """Restore the newest snapshot of the builds, or the one named, as a build that nobody searches.

    Return its record; `publish` brings it up to date, checks it and lets searches use it. A run
    that died is begun anew. Raises SnapshotRefused, Unavailable.
    """
    operator_client = make_client(bench.settings, "operator")
    open_repositories(operator_client)
    with holding_builds(bench.client, bench.world, "snapshot restore") as lock:
        refuse_while_snapshots_are_held(bench.client, bench.world)
        remove_leftovers(bench)
        snapshot = chosen(listed(operator_client), BUILDS_REPOSITORY, name)
        _refuse_unfit(bench, snapshot)
        refuse_if_short(bench, operator_client, snapshot, [snapshot.build])
        build = str(free_name(bench.client, bench.world))
        bench.trail.write("restore", actor, subject=build, said=f"from {snapshot.name}")
        bench.listener.say(f"Restoring {snapshot.build} of {snapshot.name} as {build}.")
        record = Record(build, "restoring", actor.name, bench.world.now())
        of = Restored(snapshot.name, snapshot.taken_at, snapshot.register)
        record = replace(record, restored=of)
        bench.records.write(record)
        bring_back(bench, snapshot, {snapshot.build: build})
        return _open(bench, lock, record)


def chosen(snapshots: list[Snapshot], repository: str, name: str | None) -> Snapshot:
    """Return the snapshot of that name, or the newest that is whole. Raises SnapshotRefused."""
    here = [one for one in snapshots if one.repository == repository and one.is_ours]
    asked = [one for one in here if one.name == name] if name else [o for o in here if o.is_whole]
    if not asked:
        raise SnapshotRefused(
            f"there is no such snapshot in '{repository}' that 'contactpoint snapshot create' "
            "took: 'contactpoint snapshot list' shows them"
        )
    if not asked[-1].is_whole:
        raise SnapshotRefused(
            f"{asked[-1].name} is {STATES.get(asked[-1].state, asked[-1].state)}: children would "
            "be missing; name another, 'contactpoint snapshot list' shows them"
        )
    return asked[-1]


def refuse_if_short(
    bench: Bench, operator_client: Elasticsearch, snapshot: Snapshot, indices: list[str]
) -> None:
    """Raise SnapshotRefused unless the disks have room for these indices."""
    with speaking_to_repository(snapshot.repository, "asking for the size of a snapshot of"):
        status = operator_client.snapshot.status(
            repository=snapshot.repository, snapshot=snapshot.name
        )["snapshots"][0]["indices"]
    size = sum(status[index]["stats"]["total"]["size_in_bytes"] for index in indices)
    disks = look_at_disks(bench)
    needed = size * min(MOST_COPIES, disks.nodes)
    said = f"{needed / 1e9:,.1f} GB of disk, {disks.free / 1e9:,.1f} GB are free"
    if needed + SPARE_BYTES > disks.free:
        raise SnapshotRefused(
            f"what is restored needs {said}, of which 2 GB must stay so: make room ('contactpoint "
            "builds' lists old builds), then run the command again"
        )
    bench.listener.say(f"What is restored needs {said}.")


def bring_back(
    bench: Bench, snapshot: Snapshot, names: dict[str, str], *, is_hidden: bool = True
) -> None:
    """Restore these indices under those names, without their aliases: with them, searches would
    see two builds. Return when all of it is there; raises SnapshotRefused."""
    restore_client = make_client(bench.settings, "restore")
    patient_client = restore_client.options(request_timeout=PATIENCE_SECONDS, max_retries=0)
    for index, new_name in names.items():
        with speaking_to_repository(snapshot.repository, "restoring from"):
            answer = patient_client.snapshot.restore(
                repository=snapshot.repository,
                snapshot=snapshot.name,
                indices=index,
                rename_pattern=f"^{re.escape(index)}$",
                rename_replacement=new_name,
                include_aliases=False,
                include_global_state=False,
                feature_states=["none"],
                partial=False,
                index_settings={"index.hidden": is_hidden},
                ignore_index_settings=list(SET_ASIDE),
                wait_for_completion=True,
            )
        shards = answer["snapshot"]["shards"]
        if shards["successful"] != shards["total"]:
            raise SnapshotRefused(
                f"a part of {index} could not be restored from {snapshot.name}: try an earlier "
                "snapshot, or run the command again"
            )


def remove_leftovers(bench: Bench) -> None:
    """Remove, by their names, builds that were not restored to the end."""
    for build in hidden_builds(bench.client):
        remove_build(bench.client, build)
        bench.records.forget(build)
        bench.listener.say(f"Removed {build}, which was not restored to the end.")


def _refuse_unfit(bench: Bench, snapshot: Snapshot) -> None:
    """Raise SnapshotRefused if what would come back could not be published anyway."""
    if snapshot.analysers != VERSION:
        raise SnapshotRefused(
            f"{snapshot.name} was made by other analysers than this version of ContactPoint has: "
            "restore and publish it with the version that took it, then run 'contactpoint reindex' "
            "with this one"
        )
    if bench.hands.marks.sequence_now() < snapshot.register:
        raise SnapshotRefused(OLDER_REGISTER)


def _open(bench: Bench, lock: Lock, record: Record) -> Record:
    """Take out who is shielded now, and only then let others see the build; and look again for
    whoever was shielded meanwhile."""
    marks = bench.hands.marks.all()
    if _apply(bench, record.build, marks) or _holds_unpurged(bench, record):
        _erase(bench, record.build)
    lock.check()
    record = replace(record, state="filled", filled_at=bench.world.now())
    bench.records.write(record)
    show_build(bench.client, record.build)
    if (now := bench.hands.marks.all()) != marks:
        _apply(bench, record.build, now)
    return record


def _apply(bench: Bench, build: str, marks: frozenset[str]) -> bool:
    """Move whoever is marked out of the build; return whether anybody was there."""
    bench.hands.scan.refresh(build)
    was_there = bool(marked_in(bench, build, marks))
    finding = check_register(bench, build, marks)
    if not finding.passed:
        raise SnapshotRefused(f"{build} stays hidden: {finding.said}")
    return was_there


def _holds_unpurged(bench: Bench, record: Record) -> bool:
    """Was somebody deleted before the snapshot, and not erased by then?"""
    register = Register.for_worker(bench.settings, bench.world)
    return was_unpurged(register, record.restored.register if record.restored else 0)


def _erase(bench: Bench, build: str) -> None:
    """Health counts from when somebody was hidden, and would not tell of these files."""
    bench.listener.say("Erasing from its files who may not be found; of millions that takes long.")
    if purge(bench.client, [build]):
        bench.listener.say(
            "Something is left in them: run 'contactpoint shield purge' once it is published."
        )
