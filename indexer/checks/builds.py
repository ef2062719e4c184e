"""Builds against each other, and against what this version makes."""

import time

from indexer.builds.bench import Bench
from indexer.builds.builds import analyser_versions, published_build
from indexer.builds.checks import check_analysers, check_mapping
from indexer.clients import speaking_to_cluster
from indexer.health.state import State, well

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
    names = _copies(bench)
    for _ in range(ROUNDS):
        sums = []
        for name in names:
            bench.hands.scan.refresh(name)
            sums.append(bench.hands.scan.held(name, "day"))
        if all(one == sums[0] for one in sums):
            return well("copies", f"{len(names)} of {len(names)} builds hold the same children")
        time.sleep(PAUSE_SECONDS)
    return State("copies", "yellow", "two builds do not hold the same", "contactpoint reindex")


def _copies(bench: Bench) -> list[str]:
    """Return the builds that are, or were, searched, or could be: not one that is being filled, and
    not one that was restored and knows nothing of later loads."""
    builds = bench.hands.builds.now()
    records = bench.records.read(builds.beside)
    beside = [
        name
        for name, record in records.items()
        if record.state in {"published", "filled"} and not record.is_old
    ]
    return [builds.published, *beside]
