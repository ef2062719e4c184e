"""A question as Elasticsearch clauses; every tier a constant score, so that no other child counts.

The gate adds the filter, the size and the sort.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from analyzers.closeness import BornKind, asked_tokens
from analyzers.fold import WORD_LETTERS, is_particle, words
from analyzers.identity import Born, Identity
from analyzers.numbers import NumberKind
from analyzers.postcodes import parse_postcode
from analyzers.tiers import TIERS, Part, Tier, parts_of

Clause = dict[str, Any]
Stage = Literal["strict", "fewer", "rescue"]

MOST_WORDS_ASKED = 8
BORN_SCORES: dict[BornKind, float] = {
    "same": 8,
    "within": 8,
    "swapped": 6,
    "digit": 5,
    "month": 4,
    "near": 4,
    "year": 3,
    "next_year": 1,
}
NARROW_KINDS: tuple[BornKind, ...] = ("same", "swapped", "digit")
CERTAIN_KINDS: tuple[BornKind, ...] = ("same",)
WORD_SCORE = 6
"""For every word that is met, beside the score of its tier: two words met a little and a date that
is nearly right stand above one word met exactly and the right date."""
POSTCODE_SCORES = (6, 3)  # whole, outward part
SEX_SCORE = 1
AUTHORITY_SCORE = 1
_ENOUGH_WORDS = 3  # that one may be missing, though nothing narrows the search
_FUZZY_TWO_EDITS_FROM = 5


def build_query(asked: Identity, stage: Stage) -> Clause | None:
    """Return the bool query for a question; None where the stage adds nothing to the one before.

    "strict": every word must meet the child by some tier, and so must the date where one is asked;
    postcode, sex and authority only score. Where the full date or the postcode is that of the
    child, one of the words may be missing: who is called a little like what was typed must not
    hide the one who was born on that day. "fewer": one word of three or more may be missing.
    "rescue": words may be two letters off or one of them missing, and the date only scores. Raises
    ValueError for a question without a word, or with more than 8.
    """
    found = asked_words(asked)
    if not found:
        raise ValueError("a question needs a word of a name")
    if len(found) > MOST_WORDS_ASKED:
        raise ValueError(f"a question holds at most {MOST_WORDS_ASKED} words")
    return {"strict": _strict, "fewer": _fewer, "rescue": _rescue}[stage](asked, found)


def asked_words(asked: Identity) -> tuple[str, ...]:
    """Return the folded words of the name asked for (the first, if there are several)."""
    name = next(iter(asked.names), None)
    return words(f"{name.given} {name.family}") if name else ()


def _strict(asked: Identity, found: Sequence[str]) -> Clause:
    needed, extra = _needed_and_extra(found)
    born = [born_clause(asked.born)] if asked.born else []
    certain = _narrow_clauses(asked, CERTAIN_KINDS)
    scoring = [*extra, *_only_scoring(asked)]
    if not certain or len(needed) == 1:
        return {"bool": {"must": [*needed, *born], "should": scoring}}
    # That it is the day or the postcode stands in for one of the words.
    stand_in = _constant(_any_of(certain, 1), 0)
    return {
        "bool": {
            "must": [_any_of([*needed, stand_in], len(needed))],
            "filter": [_any_of([*born, *certain], 1)] if born else [],
            "should": [*born, *scoring],
        }
    }


def _fewer(asked: Identity, found: Sequence[str]) -> Clause | None:
    needed, extra = _needed_and_extra(found)
    if len(needed) < _ENOUGH_WORDS:
        return None
    born = [born_clause(asked.born)] if asked.born else []
    most = _any_of(needed, len(needed) - 1)
    return {"bool": {"must": [most, *born], "should": [*extra, *_only_scoring(asked)]}}


def _needed_and_extra(found: Sequence[str]) -> tuple[list[Clause], list[Clause]]:
    """Return the clauses of the words that must meet, and of those that may be left out."""
    clauses = name_clauses(found, "strict")
    may_go = [_may_be_left_out(found, i) for i in range(len(found))]
    needed = [clause for clause, extra in zip(clauses, may_go, strict=True) if not extra]
    return needed, [clause for clause, extra in zip(clauses, may_go, strict=True) if extra]


def _may_be_left_out(found: Sequence[str], i: int) -> bool:
    """Say whether the word is a particle before another word: records often lack it."""
    return is_particle(found[i]) and any(not is_particle(word) for word in found[i + 1 :])


def _rescue(asked: Identity, found: Sequence[str]) -> Clause:
    clauses = name_clauses(found, "rescue")
    narrow = _narrow_clauses(asked, NARROW_KINDS)
    born = [born_clause(asked.born)] if asked.born else []
    return {
        "bool": {
            "must": [_any_of(clauses, _words_needed(len(found), bool(narrow)))],
            "filter": _all_or_narrow(clauses, narrow),
            "should": [*born, *_only_scoring(asked)],
        }
    }


def _words_needed(count: int, has_narrow: bool) -> int:
    """Of two words one may only be missing where a date or postcode narrows: else it is all the
    Smiths of England."""
    pair = 2
    return count if count == 1 or (count == pair and not has_narrow) else count - 1


def _all_or_narrow(clauses: list[Clause], narrow: list[Clause]) -> list[Clause]:
    pair = 2
    if len(clauses) != pair or not narrow:
        return []
    return [_any_of([{"bool": {"filter": clauses}}, *narrow], 1)]


def _narrow_clauses(asked: Identity, kinds: Iterable[BornKind]) -> list[Clause]:
    born = asked_tokens(asked.born) if asked.born and asked.born.day else {}
    days = [token for kind in kinds for token in born.get(kind, ())]
    postcode = parse_postcode(asked.postcodes[0]) if asked.postcodes else None
    units = [postcode.tokens[0]] if postcode and postcode.inward else []
    return [
        {"terms": {field: tokens}}
        for field, tokens in (("born", days), ("postcodes", units))
        if tokens
    ]


def name_clauses(found: Sequence[str], stage: Stage) -> list[Clause]:
    """Return one clause for each typed word; of its tiers the best counts, and no other."""
    return [_word_clause(part, stage) for part in parts_of(found)]


def _word_clause(part: Part, stage: Stage) -> Clause:
    tiers = [tier for tier in TIERS if tier.stage in ("strict", stage)]
    return _best_of(
        (_tier_filter(tier, tokens), WORD_SCORE + tier.score)
        for tier in tiers
        if (tokens := tuple(dict.fromkeys(tier.asked(part))))
    )


def _tier_filter(tier: Tier, tokens: tuple[str, ...]) -> Clause:
    if tier.how == "prefix":
        return {"prefix": {tier.field: {"value": tokens[0]}}}
    if tier.how == "fuzzy":
        return {"fuzzy": {tier.field: _fuzziness(tokens[0])}}
    return {"terms": {tier.field: list(tokens)}}


def _fuzziness(word: str) -> Clause:
    """Every near word counts. Of a number of them, words of deleted children, which stand in the
    files until they are erased, would take the places of others."""
    edits = 2 if len(word) >= _FUZZY_TWO_EDITS_FROM else 1
    return {
        "value": word[:WORD_LETTERS],
        "fuzziness": edits,
        "prefix_length": 0,
        "rewrite": "constant_score",
    }


def born_clause(asked: Born) -> Clause:
    """Return the clause for a date, month, year or age: the closest kind counts."""
    return _best_of(
        ({"terms": {"born": list(tokens)}}, BORN_SCORES[kind])
        for kind, tokens in asked_tokens(asked).items()
        if tokens
    )


def postcode_clause(text: str) -> Clause | None:
    """Return the clause for a whole postcode or an outward part; None if the text is neither."""
    postcode = parse_postcode(text)
    if not postcode:
        return None
    scores = POSTCODE_SCORES if postcode.inward else POSTCODE_SCORES[1:]
    return _best_of(
        ({"terms": {"postcodes": [token]}}, score)
        for token, score in zip(postcode.tokens, scores, strict=True)
    )


def number_clause(number: str, kind: NumberKind) -> Clause:
    """Return the filter for a child by one of its numbers, current or former."""
    fields = {"nhs": ["nhs_numbers"], "upn": ["upns"], "child": ["number", "former_numbers"]}[kind]
    return {"bool": {"should": [{"term": {field: number}} for field in fields]}}


def _only_scoring(asked: Identity) -> list[Clause]:
    postcode = postcode_clause(asked.postcodes[0]) if asked.postcodes else None
    scored = [("sex", asked.sex, SEX_SCORE), ("authority", asked.authority, AUTHORITY_SCORE)]
    return [
        *([postcode] if postcode else []),
        *(_constant({"term": {field: value}}, score) for field, value, score in scored if value),
    ]


def _any_of(clauses: list[Clause], least: int) -> Clause:
    return {"bool": {"should": clauses, "minimum_should_match": least}}


def _best_of(scored: Iterable[tuple[Clause, float]]) -> Clause:
    return {"dis_max": {"queries": [_constant(clause, score) for clause, score in scored]}}


def _constant(clause: Clause, score: float) -> Clause:
    return {"constant_score": {"filter": clause, "boost": score}}
