"""What is asked one after the other: a question as the query of each stage.

The gate adds the filter and the size, and says when a later stage is needed.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from analyzers.clauses import (
    BORN_SCORES,
    WORD_SCORE,
    Clause,
    any_of,
    asked_words,
    born_clause,
    name_clauses,
    scoring_clauses,
)
from analyzers.closeness import BornKind, asked_tokens
from analyzers.compare.commonness import is_rare
from analyzers.fold import is_particle
from analyzers.identity import Identity
from analyzers.postcodes import parse_postcode
from analyzers.tiers import Reach

Stage = Literal["close", "strict", "fewer", "rescue", "heard", "either", "rarer"]

MOST_WORDS_ASKED = 8
NARROW_KINDS: tuple[BornKind, ...] = ("same", "swapped", "digit")
CERTAIN_KINDS: tuple[BornKind, ...] = ("same",)
SLIPPED_KINDS: tuple[BornKind, ...] = ("swapped", "digit")
ENOUGH_FOR_A_WORD: dict[Stage, float] = {"strict": 4, "fewer": 8}
"""What each word of the best child must count, beside WORD_SCORE, for the stage to be left out: one
letter off is close enough not to look for those who only sound alike, written the same for not
looking for those who lack a word."""
_SLIPPED = 0.25
"""What they count of their score who are written the same, but born on another day than was typed:
they stand below all who were born on that day, and end no search."""
_ENOUGH_WORDS = 3  # that one may be missing, though nothing narrows the search
_PAIR = 2
_LEAST_TELLING = 2  # words, of which one may be nearly heard: none is listed for that alone
_WORDS_LAID_OUT = range(1, 5)
"""Of more words one may be missing whatever it is: to lay out two edits of each as well took a
third of the costliest questions' time, and found nobody else."""


def build_query(asked: Identity, stage: Stage) -> Clause | None:
    """Return the bool query for a question; None where the stage adds nothing to the one before.

    "close": every word must meet the child by a close tier (written the same, or nearly), and where
    the full date or the postcode is asked it must be the child's; then one word of three may be
    missing. "strict": every word must meet the child by some tier, and so must the date where one
    is asked; postcode, sex and authority only score. Where the full date or the postcode is that of
    the child, one of the words may be missing: who is called a little like what was typed must not
    hide the one who was born on that day. "fewer": one word of three or more may be missing,
    where the others are the same name.
    "rescue": words may be two letters off or one of them missing, and the date only scores.
    "heard": the same with one sound of a word wrong for its letters, where another word is met in
    one of the usual ways. "either": with a year or an age, one of two words may be missing, where
    the other is the same name: a child is called what no record says. "rarer": the same, and the
    rare name of the two must be met, for those who bear the common one are too many to list.
    Raises ValueError for a question without a word, or with more than 8.
    """
    found = asked_words(asked)
    if not found:
        raise ValueError("a question needs a word of a name")
    if len(found) > MOST_WORDS_ASKED:
        raise ValueError(f"a question holds at most {MOST_WORDS_ASKED} words")
    return _BUILDERS[stage](asked, found)


def enough_score(asked: Identity, stage: Stage) -> float:
    """Return the score of a child so close to what was asked that the stage is not needed: every
    word as near as it says above, and the date right."""
    found = asked_words(asked)
    count = sum(not _may_be_left_out(found, i) for i in range(len(found)))
    score = _closely_needed(asked, count) * (WORD_SCORE + ENOUGH_FOR_A_WORD[stage])
    return score + (BORN_SCORES["same"] if asked.born else 0)


def _close(asked: Identity, found: Sequence[str]) -> Clause:
    certain, scoring = _narrow_clauses(asked, CERTAIN_KINDS), scoring_clauses(asked)
    needed, extra = _needed_and_extra(found, "close")
    if not certain:
        return {"bool": {"must": [*needed, *_born(asked)], "should": [*extra, *scoring]}}
    least = any_of(needed, _closely_needed(asked, len(needed)))
    on_the_day = _on_a_day([least], certain, asked)
    same, _ = _needed_and_extra(found, "same")
    slipped = _on_a_day(same, _narrow_clauses(asked, SLIPPED_KINDS), asked, _SLIPPED)
    best = {"dis_max": {"queries": [on_the_day, slipped]}}
    return {"bool": {"must": [best], "should": [*extra, *scoring]}}


def _on_a_day(
    must: list[Clause], days: list[Clause], asked: Identity, boost: float = 1.0
) -> Clause:
    body = {"must": must, "filter": [any_of(days, 1)], "should": _born(asked), "boost": boost}
    return {"bool": body}


def _closely_needed(asked: Identity, count: int) -> int:
    """Return how many words must be met closely: where the day or the postcode is the child's, one
    of three may be a name that the record lacks."""
    may_lack = count >= _ENOUGH_WORDS and _narrow_clauses(asked, CERTAIN_KINDS)
    return count - 1 if may_lack else count


def _strict(asked: Identity, found: Sequence[str]) -> Clause:
    needed, extra = _needed_and_extra(found)
    certain, born = _narrow_clauses(asked, CERTAIN_KINDS), _born(asked)
    scoring = [*extra, *scoring_clauses(asked)]
    if not certain or len(needed) == 1:
        return {"bool": {"must": [*needed, *born], "should": scoring}}
    # Two queries in one, of which the better counts: as one, the engine would go through all who
    # bear one of the words.
    everything = {"bool": {"must": [*needed, *born]}}
    all_but_one = any_of(needed, len(needed) - 1)
    on_the_day = _on_a_day([all_but_one], certain, asked)
    best = {"dis_max": {"queries": [everything, on_the_day]}}
    return {"bool": {"must": [best], "should": scoring}}


def _fewer(asked: Identity, found: Sequence[str]) -> Clause | None:
    # The others are the same: who lacks one word and has another letter is left to the rescue.
    needed, extra = _needed_and_extra(found, "same")
    if len(needed) < _ENOUGH_WORDS:
        return None
    most = any_of(needed, len(needed) - 1)
    return {"bool": {"must": [most, *_born(asked)], "should": [*extra, *scoring_clauses(asked)]}}


def _rescue(asked: Identity, found: Sequence[str]) -> Clause:
    return _widest(asked, found, "rescue" if len(found) in _WORDS_LAID_OUT else "usual")


def _heard(asked: Identity, found: Sequence[str]) -> Clause | None:
    telling = [word for word in found if len(word) > 1 and not is_particle(word)]
    if len(telling) < _LEAST_TELLING or len(found) not in _WORDS_LAID_OUT:
        return None
    query = _widest(asked, found, "heard")
    query["bool"]["filter"].append(any_of(name_clauses(telling, "usual"), 1))
    return query


def _either(asked: Identity, found: Sequence[str]) -> Clause | None:
    needed, extra = _needed_and_extra(found, "same")
    telling = [word for word in found if len(word) > 1]
    if len(needed) != _PAIR or len(telling) < len(found) or not asked.born:
        return None
    if _narrow_clauses(asked, NARROW_KINDS):
        return None  # a day or a whole postcode narrows the rescue, in which one may be missing
    one = any_of(needed, 1)
    return {"bool": {"must": [one, *_born(asked)], "should": [*extra, *scoring_clauses(asked)]}}


def _rarer(asked: Identity, found: Sequence[str]) -> Clause | None:
    query = _either(asked, found)
    rare = [word for word in found if is_rare(word)]
    if query is None or len(rare) != 1:
        return None
    query["bool"]["must"] += name_clauses(rare, "same")
    return query


def _widest(asked: Identity, found: Sequence[str], reach: Reach) -> Clause:
    clauses = name_clauses(found, reach)
    narrow = _narrow_clauses(asked, NARROW_KINDS)
    return {
        "bool": {
            "must": [any_of(clauses, _words_needed(len(found), bool(narrow)))],
            "filter": _all_or_narrow(clauses, narrow),
            "should": [*_born(asked), *scoring_clauses(asked)],
        }
    }


_BUILDERS: dict[Stage, Callable[[Identity, Sequence[str]], Clause | None]] = {
    "close": _close,
    "strict": _strict,
    "fewer": _fewer,
    "rescue": _rescue,
    "heard": _heard,
    "either": _either,
    "rarer": _rarer,
}


def _needed_and_extra(
    found: Sequence[str], reach: Reach = "usual"
) -> tuple[list[Clause], list[Clause]]:
    """Return the clauses of the words that must meet, and of those that may be left out."""
    clauses = name_clauses(found, reach)
    may_go = [_may_be_left_out(found, i) for i in range(len(found))]
    needed = [clause for clause, extra in zip(clauses, may_go, strict=True) if not extra]
    return needed, [clause for clause, extra in zip(clauses, may_go, strict=True) if extra]


def _may_be_left_out(found: Sequence[str], i: int) -> bool:
    """Say whether the word is a particle before another word: records often lack it."""
    return is_particle(found[i]) and any(not is_particle(word) for word in found[i + 1 :])


def _words_needed(count: int, has_narrow: bool) -> int:
    """Of two words one may only be missing where a date or postcode narrows: else it is all the
    Smiths of England."""
    return count if count == 1 or (count == _PAIR and not has_narrow) else count - 1


def _all_or_narrow(clauses: list[Clause], narrow: list[Clause]) -> list[Clause]:
    if len(clauses) != _PAIR or not narrow:
        return []
    return [any_of([{"bool": {"filter": clauses}}, *narrow], 1)]


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


def _born(asked: Identity) -> list[Clause]:
    return [born_clause(asked.born)] if asked.born else []
