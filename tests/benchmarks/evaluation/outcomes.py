"""What was measured, as plain values: how cases ended, and what else was looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from tests.benchmarks.evaluation.cases import Case


@dataclass(frozen=True)
class Outcome:
    """How one case ended: `place` from 1, or 0 if the child was not among those found."""

    case: Case
    place: int
    milliseconds: float
    refused: str = ""

    def is_within(self, size: int) -> bool:
        return 0 < self.place <= size


@dataclass(frozen=True)
class Costly:
    """What a question that costs much came to, at its slowest of several times."""

    what: str
    outcome: str
    milliseconds: float


@dataclass(frozen=True)
class Throughput:
    clients: int
    searches: int
    seconds: float
    p50: float
    p95: float

    @property
    def a_second(self) -> float:
        return self.searches / self.seconds


@dataclass(frozen=True)
class Steadiness:
    """How many questions had another answer, or another order, than at first."""

    questions: int
    changed_by_merge: int
    changed_by_rewriting: int


def percentile(milliseconds: Iterable[float], percent: int) -> float:
    values = list(milliseconds)
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]
