"""May a row be about a certain child? What a search weighs, weighed for shields.

A shielded child's row that comes under another name, date or address must not make a child who can
be found. So what agrees is added up, by the column `shield` of weights.csv, and from LIMIT on a
person decides. A given name that is another one altogether weighs so much that only a number
outweighs it: brothers, sisters and twins have all else alike (docs/decisions/0012-held-rows.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache

from msgspec import Struct

from analyzers.closeness import closeness
from analyzers.compare.evidence import WEIGHTS, Evidence, Field
from analyzers.compare.matching import Placed, placed_words
from analyzers.compare.names import words_evidence
from analyzers.identity import Born, PersonName
from analyzers.profile import Profile
from analyzers.tables import read_table

LIMIT = 10.0


class Nearness(Struct, frozen=True):
    """How near two records are, and why; `score` is the sum of the weights."""

    score: float
    evidence: tuple[Evidence, ...]

    @property
    def is_near(self) -> bool:
        return self.score >= LIMIT


def nearness(row: Profile, child: Profile) -> Nearness:
    """Return what speaks for the row being about the child, over all names and dates of both."""
    names = (_of_name(name, stored) for stored in _readings(child.names) for name in row.names)
    found = [*max(names, key=_sum, default=[]), *_shared(row, child)]
    if row.dates and child.dates:
        found.append(_born(row.dates, child.dates))
    return Nearness(_sum(found), tuple(found))


def shield_weight(about: Field, kind: str) -> float:
    """Return what evidence of this kind counts; raises KeyError for a kind that never does."""
    weights = _weights()
    return weights[about, kind] if (about, kind) in weights else weights["word", kind]


@cache
def _weights() -> dict[tuple[str, str], float]:
    table = read_table(WEIGHTS)
    return {(row["about"], row["kind"]): float(row["shield"]) for row in table if row["shield"]}


def _readings(names: Sequence[PersonName]) -> Iterator[Sequence[Placed]]:
    """Yield the words of all names, and of each alone: among the words of all, those of one name no
    longer stand side by side, and what is written in one would not be known."""
    yield placed_words(names)
    if len(names) > 1:
        yield from (placed_words((name,)) for name in names if name.given)


def _sum(found: Iterable[Evidence]) -> float:
    return sum(one.weight for one in found)


def _of_name(name: PersonName, stored: Sequence[Placed]) -> list[Evidence]:
    """Return the best of the given names, for one may be left out, and the best of the family."""
    found = words_evidence(placed_words((name,)), stored)
    return [_given(name, found, stored), _best("family", found)]


def _given(name: PersonName, found: Sequence[Evidence], stored: Sequence[Placed]) -> Evidence:
    """Where only one of them has a given name, nothing can be said; two babies without are as if
    of one name."""
    best = _best("given", found)
    is_named = any(one.side == "given" for one in stored)
    if not name.given and not is_named:
        return _weighed("given", "unnamed", "neither has a given name")
    if best.kind == "missing" and not (name.given and is_named):
        return _weighed("given", "unknown", "one of them has no given name")
    return best


def _best(side: Field, found: Sequence[Evidence]) -> Evidence:
    weighed = [_weighed(side, one.kind, one.sentence) for one in found if one.field == side]
    return max(weighed, key=lambda one: one.weight, default=_weighed(side, "missing", ""))


@lru_cache(maxsize=1 << 13)
def _weighed(about: Field, kind: str, sentence: str) -> Evidence:
    return Evidence(about, kind, sentence, shield_weight(about, kind))


def _shared(row: Profile, child: Profile) -> list[Evidence]:
    household = "has, or had, the same address, or a carer of the same name and phone"
    shared: tuple[tuple[Field, bool, str], ...] = (
        ("number", not row.numbers.isdisjoint(child.numbers), "has the same number"),
        ("place", not row.places.isdisjoint(child.places), household),
        ("carer", not row.carers.isdisjoint(child.carers), "has a carer of the same name"),
    )
    return [_weighed(about, "same", sentence) for about, is_so, sentence in shared if is_so]


def _born(asked: Iterable[date], stored: Iterable[date]) -> Evidence:
    pairs = (_of_days(one, other) for one in asked for other in stored)
    return max(pairs, key=lambda one: one.weight)


def _of_days(asked: date, stored: date) -> Evidence:
    kind = born_kind(asked, stored)
    return _weighed("born", kind, _DAY_SENTENCES.get(kind, "date of birth is different"))


@lru_cache(maxsize=1 << 13)
def born_kind(asked: date, stored: date) -> str:
    """Return how close two days are, as weights.csv calls it; also where only the year is wrong."""
    if kind := closeness(Born(asked, asked), stored):
        return kind
    is_day_same = (asked.month, asked.day) == (stored.month, stored.day)
    return "anniversary" if is_day_same else "different"


_DAY_SENTENCES = {
    "same": "born on the same day",
    "swapped": "day and month of birth are swapped",
    "digit": "one digit of the date of birth differs",
    "month": "born in the same month, on another day",
    "near": "born within two weeks",
    "year": "year of birth is the same",
    "next_year": "year of birth is one out",
    "anniversary": "born on the same day of another year",
}
