"""The evidence of names: every asked word is found in the record, or is missing from it."""

from collections.abc import Iterable, Sequence

from analyzers.compare.evidence import Evidence, Field, score
from analyzers.compare.matching import Match, Placed, match_words, placed_words
from analyzers.compare.sentences import as_typed, word_sentence
from analyzers.fold import is_particle
from analyzers.identity import PersonName

_MOST_ASKED_NAMES = 4
_SIDES: dict[str, Field] = {"given": "given", "family": "family"}


def name_evidence(asked: Sequence[PersonName], stored: Sequence[PersonName]) -> list[Evidence]:
    """Return the evidence of the asked name that fits best, one item a word."""
    placed = placed_words(stored)
    found = [_evidence_of_one(name, placed) for name in _asked_names(asked)]
    return max(found, key=score, default=[])


def _asked_names(names: Sequence[PersonName]) -> list[PersonName]:
    """Return each asked name in full: what another name leaves out is as in the first."""
    return [
        PersonName(name.given or names[0].given, name.family or names[0].family, name.use)
        for name in names[:_MOST_ASKED_NAMES]
    ]


def _evidence_of_one(name: PersonName, stored: Sequence[Placed]) -> list[Evidence]:
    asked = placed_words([name])
    matches = match_words(asked, stored)
    match_of = {id(word): match for match in matches for word in match.asked}
    words = [_evidence_of_word(word, match_of.get(id(word))) for word in asked]
    found = [
        item
        for item, word in zip(words, asked, strict=True)
        # Records leave small words (van, de) out, so that they are missing says nothing.
        if not (matches and item.kind == "missing" and is_particle(word.word.text))
    ]
    return [*found, _whole_name(matches, stored)] if found else []


def _evidence_of_word(word: Placed, match: Match | None) -> Evidence:
    if not match:
        field = "name" if word.use == "typed" else _SIDES[word.side]
        return Evidence(field, "missing", f"{as_typed(word)} is not in the record")
    use = match.stored[0].use
    kind = use if match.kind == "exact" and use in ("known_as", "former") else match.kind
    # Words taken together are explained once, by the first of them.
    sentence = word_sentence(match) if word is match.asked[0] else ""
    side = match.stored[0].side if word.use == "typed" else word.side
    return Evidence(_SIDES[side], kind, sentence)


def _whole_name(matches: Iterable[Match], stored: Sequence[Placed]) -> Evidence:
    """Say whether the current name was asked whole, or but for middle names, or less of it."""
    current = [word for word in stored if word.use == "current"]
    found = {id(word) for match in matches for word in match.stored}
    left = [word for word in current if id(word) not in found]
    if not left:
        return Evidence("whole_name", "whole", "")
    first = next(iter(current))
    is_middle = all(word.side == "given" and word is not first for word in left)
    return Evidence("whole_name", "part" if is_middle else "less", "")
