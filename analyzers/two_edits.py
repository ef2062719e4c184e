"""What a typed word becomes when two letters in it are wrong, or in the name that is meant, and one
of the two has six letters or more.

Rare names meet by what is stored for one letter already; the common ones, which most children have,
are looked up in the file of common names, and asked for by their own spelling.
"""

from collections import defaultdict
from functools import cache, lru_cache

from jellyfish import damerau_levenshtein_distance

from analyzers.tables import read_table

SHORTEST = 6
"""Of five letters with two wrong too many other names are left."""
_TWO = 2
SHORTEST_TYPED = SHORTEST - 1
"""A name of six letters with two left out has four; but of four letters any name can be made."""


@lru_cache(maxsize=1 << 12)  # asked again at every stage of a question
def without_two(word: str) -> tuple[str, ...]:
    """Return a folded word with any two letters taken away; nothing for a short one.

    Stored words are kept with one letter taken away: so these meet a word with a letter too many
    and any other edit.
    """
    if len(word) < SHORTEST:
        return ()
    return tuple(sorted(_without(word, _TWO)))


@lru_cache(maxsize=1 << 12)  # for questions
def common_names_near(word: str) -> tuple[str, ...]:
    """Return the common names that a folded word is two edits away from, the nearest to it in
    length first."""
    if len(word) < SHORTEST_TYPED:
        return ()
    names = _common_names()
    found = {name for key in _shortened(word) for name in names.get(key, ())}
    long = [name for name in found if max(len(word), len(name)) >= SHORTEST]
    near = [name for name in long if damerau_levenshtein_distance(word, name) == _TWO]
    return tuple(sorted(near, key=lambda name: (abs(len(name) - len(word)), name)))


@cache
def _common_names() -> dict[str, list[str]]:
    """Return every common name under all it becomes when up to two letters are taken away."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in read_table("commonness.csv"):
        if len(row["word"]) >= SHORTEST - _TWO:
            for key in _shortened(row["word"]):
                names[key].append(row["word"])
    return names


def _shortened(word: str) -> set[str]:
    return {word} | _without(word, 1) | _without(word, _TWO)


def _without(word: str, letters: int) -> set[str]:
    shorter = {word}
    for _ in range(letters):
        shorter = {one[:i] + one[i + 1 :] for one in shorter for i in range(len(one))}
    return shorter
