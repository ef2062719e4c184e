"""Which stored word each asked word is taken for, over all names of the record."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple, get_args

from jellyfish import jaro_winkler_similarity

from analyzers.compare.relation import Relation, relation
from analyzers.fold import is_particle, read_words
from analyzers.identity import PersonName, Use
from analyzers.sounds import sound_nearly_alike
from analyzers.tiers import is_telling

_RANKS: dict[str, int] = {kind: 10 * place for place, kind in enumerate(get_args(Relation))}
_USE_RANKS: dict[Use, int] = {"current": 0, "typed": 0, "known_as": 1, "former": 2}
_WRONG_SIDE = 3
_MOST_JOINED = 3
_NO_RANK = 1000
_NEARLY = frozenset({"form", "edit"})
_MOST_MORE, _ALIKE = 2, 0.8


class Placed(NamedTuple):
    """One word (see fold.Word) and where it stands: in the given or family name, of which name.

    A tuple, as are matches: two hundred candidates of a search make a thousand of them.
    """

    text: str
    plain: str
    written: str
    side: str
    use: Use


class Match(NamedTuple):
    """Asked words taken for stored words, by their places: one for one, or one for two or three
    that are joined."""

    kind: Relation
    asked: tuple[int, ...]
    stored: tuple[int, ...]


def placed_words(names: Sequence[PersonName]) -> Sequence[Placed]:
    """Return the words of all names, current names first.

    A word that a later name has too is there once; one that a name has twice (James James) is
    there twice, so that a word typed twice needs both.
    """
    if len(names) == 1:
        return _words_of(names[0].given, names[0].family, names[0].use)
    found: list[Placed] = []
    there: list[tuple[str, str]] = []
    for name in names:
        own = []
        for placed in _words_of(name.given, name.family, name.use):
            key = (placed.plain, placed.side)
            own.append(key)
            if own.count(key) > there.count(key):
                found.append(placed)
                there.append(key)
    return found


# The names of a question, and those that brothers and sisters, twins and namesakes have alike.
@lru_cache(maxsize=1 << 14)
def _words_of(given: str, family: str, use: Use) -> tuple[Placed, ...]:
    return tuple(
        [
            Placed(word.text, word.plain, word.written, side, use)
            for side, text in (("given", given), ("family", family))
            if text
            for word in read_words(text)
        ]
    )


_Places = tuple[int, ...]
_Option = tuple[int, _Places, _Places, Relation]
"""A rank, and asked and stored words that may be taken for each other; they sort by rank."""


def match_words(
    asked: Sequence[Placed], stored: Sequence[Placed], by_ear: bool = False
) -> list[Match]:
    """Return the matches, closest first; no word is used twice. `by_ear` lets typed words that
    nothing else is close to be taken for what sounds a little like them."""
    # Most words of most questions are stored as typed, and nothing can be closer.
    exact = _exact(asked, stored) if asked and asked[0].use == "typed" else []
    return exact if len(exact) == len(asked) else _closest(asked, stored, exact, by_ear)


def _exact(asked: Sequence[Placed], stored: Sequence[Placed]) -> list[Match]:
    left: list[str | None] = [word.plain for word in stored]
    found = []
    for i, word in enumerate(asked):
        if word.plain in left:
            j = left.index(word.plain)  # the first: current names stand before others
            left[j] = None
            found.append(Match("exact", (i,), (j,)))
    return found


def _closest(
    asked: Sequence[Placed], stored: Sequence[Placed], exact: Sequence[Match], by_ear: bool
) -> list[Match]:
    options = _single_options(asked, stored, exact)
    matches = _taken(options, exact)
    # Joins are looked for only where a word has nothing as close: most names never need it.
    is_typed = asked[0].use == "typed"
    if _count(matches, _RANKS["initial" if is_typed else "prefix"]) == len(asked):
        return matches
    options += _joined_options(asked, stored)
    matches = _taken(options, exact)
    if not is_typed or _count(matches, _RANKS["begins"]) == len(asked):
        return matches
    options += _nearly_joined_options(asked, stored)
    matches = max(matches, _taken(options, exact), key=_how_many)
    if not by_ear:
        return matches
    return matches + _taken(list(_nearly_heard_options(asked, stored, matches)), ())


def _taken(options: list[_Option], exact: Sequence[Match]) -> list[Match]:
    """Return the exact matches, and of the options the closest of which no two use one word."""
    options.sort()
    matches = list(exact)
    used_asked = {match.asked[0] for match in exact}
    used_stored = {match.stored[0] for match in exact}
    for _, left, right, kind in options:
        if used_asked.isdisjoint(left) and used_stored.isdisjoint(right):
            used_asked.update(left)
            used_stored.update(right)
            matches.append(Match(kind, left, right))
    return matches


def _count(matches: Sequence[Match], below: int = _NO_RANK) -> int:
    """Return how many asked words are matched by kinds closer than the rank `below`."""
    count = 0
    for match in matches:
        if _RANKS[match.kind] < below:
            count += len(match.asked)
    return count


def _how_many(matches: Sequence[Match]) -> tuple[int, int]:
    """Return how many asked words are matched, and how many of them closely."""
    return _count(matches), _count(matches, _RANKS["begins"])


def _single_options(
    asked: Sequence[Placed], stored: Sequence[Placed], exact: Sequence[Match]
) -> list[_Option]:
    used_asked = [match.asked[0] for match in exact]
    used_stored = [match.stored[0] for match in exact]
    left = [(j, other) for j, other in enumerate(stored) if j not in used_stored]
    return [
        _option(i, one, j, other, kind)
        for i, one in enumerate(asked)
        if i not in used_asked
        for j, other in left
        if (kind := relation(one.text, other.text))
    ]


def _option(i: int, one: Placed, j: int, other: Placed, kind: Relation) -> _Option:
    """Among equal kinds the current name comes first, and given for given, family for family."""
    if kind == "exact" and one.plain != other.plain:
        kind = "written"
    is_wrong_side = one.use != "typed" and one.side != other.side
    rank = _RANKS[kind] + _USE_RANKS[other.use] + (_WRONG_SIDE if is_wrong_side else 0)
    return rank, (i,), (j,), kind


def _joined_options(asked: Sequence[Placed], stored: Sequence[Placed]) -> Iterator[_Option]:
    """Yield every word on one side that is two or three neighbours on the other."""
    for run, i in _joins(asked, stored):
        yield _RANKS["joined"] + _USE_RANKS[stored[i].use], run, (i,), "joined"
    for run, i in _joins(stored, asked):
        yield _RANKS["joined"] + _USE_RANKS[stored[run[0]].use], (i,), run, "joined"
    if len(asked) == 1:
        for pair in _halves(asked[0], stored):
            yield _RANKS["joined"] + _USE_RANKS[stored[pair[0]].use], (0,), pair, "joined"


def _halves(whole: Placed, stored: Sequence[Placed]) -> Iterator[_Places]:
    """Yield every given and family name that are the whole, typed without a space: of two names of
    the child too, for a word that both have is there once."""
    for pair in permutations(range(len(stored)), 2):
        one, other = (stored[place] for place in pair)
        together = (one.plain + other.plain, one.text + other.text)
        if one.side != other.side and whole.plain in together:
            yield pair


def _joins(parts: Sequence[Placed], wholes: Sequence[Placed]) -> list[tuple[_Places, int]]:
    """Return the runs of neighbours that, written in one, are a whole word, and its place."""
    texts = [whole.text for whole in wholes]
    begun = [
        (start, i)
        for start, part in enumerate(parts)
        for i, text in enumerate(texts)
        if text.startswith(part.text) and text != part.text
    ]
    return [
        (run, i) for start, i in begun for run, joined in _runs(parts, start) if texts[i] == joined
    ]


def _nearly_joined_options(asked: Sequence[Placed], stored: Sequence[Placed]) -> Iterator[_Option]:
    """Yield what would be joined words but for a slip (Vandenburg, van den Berg)."""
    rank = _RANKS["nearly_joined"]
    for run, i in _near_joins(asked, stored):
        yield rank + _USE_RANKS[stored[i].use], run, (i,), "nearly_joined"
    for run, i in _near_joins(stored, asked):
        yield rank + _USE_RANKS[stored[run[0]].use], (i,), run, "nearly_joined"


def _nearly_heard_options(
    asked: Sequence[Placed], stored: Sequence[Placed], matches: Sequence[Match]
) -> Iterator[_Option]:
    """Yield, for typed words that nothing is closer to, which of the stored words that are left
    they sound a little like."""
    met = {i for match in matches for i in match.asked}
    used = {j for match in matches for j in match.stored}
    left = [(j, other) for j, other in enumerate(stored) if j not in used]
    for i, one in enumerate(asked):
        if i not in met and not is_particle(one.text):
            for j, other in left:
                if sound_nearly_alike(one.text, other.text):
                    yield _option(i, one, j, other, "nearly_heard")


def _near_joins(parts: Sequence[Placed], wholes: Sequence[Placed]) -> Iterator[tuple[_Places, int]]:
    for start, first in enumerate(parts):
        for i, whole in enumerate(wholes):
            # A name's first letter is seldom mistaken, and asking for it spares most of the work.
            if whole.text[0] == first.text[0]:
                yield from (
                    (run, i)
                    for run, joined in _runs(parts, start)
                    if _is_nearly(joined, whole.text)
                    and is_telling([parts[place].text for place in run])
                )


def _is_nearly(joined: str, whole: str) -> bool:
    """Are they related but for a slip? To lack the last letter is one, and no beginning; to sound
    alike is not, if half of the letters differ: Mariya Tan is not Martin."""
    kind, more = relation(joined, whole), abs(len(joined) - len(whole))
    if kind == "sounds":
        return more <= _MOST_MORE and jaro_winkler_similarity(joined, whole) >= _ALIKE
    return kind in _NEARLY or (kind == "prefix" and more == 1)


def _runs(placed: Sequence[Placed], start: int) -> Iterator[tuple[_Places, str]]:
    """Yield the runs of two or three words from a place on, in one name, and each as one word."""
    first, text = placed[start], placed[start].text
    for end in range(start + 1, min(start + _MOST_JOINED, len(placed))):
        last = placed[end]
        if (last.side, last.use) != (first.side, first.use):
            break
        text += last.text
        yield tuple(range(start, end + 1)), text
