"""How much a typed word tells: a rare name tells more of who is meant than a common one.

The shares come from a file (docs/RULES.md, Names), never from the index: an order that hidden
children had a part in would tell of them.
"""

from functools import cache, lru_cache
from math import log2

from analyzers.fold import is_particle
from analyzers.tables import read_table

_MILLION = 1_000_000
_RARE_PER_MILLION = 10  # of a word that is not in the file
_USUAL_BITS = 13.0  # of a word whose worth is 1: 120 children in a million bear it
_LEAST, _GREATEST = 0.8, 1.2
"""Bounds, so that no word is worth more than half as much again as another. Where one of two typed
words was another child's, the child meant came first in 56 of 100 with them, in 47 without worth;
bounds twice as wide did not do better."""
_SHORTEST_TELLING = 4
"""A shorter word that is not in the file is mostly the beginning of a name, so not a rare one."""


@lru_cache(maxsize=1 << 12)
def worth(word: str) -> float:
    """Return what a typed folded word tells, about 1: the bits by which knowing it narrows down a
    million children, over those of a usual word."""
    share = _shares().get(word)
    if share is None:
        if len(word) < _SHORTEST_TELLING:
            return 1.0
        share = _RARE_PER_MILLION
    return round(min(max(log2(_MILLION / share) / _USUAL_BITS, _LEAST), _GREATEST), 2)


def is_rare(word: str) -> bool:
    """Say whether so few children bear a folded word that those born in one year can be listed."""
    is_telling = len(word) >= _SHORTEST_TELLING and not is_particle(word)
    return is_telling and word not in _shares()


@cache
def _shares() -> dict[str, float]:
    return {row["word"]: float(row["per_million"]) for row in read_table("commonness.csv")}
