"""Hostile requests to the real service: both processes, nobody and each role, until it is enough.

`python -m tests.benchmarks.hostile [REQUESTS [SEED]]`: seven minutes for 10,000 on two cores. What
is asked of every answer stands in tests/hostile.py; the first request of each fault is printed.
"""

import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from indexer.builds.init import init
from indexer.children.load import Loader
from indexer.clients import make_client
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.conftest import running_engine
from tests.hostile import Answered, faults
from tests.hostile_wire import TESTER, Target, add_people, logged, send, visits, wires
from tests.rows import entries, plain_row
from webapp.processes import PROCESSES

REQUESTS, SEED = 10_000, 1
FOLLOWED = 400  # bytes of a request that are printed


class Tally:
    """What was answered, and the first request of each fault."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.faults: Counter[str] = Counter()
        self.seconds: list[float] = []

    def count(self, target: Target, sent: bytes, answered: Answered) -> None:
        self.statuses[answered.status] += 1
        self.seconds.append(answered.seconds)
        for fault in faults(answered):
            if fault not in self.faults:
                say(f"{target.process.name}: {fault}: {sent[:FOLLOWED]!r}\n{answered.said[:2000]}")
            self.faults[fault] += 1


def fill(settings: Settings) -> None:
    init(settings, TESTER, REAL)
    row = plain_row("H-1", "Ann", "Zwartkruis", "2014-03-09")
    Loader(settings, REAL).load(entries(row), "hostile", TESTER)
    make_client(settings, "worker").indices.refresh(index="children")
    add_people(settings)


def ask(settings: Settings, target: Target, count: int, drawn: tuple[int, Tally]) -> None:
    """Send `count` requests, as the seed draws them, to one process."""
    people, (seed, tally) = visits(target, settings), drawn

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def each(data: st.DataObject) -> None:
        sent = data.draw(wires(target, next(people)))
        tally.count(target, sent, send(target, sent))

    each()


def main() -> None:
    count, seed = [int(one) for one in (*sys.argv[1:], *(REQUESTS, SEED)[len(sys.argv) - 1 :])]
    tally = Tally()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = stack.enter_context(running_engine(folder / "home", "1g"))
        fill(settings)
        for process in PROCESSES:
            target = stack.enter_context(logged(settings, folder, process))
            ask(settings, target, count // len(PROCESSES), (seed, tally))
    ranked = sorted(tally.seconds)
    say(f"{len(ranked):,} hostile requests: {dict(sorted(tally.statuses.items()))}")
    say(f"seconds: p50 {ranked[len(ranked) // 2]:.3f}, longest {ranked[-1]:.3f}")
    say(f"faults: {dict(tally.faults) or 'none'}")
    sys.exit(bool(tally.faults))


if __name__ == "__main__":
    main()
