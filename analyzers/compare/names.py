"""The evidence of names: every asked word is found in the record, or is missing from it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from jellyfish import jaro_winkler_similarity

from analyzers.compare.commonness import worth
from analyzers.compare.evidence import Evidence, Field, score, weigh
from analyzers.compare.matching import Match, Placed, match_words, placed_words
from analyzers.compare.relation import Relation
from analyzers.compare.sentences import missing_sentence, word_sentence
from analyzers.fold import is_particle
from analyzers.identity import PersonName
from analyzers.sounds import sound_alike

_MOST_ASKED_NAMES = 4
_SLIGHT_IF_SHORT = frozenset({"edit", "sounds"})
_SHORT, _ALIKE = 4, 0.7
"""Letters of a typed word, and the Jaro-Winkler likeness of what sounds alike, up to and below
which a word is met slightly (docs/decisions/0026-slight-likenesses.md)."""
_SIDES: dict[str, Field] = {"given": "given", "family": "family"}


# The candidates of a search are asked twice: whether they end it, and in which place they stand.
@lru_cache(maxsize=1 << 10)
def name_evidence(
    asked: tuple[PersonName, ...], stored: tuple[PersonName, ...], by_ear: bool = False
) -> Sequence[Evidence]:
    """Return the evidence of the asked name that fits best, one item a word."""
    placed = placed_words(stored)
    if len(asked) == 1:
        return words_evidence(placed_words(asked), placed, by_ear)
    found = [words_evidence(placed_words((name,)), placed) for name in _asked_names(asked)]
    return max(found, key=score, default=[])


def _asked_names(names: Sequence[PersonName]) -> list[PersonName]:
    """Return each asked name in full: what another name leaves out is as in the first."""
    return [
        PersonName(name.given or names[0].given, name.family or names[0].family, name.use)
        for name in names[:_MOST_ASKED_NAMES]
    ]


def words_evidence(
    asked: Sequence[Placed], stored: Sequence[Placed], by_ear: bool = False
) -> list[Evidence]:
    """Return the evidence of the words of one name, one item a word, and how whole it is."""
    matches = match_words(asked, stored, by_ear)
    found: list[Evidence | None] = [None] * len(asked)
    for match in matches:
        right = stored[match.stored[0]]
        if len(match.stored) == len(match.asked) == 1:
            found[match.asked[0]] = _one_word(match.kind, asked[match.asked[0]], right)
        else:
            for i, item in zip(match.asked, _joined_words(match, asked, stored), strict=True):
                found[i] = item
    items = [
        item or _missing(word)
        for i, (item, word) in enumerate(zip(found, asked, strict=True))
        if item or not (matches and _may_be_left_out(i, word.text))
    ]
    return [*items, _whole_name(matches, asked, stored)] if items else []


def _may_be_left_out(place: int, word: str) -> bool:
    """Records leave small words (van, de) out, so that they are missing says nothing. A letter at
    the beginning is an initial: E Wood is not Wood."""
    return is_particle(word) and (place > 0 or len(word) > 1)


@lru_cache(maxsize=1 << 15)
def _one_word(kind: Relation, asked: Placed, stored: Placed) -> Evidence:
    shown = stored.use if kind == "exact" and stored.use in ("known_as", "former") else kind
    # A slip that can be heard is likelier than one that cannot: Clair for Clare, Clave for Clare.
    heard = kind == "edit" and sound_alike(asked.text, stored.text)
    found = weigh(
        _side(asked, stored),
        shown,
        word_sentence(kind, (asked,), (stored,)),
        "edit_heard" if heard else "",
        _worth(asked),
    )
    return replace(found, is_slight=_is_slight(kind, asked.text, stored.text))


def _is_slight(kind: Relation, asked: str, stored: str) -> bool:
    """Say whether very many words are so related to the one asked: one letter off in four, or of
    the same sounds though most letters differ (Kiaan, Chen)."""
    if kind not in _SLIGHT_IF_SHORT:
        return False
    is_unlike = kind == "sounds" and jaro_winkler_similarity(asked, stored) < _ALIKE
    return is_unlike or len(asked) <= _SHORT


def _joined_words(
    match: Match, asked: Sequence[Placed], stored: Sequence[Placed]
) -> list[Evidence]:
    """Return evidence for each of the asked words; together they are explained by the first."""
    left, right = [asked[i] for i in match.asked], [stored[j] for j in match.stored]
    said = word_sentence(match.kind, left, right)
    return [
        weigh(_side(word, right[0]), match.kind, "" if n else said, worth=_worth(word))
        for n, word in enumerate(left)
    ]


@lru_cache(maxsize=1 << 10)
def _missing(word: Placed) -> Evidence:
    field = "name" if word.use == "typed" else _SIDES[word.side]
    return weigh(field, "missing", missing_sentence(word), worth=_worth(word))


def _side(asked: Placed, stored: Placed) -> Field:
    return _SIDES[stored.side if asked.use == "typed" else asked.side]


def _worth(asked: Placed) -> float:
    """Return what a typed word tells; where two records are compared all words tell alike."""
    return worth(asked.text) if asked.use == "typed" else 1.0


_WHOLE = weigh("whole_name", "whole", "")
_PART = weigh("whole_name", "part", "")
_SWAPPED = weigh("whole_name", "swapped", "given and family name are the other way round")
_LESS = weigh("whole_name", "less", "")


def _whole_name(
    matches: Sequence[Match], asked: Sequence[Placed], stored: Sequence[Placed]
) -> Evidence:
    """Say whether the current name was asked whole, or but for middle names, or less of it."""
    found = {j for match in matches for j in match.stored}
    left = [j for j, word in enumerate(stored) if word.use == "current" and j not in found]
    if any(not j or stored[j].side == "family" for j in left):
        return _LESS
    if _is_swapped(matches, asked, stored):
        return _SWAPPED
    return _PART if left else _WHOLE


def _is_swapped(
    matches: Sequence[Match], asked: Sequence[Placed], stored: Sequence[Placed]
) -> bool:
    """Were two words or more found, all exactly, and the family name typed before the given?"""
    sides = [""] * len(asked)
    for match in matches:
        word = stored[match.stored[0]]
        if match.kind != "exact" or word.use != "current":
            return False
        sides[match.asked[0]] = word.side
    ours = [word.side for word in asked if word.use != "typed"]
    if ours:
        return all(one != other for one, other in zip(ours, sides, strict=True))
    return sides[0] == "family" and sides[-1] == "given" and sides == sorted(sides)
