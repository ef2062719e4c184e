"""The publish checks: why a build may not be searched (docs/RULES.md, shielding 7)."""

from collections.abc import Mapping, Sequence

from analyzers.version import VERSION
from indexer.builds.bench import Bench
from indexer.builds.builds import (
    analyser_versions,
    build_body,
    find_builds,
    published_build,
    published_first,
)
from indexer.builds.canaries import NUMBER, canary, queries
from indexer.builds.marked import marked_in
from indexer.builds.records import Acceptance, Finding, Record
from indexer.children.hidden import HiddenChildren
from indexer.children.scan import BuildScan
from indexer.clients import speaking_to_cluster
from indexer.shields.marks import write_mark

MOST_LOST = 0.02  # of the children of one authority; more takes two people
PEOPLE_NEEDED = 2
ROUNDS = 3
AGAIN = "run 'contactpoint reindex' again"


def fixed_findings(bench: Bench, record: Record) -> list[Finding]:
    """Return what can be said of a build before a child of it is looked at."""
    build = record.build
    with speaking_to_cluster("asking for the mapping of a build"):
        mapping = bench.client.indices.get_mapping(index=build)[build]["mappings"]
    version = analyser_versions(bench.client, [build]).get(build, "")
    return [
        check_analysers(version),
        check_mapping(mapping),
        check_filling(record),
    ]


def check_analysers(version: str) -> Finding:
    is_ours = version == VERSION
    said = (
        "made by the analysers of this process"
        if is_ours
        else (
            "made by other analysers than this process has: publish it with the version of "
            "ContactPoint that made it, or run 'contactpoint reindex'"
        )
    )
    return Finding("analysers", is_ours, said)


def check_mapping(mapping: Mapping[str, object]) -> Finding:
    is_ours = mapping == build_body()["mappings"]
    said = "the mapping is ours" if is_ours else f"the mapping differs from ours: {AGAIN}"
    return Finding("mapping", is_ours, said)


def check_filling(record: Record) -> Finding:
    if record.failed:
        return Finding("batches", False, f"{record.failed} of its batches failed: {AGAIN}")
    if record.state == "filling":
        return Finding("batches", False, f"it was never filled to the end: {AGAIN}")
    return Finding("batches", True, "no batch failed")


def check_counts(
    published: Mapping[str, int], build: Mapping[str, int], accepted: Sequence[Acceptance]
) -> Finding:
    """Refuse a build that has 2% fewer children in an authority than the published one.

    Unless two people accepted that many and no fewer. Both counts are those after the register.
    """
    short = shortfalls(published, build)
    by = {one.by for one in accepted if _covers(one, short)}
    if not short:
        return Finding("counts", True, f"{sum(build.values()):,} children, by authority as before")
    lost = ", ".join(
        f"{authority} {published[authority]:,} to {count:,}" for authority, count in short.items()
    )
    if len(by) >= PEOPLE_NEEDED:
        return Finding("counts", True, f"fewer children ({lost}), accepted by {_names(by)}")
    return Finding(
        "counts",
        False,
        f"2% fewer children, or more than that, in: {lost}; if that is right, "
        f"{PEOPLE_NEEDED - len(by)} more people must accept it: 'contactpoint publish BUILD "
        "--accept --as USER --reason TEXT'",
    )


def shortfalls(published: Mapping[str, float], build: Mapping[str, float]) -> dict[str, int]:
    """Return the authorities that lose 2% or more, with how many children are left of each."""
    return {
        authority: int(build.get(authority, 0))
        for authority, count in sorted(published.items())
        if count - build.get(authority, 0) >= MOST_LOST * count > 0
    }


def _covers(acceptance: Acceptance, short: Mapping[str, int]) -> bool:
    return all(
        authority in acceptance.counts and acceptance.counts[authority] <= count
        for authority, count in short.items()
    )


def _names(people: set[str]) -> str:
    return " and ".join(sorted(people))


def check_canary(bench: Bench, build: str) -> Finding:
    """Write the canary as children are written, and ask every kind of question."""
    hands = bench.hands
    if not hands.marks.marked([NUMBER]):
        # No decision of officers: it is not in the register, and the sentinel stays.
        write_mark(bench.client, bench.settings.secret("register.key"), NUMBER)
    if hands.placer.copy([canary(bench.world.now())], build):
        return Finding("canary", False, "the canary could not be written: try again")
    hands.scan.refresh(build)
    kinds = findable(hands.scan, build)
    hands.placer.move([NUMBER], build)
    hidden = HiddenChildren(bench.client)
    hidden.remove(hidden.read([NUMBER]).values())  # it is no child, for officers neither
    if kinds:
        return Finding("canary", False, f"a shielded child is found by: {', '.join(kinds)}")
    return Finding("canary", True, "no kind of question finds a shielded child")


def findable(scan: BuildScan, build: str) -> list[str]:
    """Return the kinds of question that find the canary."""
    return list(dict.fromkeys(k for k, query in queries() if scan.found(build, query, [NUMBER])))


def check_register(bench: Bench, build: str, marks: frozenset[str]) -> Finding:
    """Re-apply the register: move every child out of the build who is marked. Refuse if there is
    still one."""
    removed = 0
    for _ in range(ROUNDS):
        marked = marked_in(bench, build, marks)
        if not marked:
            return Finding("register", True, f"no marked child is in it ({removed} removed)")
        removed += len(marked)
        _move(bench, build, marked)
        bench.hands.scan.refresh(build)
    return Finding("register", False, "marked children are in it again and again: try again")


def _move(bench: Bench, build: str, marked: Sequence[str]) -> None:
    """A child whose set is under way is in the published build too, and as it is now."""
    there = {build, *find_builds(bench.client)}
    for one in published_first(there, published_build(bench.client)):
        bench.hands.placer.move(marked, one)
