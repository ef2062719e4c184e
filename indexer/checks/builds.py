"""Builds against the register, against each other, and against what this version makes."""

import time
from collections.abc import Iterable

from indexer.builds.bench import Bench
from indexer.builds.builds import analyser_versions, find_builds, published_build
from indexer.builds.checks import check_analysers, check_mapping, marked_pages
from indexer.clients import speaking_to_cluster
from indexer.health.alarms import Alarms
from indexer.health.state import State, well

SETTLE_SECONDS = 5  # a shield is marked first, and taken out of the builds then
ROUNDS, PAUSE_SECONDS = 3, 2  # a load may be between one build and the other


def check_form(bench: Bench) -> State:
    """Was the published build made by our analysers, with our mapping?"""
    build = published_build(bench.client) or ""
    with speaking_to_cluster("asking for the mapping of a build"):
        mapping = bench.client.indices.get_mapping(index=build)[build]["mappings"]
    version = analyser_versions(bench.client, [build]).get(build, "")
    for finding in (check_analysers(version), check_mapping(mapping)):
        if not finding.passed:
            cause = finding.said.split(":")[0]
            return State("builds", "red", cause, "contactpoint reindex")
    return well("builds", "its mapping and its analysers are ours")


def check_copies(bench: Bench) -> State:
    """Do all builds of these analysers hold the same children, in the same state?

    Told by the sums by day of birth. A load writes into one after the other, so it is asked again.
    """
    names = bench.hands.builds.now().names
    for _ in range(ROUNDS):
        sums = []
        for name in names:
            bench.hands.scan.refresh(name)
            sums.append(bench.hands.scan.held(name, "day"))
        if all(one == sums[0] for one in sums):
            return well("copies", f"{len(names)} of {len(names)} builds hold the same children")
        time.sleep(PAUSE_SECONDS)
    return State("copies", "yellow", "two builds do not hold the same", "contactpoint reindex")


def check_register(bench: Bench) -> State:
    """Take every marked child out of every build; raise an alarm if one was there.

    It tells neither whom nor how many. A shield that is being set at this moment is none.
    """
    marks = bench.hands.marks.all()
    was_there = False
    for build in find_builds(bench.client):
        bench.hands.scan.refresh(build)
        pages = marked_pages(bench, build, marks)
        was_there |= _hide(bench, build, [number for page in pages for number in page])
    if was_there:
        Alarms(bench.client, bench.world).raise_alarm("register")
    return well("register", "it agrees with every build")


def _hide(bench: Bench, build: str, numbers: Iterable[str]) -> bool:
    """Take out who is still there after a moment; return whether anybody was."""
    marked = set(numbers)
    if not marked:
        return False
    time.sleep(SETTLE_SECONDS)
    return bool(bench.hands.placer.move(marked, build))
