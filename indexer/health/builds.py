"""Builds: what is published, what stands beside it, and what a run left behind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from elasticsearch import Elasticsearch

from analyzers.version import VERSION
from indexer.builds.builds import (
    ALL_BUILDS,
    analyser_versions,
    find_builds,
    hidden_builds,
    published_build,
    stand_ins,
)
from indexer.builds.checks import check_analysers, check_mapping
from indexer.builds.lock import look_at_lock
from indexer.builds.records import Record, Records
from indexer.clients import speaking_to_cluster
from indexer.health.holders import judge_holder
from indexer.health.loads import look_at_loads
from indexer.health.state import State, rounded, well
from indexer.holder import Holder
from indexer.world import World

REINDEX, RESTORE = "contactpoint reindex", "contactpoint snapshot restore"
REMOVE = "contactpoint builds --remove {build}"
STOOD_IN = "the published build stands in for one that was lost, and no search is answered from it"
FEWEST_ROWS = 10  # of a few children all may be shielded, and that must tell nobody


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
    changing builds; `rows` are those of all sources, asked for if no child is found; `stands_in`
    says that the published one stands in for one that was lost."""

    builds: tuple[Build, ...]
    fault: str = ""
    holder: Holder | None = None
    rows: int = 0
    stands_in: bool = False

    @property
    def published(self) -> Build | None:
        return next((one for one in self.builds if one.use == "published"), None)

    @property
    def is_emptied(self) -> bool:
        """Is nobody in the published one, though people were loaded?"""
        published = self.published
        return published is not None and not published.children and self.rows >= FEWEST_ROWS


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
    stands_in = bool(published and stand_ins(client, [published]))
    found = Builds(tuple(builds), fault, look_at_lock(client, world), stands_in=stands_in)
    if found.published is None or found.published.children:
        return found
    return replace(found, rows=sum(one.rows for one in look_at_loads(client, world).sources))


def _fault(client: Elasticsearch, build: str) -> str:
    """Return why this version cannot search or write the build; empty if it can."""
    with speaking_to_cluster("asking for the mapping of a build"):
        mapping = client.indices.get_mapping(index=build)[build]["mappings"]
    version = str(mapping.get("_meta", {}).get("analyser_version", ""))
    judged = (check_analysers(version), check_mapping(mapping))
    said = next((one.said for one in judged if not one.passed), "")
    return said.split(":", maxsplit=1)[0]


def judge_builds(found: Builds) -> State:
    """Red if searches cannot use the published build, or find nobody in it; yellow if a run was
    left half done."""
    if found.published is None:
        step = _way_back(found.builds) or "contactpoint init"  # which says what else to do
        return State("builds", "red", "no build is published", step)
    if found.stands_in:
        loaded_anew = REINDEX if found.published.children else RESTORE
        return State("builds", "red", STOOD_IN, _restored(found.builds) or loaded_anew)
    if found.fault:
        return State("builds", "red", f"of the published build: {found.fault}", REINDEX)
    if found.is_emptied:
        cause = (
            f"the published build holds no child, though {rounded(found.rows):,} rows were loaded"
        )
        step = _way_back(found.builds) or _restored(found.builds) or RESTORE
        return State("builds", "red", cause, step)
    if found.holder:
        at_work = well("builds", "one is published; another is being changed")
        return judge_holder("builds", found.holder) or at_work
    return _judge_beside(found.builds) or well("builds", f"published is {found.published.name}")


def _way_back(builds: Sequence[Build]) -> str:
    """Return the command that lets the children be searched whom the build from before holds."""
    is_there = any(one.use == "before" and one.children for one in builds)
    return "contactpoint rollback" if is_there else ""


def _restored(builds: Sequence[Build]) -> str:
    """Return the command that publishes what stands beside the published one, and is not empty."""
    names = [one.name for one in builds if one.use == "filled" and one.children]
    return f"contactpoint publish {names[-1]}" if names else ""


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
    "restoring": ("was not restored to its end", RESTORE),
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
    if record.is_half_published:
        return "filled"
    return "before" if record.left_at else record.state
