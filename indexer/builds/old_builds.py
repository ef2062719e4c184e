"""Which builds there are, which was published before, and which nobody can need any more."""

from collections.abc import Iterable

from analyzers.version import VERSION
from indexer.builds.bench import Bench
from indexer.builds.builds import (
    analyser_versions,
    hidden_builds,
    open_builds,
    published_build,
    remove_build,
    stand_ins,
)
from indexer.builds.records import Record
from indexer.errors import ClusterUnavailable, Refused


def previous(bench: Bench) -> Record | None:
    """Return the build that was published before this one."""
    return last_left(read_records(bench), published_build(bench.client))


def last_left(records: Iterable[Record], published: str | None) -> Record | None:
    """Return the one of these builds that was published last before this one. Pure."""
    left = [one for one in records if one.left_at and one.build != published]
    return max(left, key=lambda one: str(one.left_at), default=None)


def read_records(bench: Bench) -> list[Record]:
    """Return the record of every open build, the oldest first."""
    records = bench.records.read(open_builds(bench.client))
    return [records[name] for name in sorted(records)]


def remove_old_builds(bench: Bench) -> list[str]:
    """Remove, by their names, the builds that nobody can need; return them.

    The published one stays, and the one before it unless it stood in for one that was lost. Builds
    of other analysers that were never published stay too: another version of ContactPoint may be
    filling them.
    """
    before = previous(bench)
    kept = {published_build(bench.client), before.build if before else None}
    kept -= stand_ins(bench.client, [one for one in kept if one])
    records = [one for one in read_records(bench) if one.build not in kept]
    versions = analyser_versions(bench.client, [one.build for one in records])
    old = [one.build for one in records if one.left_at or versions.get(one.build) == VERSION]
    for build in old:
        remove(bench, build)
    return old


def remove(bench: Bench, build: str) -> None:
    """Delete a build that is not published, and its record. Raises Refused."""
    if build == published_build(bench.client):
        raise Refused(f"{build} is the published build: it stays")
    if build not in (*open_builds(bench.client), *hidden_builds(bench.client)):
        raise Refused(f"there is no build {build}; 'contactpoint builds' lists them")
    remove_build(bench.client, build)
    bench.records.forget(build)
    bench.listener.say(f"Removed the build {build}.")


def published_now(bench: Bench) -> str:
    """Return the build that is searched; raises ClusterUnavailable before `init`."""
    build = published_build(bench.client)
    if build is None:
        raise ClusterUnavailable("no build is published yet: run 'contactpoint init' first")
    return build
