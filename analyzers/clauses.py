"""A question as Elasticsearch clauses; every tier a constant score, so that no other child counts.

The gate adds the filter, the size and the sort.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from analyzers.closeness import BornKind, asked_tokens
from analyzers.fold import WORD_LETTERS, words
from analyzers.identity import Born, Identity
from analyzers.numbers import NumberKind
from analyzers.postcodes import parse_postcode
from analyzers.tiers import TIERS, Part, Reach, Tier, doubled, parts_of

Clause = dict[str, Any]

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
WORD_SCORE = 6
"""For every word that is met, beside the score of its tier: two words met a little and a date that
is nearly right stand above one word met exactly and the right date."""
POSTCODE_SCORES = (6, 3)  # whole, outward part
TWICE_SCORE = 8
"""For a name that was typed twice and is in the given and the family name: as much as its other
word would count, had it not met the same name again."""
SEX_SCORE = 1
AUTHORITY_SCORE = 1
_FUZZY_TWO_EDITS_FROM = 5
_WITHIN: dict[Reach, tuple[Reach, ...]] = {
    "same": ("same",),
    "close": ("same", "close"),
    "usual": ("same", "close", "usual"),
    "rescue": ("same", "close", "usual", "rescue"),
    "heard": ("same", "close", "usual", "heard"),
}


def asked_words(asked: Identity) -> tuple[str, ...]:
    """Return the folded words of the name asked for (the first, if there are several)."""
    name = next(iter(asked.names), None)
    return words(f"{name.given} {name.family}") if name else ()


def name_clauses(found: Sequence[str], reach: Reach) -> list[Clause]:
    """Return one clause for each typed word; of its tiers that reach no further the best counts,
    and no other."""
    return [_word_clause(part, reach) for part in parts_of(found)]


def _word_clause(part: Part, reach: Reach) -> Clause:
    tiers = [tier for tier in TIERS if tier.reach in _WITHIN[reach]]
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
    if tier.how == "both":
        return any_of([_all_of(tier.field, token.split()) for token in tokens], 1)
    return {"terms": {tier.field: list(tokens)}}


def _all_of(field: str, tokens: Iterable[str]) -> Clause:
    return {"bool": {"filter": [{"term": {field: token}} for token in tokens]}}


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


def scoring_clauses(asked: Identity) -> list[Clause]:
    postcode = postcode_clause(asked.postcodes[0]) if asked.postcodes else None
    scored = [("sex", asked.sex, SEX_SCORE), ("authority", asked.authority, AUTHORITY_SCORE)]
    twice = _asked_twice(asked_words(asked))
    return [
        *([postcode] if postcode else []),
        *([_constant({"terms": {"joined": twice}}, TWICE_SCORE)] if twice else []),
        *(_constant({"term": {field: value}}, score) for field, value, score in scored if value),
    ]


def _asked_twice(found: Sequence[str]) -> list[str]:
    return sorted({token for i, one in enumerate(found) for token in doubled([one], found[:i])})


def any_of(clauses: list[Clause], least: int) -> Clause:
    return {"bool": {"should": clauses, "minimum_should_match": least}}


def _best_of(scored: Iterable[tuple[Clause, float]]) -> Clause:
    return {"dis_max": {"queries": [_constant(clause, score) for clause, score in scored]}}


def _constant(clause: Clause, score: float) -> Clause:
    return {"constant_score": {"filter": clause, "boost": score}}
