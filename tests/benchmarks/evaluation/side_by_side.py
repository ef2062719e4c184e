"""Our search, the textbook's query and PostgreSQL's, each asked the same case in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.benchmarks.evaluation.ask import Children, put
from tests.benchmarks.evaluation.cases import Case
from tests.benchmarks.evaluation.outcomes import Outcome

Find = Callable[[Case], Sequence[str]]
NOT_ASKED = frozenset({"postcode"})  # the others do not hold postcodes


@dataclass(frozen=True)
class Finder:
    """One way of searching: how it finds, and under what numbers it knows each person."""

    name: str
    find: Find
    children: Children


def some_of_each(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    """Return about `count` cases, of each class and criterion as many as of any other."""
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        if case.criterion not in NOT_ASKED:
            groups.setdefault((case.error, case.criterion), []).append(case)
    each, rng = -(-count // max(len(groups), 1)), Random(f"side by side:{seed}")
    chosen = [
        case for group in groups.values() for case in rng.sample(group, min(each, len(group)))
    ]
    rng.shuffle(chosen)
    return chosen


def ask_side_by_side(
    finders: Sequence[Finder], cases: Sequence[Case], say: Callable[[str], None]
) -> dict[str, list[Outcome]]:
    """Return finder → outcomes; the finders take turns, so that a noisy minute hits all alike."""
    outcomes: dict[str, list[Outcome]] = {finder.name: [] for finder in finders}
    step = max(1, len(cases) // 10)
    for number, case in enumerate(cases, 1):
        for finder in finders:
            outcomes[finder.name].append(put(case, finder.find, finder.children))
        if number % step == 0:
            say(f"side by side: {number:,} of {len(cases):,}")
    return outcomes
