"""Builds: what is published, what stands beside it, and what a run left behind."""

from collections.abc import Sequence
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
from indexer.builds.checks import check_analysers, check_mapping
from indexer.builds.lock import look_at_lock
from indexer.builds.records import Record, Records
from indexer.clients import speaking_to_cluster
from indexer.health.holders import judge_holder
from indexer.health.state import State, well
from indexer.holder import Holder
from indexer.world import World

REINDEX, REMOVE = "contactpoint reindex", "contactpoint builds --remove {build}"


@dataclass(frozen=True)
class Build:
    """One build: how many children it holds, and its size with all copies, in bytes; whether other
    analysers than this version's made it."""

    name: str
    use: str  # published, before (the one published before it), or the state of its record
    children: int
    size: int
    published_at: datetime | None
    is_of_others: bool = False


@dataclass(frozen=True)
class Builds:
    """`fault` is what is wrong with the published one, empty if nothing is; `holder` is who is
    changing builds."""

    builds: tuple[Build, ...]
    fault: str = ""
    holder: Holder | None = None

    @property
    def published(self) -> Build | None:
        return next((one for one in self.builds if one.use == "published"), None)


def look_at_builds(client: Elasticsearch, world: World) -> Builds:
    """Return the builds, the oldest first. Raises ClusterUnavailable."""
    hidden, published = hidden_builds(client), published_build(client)
    names = sorted({*find_builds(client), *hidden})
    records, versions = Records(client).read(names), analyser_versions(client, names)
    with speaking_to_cluster("asking how large builds are"):
        stats = client.indices.stats(index=ALL_BUILDS, metric=["docs", "store"])["indices"]
    builds = []
    for name in names:
        one = stats.get(name)
        children = one["primaries"]["docs"]["count"] if one else 0
        size = one["total"]["store"]["size_in_bytes"] if one else 0
        use = "restoring" if name in hidden else _use(records[name], published)
        is_of_others = versions.get(name, VERSION) != VERSION
        at = records[name].published_at
        builds.append(Build(name, use, children, size, at, is_of_others))
    fault = _fault(client, published) if published else ""
    return Builds(tuple(builds), fault, look_at_lock(client, world))


def _fault(client: Elasticsearch, build: str) -> str:
    """Return why this version cannot search or write the build; empty if it can."""
    with speaking_to_cluster("asking for the mapping of a build"):
        mapping = client.indices.get_mapping(index=build)[build]["mappings"]
    version = str(mapping.get("_meta", {}).get("analyser_version", ""))
    judged = (check_analysers(version), check_mapping(mapping))
    said = next((one.said for one in judged if not one.passed), "")
    return said.split(":", maxsplit=1)[0]


def judge_builds(found: Builds) -> State:
    """Red if searches cannot use the published build; yellow if a run was left half done."""
    if found.published is None:
        return State("builds", "red", "no build is published", "contactpoint init")
    if found.fault:
        return State("builds", "red", f"of the published build: {found.fault}", REINDEX)
    if found.holder:
        at_work = well("builds", "one is published; another is being changed")
        return judge_holder("builds", found.holder) or at_work
    return _judge_beside(found.builds) or well("builds", f"published is {found.published.name}")


def _judge_beside(builds: Sequence[Build]) -> State | None:
    for one in builds:
        left = _LEFT | _LEFT_BY_OTHERS if one.is_of_others else _LEFT
        if one.use in left:
            cause, step = left[one.use]
            return State(
                "builds", "yellow", f"the build {one.name} {cause}", step.format(build=one.name)
            )
    return None


_LEFT = {
    "restoring": ("was not restored to its end", "contactpoint snapshot restore"),
    "filling": ("was not filled to its end", REINDEX),
    "filled": ("is filled and not published", "contactpoint publish {build}"),
    "refused": ("was refused by the checks", REMOVE),
}
"""What a build beside the published one tells of a run that did not come to its end."""

_LEFT_BY_OTHERS = {
    "filling": ("was not filled to its end, by another version of ContactPoint", REMOVE),
    "filled": ("is filled and not published, by another version of ContactPoint", REMOVE),
}
"""The same where this version can neither go on with it nor publish it."""


def _use(record: Record, published: str | None) -> str:
    if record.build == published:
        return "published"
    if record.left_at:
        return "before"
    return "filled" if record.state == "published" else record.state  # it died before the swap
