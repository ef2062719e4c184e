"""Builds: what is published, what stands beside it, and what a run left behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from elasticsearch import Elasticsearch

from analyzers.version import VERSION
from indexer.builds.builds import (
    ALL_BUILDS,
    analyser_versions,
    find_builds,
    hidden_builds,
    published_build,
)
from indexer.builds.lock import is_locked
from indexer.builds.records import Record, Records
from indexer.clients import speaking_to_cluster
from indexer.health.state import State, well
from indexer.world import World

REINDEX = "contactpoint reindex"


@dataclass(frozen=True)
class Build:
    """One build: how many children it holds, and its size with all copies, in bytes."""

    name: str
    use: str  # published, before (the one published before it), or the state of its record
    children: int
    size: int
    published_at: datetime | None


@dataclass(frozen=True)
class Builds:
    builds: tuple[Build, ...]
    has_our_analysers: bool
    is_locked: bool  # somebody is changing builds now

    @property
    def published(self) -> Build | None:
        return next((one for one in self.builds if one.use == "published"), None)


def look_at_builds(client: Elasticsearch, world: World) -> Builds:
    """Return the builds, the oldest first. Raises ClusterUnavailable."""
    hidden, published = hidden_builds(client), published_build(client)
    names = sorted({*find_builds(client), *hidden})
    records = Records(client).read(names)
    with speaking_to_cluster("asking how large builds are"):
        stats = client.indices.stats(index=ALL_BUILDS, metric=["docs", "store"])["indices"]
    builds = []
    for name in names:
        one = stats.get(name)
        children = one["primaries"]["docs"]["count"] if one else 0
        size = one["total"]["store"]["size_in_bytes"] if one else 0
        use = "restoring" if name in hidden else _use(records[name], published)
        builds.append(Build(name, use, children, size, records[name].published_at))
    versions: Mapping[str, str] = analyser_versions(client, [published] if published else [])
    return Builds(tuple(builds), VERSION in versions.values(), is_locked(client, world))


def judge_builds(found: Builds) -> State:
    """Red if searches cannot use the published build; yellow if a run was left half done."""
    if found.published is None:
        return State("builds", "red", "no build is published", "contactpoint init")
    if not found.has_our_analysers:
        cause = "the published build was made by other analysers than this version's"
        return State("builds", "red", cause, REINDEX)
    if found.is_locked:
        return well("builds", f"{found.published.name} is published; another is being changed")
    return _judge_beside(found.builds) or well("builds", f"{found.published.name} is published")


def _judge_beside(builds: Sequence[Build]) -> State | None:
    for one in builds:
        if one.use in _LEFT:
            cause, step = _LEFT[one.use]
            return State("builds", "yellow", f"{one.name} {cause}", step.format(build=one.name))
    return None


_LEFT = {
    "restoring": ("was not restored to its end", "contactpoint snapshot restore"),
    "filling": ("was not filled to its end", REINDEX),
    "filled": ("is filled and not published", "contactpoint publish {build}"),
    "refused": ("was refused by the checks", "contactpoint builds --remove {build}"),
}
"""What a build beside the published one tells of a run that did not come to its end."""


def _use(record: Record, published: str | None) -> str:
    if record.build == published:
        return "published"
    return "before" if record.left_at else record.state
