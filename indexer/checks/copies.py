"""Builds against each other: each a copy of the other, so that a rollback loses nothing."""

import time

from indexer.builds.bench import Bench
from indexer.health.state import State, well

ROUNDS, PAUSE_SECONDS = 3, 2  # a load may be between one build and the other


def check_copies(bench: Bench) -> State:
    """Do all builds of these analysers hold the same children, in the same state?

    Told by the sums by day of birth. A load writes into one after the other, so it is asked again.
    """
    names = _copies(bench)
    for round_ in range(ROUNDS):
        time.sleep(PAUSE_SECONDS if round_ else 0)
        sums = []
        for name in names:
            bench.hands.scan.refresh(name)
            sums.append(bench.hands.scan.held(name, "day"))
        if all(one == sums[0] for one in sums):
            return well("copies", f"{len(names)} of {len(names)} builds hold the same children")
    if bench.loads.under_way():
        cause = "two builds could not be compared while a load is under way"
        return State("copies", "yellow", cause, "contactpoint check")
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
