"""Which stored word each asked word is taken for, over all names of the record."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from analyzers.compare.relation import Relation, relation
from analyzers.fold import Word, read_words
from analyzers.identity import PersonName, Use

RANKS: dict[str, int] = {kind: 10 * place for place, kind in enumerate(get_args(Relation))}
_USE_RANKS: dict[Use, int] = {"current": 0, "typed": 0, "known_as": 1, "former": 2}
_WRONG_SIDE = 3
_MOST_JOINED = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """One word and where it stands: in the given or the family name, of which name."""

    word: Word
    side: str
    use: Use


@dataclass(frozen=True, slots=True)
class Match:
    """Asked words taken for stored words: one for one, or one for two or three that are joined."""

    kind: Relation
    asked: tuple[Placed, ...]
    stored: tuple[Placed, ...]


def placed_words(names: Sequence[PersonName]) -> list[Placed]:
    """Return the words of all names, current names first.

    A word that a later name has too is there once; one that a name has twice (James James) is
    there twice, so that a word typed twice needs both.
    """
    found: list[Placed] = []
    counts: Counter[tuple[str, str]] = Counter()
    for name in names:
        own: Counter[tuple[str, str]] = Counter()
        for placed in _words_of(name):
            key = (placed.word.plain, placed.side)
            own[key] += 1
            if own[key] > counts[key]:
                found.append(placed)
        counts |= own
    return found


def _words_of(name: PersonName) -> Iterator[Placed]:
    for side, text in (("given", name.given), ("family", name.family)):
        for word in read_words(text) if text else ():
            yield Placed(word, side, name.use)


_Option = tuple[int, Sequence[int], Sequence[int], Relation]


def _by_rank(option: _Option) -> tuple[int, int, int]:
    return option[0], option[1][0], option[2][0]


def match_words(asked: Sequence[Placed], stored: Sequence[Placed]) -> list[Match]:
    """Return the matches, closest first; no word is used twice."""
    options = list(_single_options(asked, stored))
    # Joins are looked for only where a word has nothing as close: most names never need it.
    if len({option[1] for option in options if option[0] < RANKS["prefix"]}) < len(asked):
        options += _joined_options(asked, stored)
    options.sort(key=_by_rank)
    used_asked: set[int] = set()
    used_stored: set[int] = set()
    matches = []
    for _, left, right, kind in options:
        if used_asked.isdisjoint(left) and used_stored.isdisjoint(right):
            used_asked.update(left)
            used_stored.update(right)
            matches.append(
                Match(kind, tuple(asked[i] for i in left), tuple(stored[j] for j in right))
            )
    return matches


def _single_options(asked: Sequence[Placed], stored: Sequence[Placed]) -> Iterator[_Option]:
    for i, one in enumerate(asked):
        for j, other in enumerate(stored):
            kind = relation(one.word.text, other.word.text)
            if kind:
                if kind == "exact" and one.word.plain != other.word.plain:
                    kind = "written"
                yield RANKS[kind] + _preference(one, other), (i,), (j,), kind


def _preference(one: Placed, other: Placed) -> int:
    """Among equal kinds the current name comes first, and given for given, family for family."""
    is_wrong_side = one.use != "typed" and one.side != other.side
    return _USE_RANKS[other.use] + (_WRONG_SIDE if is_wrong_side else 0)


def _joined_options(asked: Sequence[Placed], stored: Sequence[Placed]) -> Iterator[_Option]:
    asked_runs = {_text(asked, run): run for run in _runs(asked)}
    for right in _runs(stored):
        left = asked_runs.get(_text(stored, right), ())
        if left and (len(left) == 1) != (len(right) == 1):
            yield RANKS["joined"] + _USE_RANKS[stored[right[0]].use], left, right, "joined"


def _runs(placed: Sequence[Placed]) -> Iterator[range]:
    """Yield every run of one to three words that stand together in one name."""
    for start, first in enumerate(placed):
        for end in range(start + 1, min(start + _MOST_JOINED, len(placed)) + 1):
            last = placed[end - 1]
            if (last.side, last.use) != (first.side, first.use):
                break
            yield range(start, end)


def _text(placed: Sequence[Placed], run: range) -> str:
    return "".join(placed[i].word.text for i in run)
