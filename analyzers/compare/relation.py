"""How one typed word is related to one stored word: the closest kind, or none."""

from functools import lru_cache
from typing import Literal

from jellyfish import damerau_levenshtein_distance, jaro_winkler_similarity

from analyzers.kin import kinship
from analyzers.sounds import sound_alike
from analyzers.tiers import SHORTEST_BEGINNING, SHORTEST_EDITED
from analyzers.two_edits import SHORTEST as SHORTEST_WITH_TWO

Relation = Literal[
    "exact",
    "written",
    "joined",
    "form",
    "short",
    "nearly_joined",
    "prefix",
    "edit",
    "sounds",
    "initial",
    "begins",
    "two_edits",
    "nearly_heard",
]
"""Closest first; `written` is one name written two ways (McKay, MacKay), told from the letters;
`joined` words and `nearly_joined` ones are told from several, typed with a slip or without;
`begins` is a typed word that begins with the stored one (Abdulrahman, Abdul); `nearly_heard` is one
that nothing is closer to, told by `matching`, and only of whom a search finds so."""

_ALIKE_WITH_TWO_EDITS = 0.75


@lru_cache(maxsize=1 << 17)
def relation(asked: str, stored: str) -> Relation | None:
    """Return how two folded words are related, None if they are not."""
    if asked == stored:
        return "exact"
    if len(asked) == 1 or len(stored) == 1:
        return "initial" if asked[0] == stored[0] else None
    kin = kinship(asked, stored)
    if kin:
        return "form" if kin == "form" else "short"
    if stored.startswith(asked):
        return "prefix"
    return _by_letters(asked, stored)


def _by_letters(asked: str, stored: str) -> Relation | None:
    edits = _edits(asked, stored)
    if edits == 1:
        return "edit"
    if sound_alike(asked, stored):
        return "sounds"
    if len(stored) >= SHORTEST_BEGINNING and asked.startswith(stored):
        return "begins"
    return "two_edits" if edits == _TWO and _is_alike(asked, stored) else None


def _edits(asked: str, stored: str) -> int | None:
    """Return the letters to change, add, leave out or swap; None for short or unlike words."""
    longest = max(len(asked), len(stored))
    if longest < SHORTEST_EDITED or abs(len(asked) - len(stored)) > _TWO:
        return None
    return damerau_levenshtein_distance(asked, stored)


_TWO = 2


def _is_alike(asked: str, stored: str) -> bool:
    return (
        max(len(asked), len(stored)) >= SHORTEST_WITH_TWO
        and jaro_winkler_similarity(asked, stored) >= _ALIKE_WITH_TWO_EDITS
    )
