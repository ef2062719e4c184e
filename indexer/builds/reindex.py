"""Makes a new build beside, from the index itself, while loads, shields and searches go on."""

from dataclasses import dataclass, replace

from elasticsearch import Elasticsearch

from analyzers.version import VERSION
from indexer.builds.bench import Bench
from indexer.builds.builds import (
    analyser_versions,
    create_build,
    free_name,
    published_build,
    sync_each_write,
)
from indexer.builds.disks import look_at_disks
from indexer.builds.filling import BatchFailed, Filling
from indexer.builds.lock import Lock, holding_builds, refuse_while_snapshots_are_held
from indexer.builds.old_builds import read_records
from indexer.builds.publication import publish_record
from indexer.builds.records import Record
from indexer.children.place import Placement
from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable, NotFound, Refused
from indexer.people.actor import Actor

MERGE_SECONDS = 4 * 3_600
TIMES_THE_PUBLISHED = 3
"""What a build takes until it is merged, of what it takes then: the loose segments are twice its
size (docs/ENGINE.md), and the merged ones are written before the loose ones are deleted."""

SPARE_BYTES = 2 * 2**30  # the low watermark: under it Elasticsearch makes no index any more


@dataclass(frozen=True)
class Space:
    """What a new build needs until it is merged, and what the disks have, in bytes."""

    needed: int
    free: int

    def in_words(self) -> str:
        return (
            f"{self.needed / 1e9:,.1f} GB of disk until it is merged, {self.free / 1e9:,.1f} GB "
            "are free"
        )

    def refuse_if_short(self) -> None:
        if self.needed + SPARE_BYTES > self.free:
            raise Refused(
                f"a new build needs {self.in_words()}, of which 2 GB must stay so: make room "
                "('contactpoint builds' lists old builds), then run the command again"
            )


def reindex(bench: Bench, actor: Actor, *, is_to_publish: bool = True) -> str:
    """Fill a new build, merge it, and publish it if the checks let it; return its name.

    A run that was interrupted is taken up. Raises BuildRefused (the build stays, unpublished),
    Refused, Unavailable (the same command goes on).
    """
    with holding_builds(bench.client, bench.world, "reindex") as lock:
        refuse_while_snapshots_are_held(bench.client, bench.world)
        source = published_build(bench.client)
        if source is None:
            raise ClusterUnavailable("no build is published yet: run 'contactpoint init' first")
        record = _unfinished(bench)
        state_space(bench, source, record.build if record else "")
        record = record or _begin(bench, actor)
        if record.state == "filling":
            record = _fill(bench, lock, record, source)
        if is_to_publish:
            publish_record(bench, lock, record, actor)
    return record.build


def reindex_child(bench: Bench, number: str) -> None:
    """Make one child's search fields anew, in every build that loads write into.

    Raises NotFound, Unavailable.
    """
    stored = bench.hands.store.read([number]).get(number)
    if stored is None or bench.hands.marks.marked([number]):
        raise NotFound("there is no child to reindex under this number")
    # In conflict is who was written at this moment: with our search fields, too.
    placement = Placement(number, stored.revision, stored.child)
    bench.hands.placer.place([placement], bench.hands.builds.now)


def state_space(bench: Bench, source: str, begun: str = "") -> None:
    """Say what disk a copy of `source` needs. Raises Refused if there is less."""
    need = space(bench, source, begun)
    need.refuse_if_short()
    bench.listener.say(f"A new build needs {need.in_words()}.")


def space(bench: Bench, source: str, begun: str = "") -> Space:
    """Return the disk that a copy of `source` needs, on all nodes together, and what is free; less
    what a copy takes already that an earlier run began."""
    names = [one for one in (source, begun) if one]
    with speaking_to_cluster("asking how large the published build is"):
        stats = bench.client.indices.stats(index=names, metric="store")["indices"]
    size = {name: stats[name]["total"]["store"]["size_in_bytes"] for name in names}
    needed = TIMES_THE_PUBLISHED * size[source] - size.get(begun, 0)
    return Space(max(0, needed), look_at_disks(bench).free)


def _begin(bench: Bench, actor: Actor) -> Record:
    """The record first: a build without one would be taken for what `init` made."""
    build = free_name(bench.client, bench.world)
    record = Record(str(build), "filling", actor.name, bench.world.now())
    bench.records.write(record)
    create_build(bench.client, bench.world, build)
    sync_each_write(bench.client, record.build, is_on=False)
    bench.trail.write("reindex", actor, subject=record.build, said="begun")
    bench.listener.say(f"Filling {build}; searches and loads go on.")
    return record


def is_unfinished(record: Record) -> bool:
    """Did a reindex die while it filled the build, or after that, while it was judged? One that was
    filled and not judged was not to be published."""
    is_half_judged = record.state == "filled" and bool(record.findings) and not record.restored
    return record.state == "filling" or is_half_judged


def _unfinished(bench: Bench) -> Record | None:
    """Return the newest build of our analysers that a run left half filled, or half published."""
    left = [one for one in read_records(bench) if is_unfinished(one)]
    versions = analyser_versions(bench.client, [one.build for one in left])
    own = [one for one in left if versions.get(one.build) == VERSION]
    if own:
        bench.listener.say(f"Going on with {own[-1].build}, which an earlier run left unfinished.")
    return own[-1] if own else None


def _fill(bench: Bench, lock: Lock, record: Record, source: str) -> Record:
    filling = Filling(bench.hands, source, record.build, bench.listener.on_progress)
    bench.records.write(replace(record, failed=0))
    try:
        copied = filling.fill()
    except BatchFailed:
        bench.records.write(replace(record, failed=1))
        raise
    lock.check()
    # From here on nothing is lost in a crash; what was lost before is carried over.
    sync_each_write(bench.client, record.build, is_on=True)
    changed = filling.carry_over()
    bench.listener.say(
        f"Copied {copied.done:,} children in {copied.seconds:.1f} s ({copied.rate:,.0f} a second); "
        f"{changed:,} more were carried over."
    )
    bench.listener.say("Merging it; of millions of children that takes minutes.")
    _merge(bench.client, record.build)
    record = replace(record, state="filled", failed=0, filled_at=bench.world.now())
    bench.records.write(record)
    return record


def _merge(client: Elasticsearch, build: str) -> None:
    """One segment a shard: half the size and half the time of a search (docs/ENGINE.md)."""
    with speaking_to_cluster("merging the build"):
        client.indices.flush(index=build)
        patient_client = client.options(request_timeout=MERGE_SECONDS)
        patient_client.indices.forcemerge(index=build, max_num_segments=1)
