"""The shielded children of the re-upload proof, their visible families, and every row that comes
again about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from analyzers.profile import Profile
from tests.benchmarks.invented_rows import households, profile_of
from tests.benchmarks.reuploads import FORMS, doubles, kind_of, single

Row = dict[str, Any]
AUTHORITY = "359"  # one officer sets them all
CHILDREN_A_BLOCK = 900  # of a thousand households some have a first child whose row is rejected
DOUBLES, WITH_NUMBER = 8, 3  # a child, beside every single change
NUMBER_AGREES = "in two ways, the number agrees"
ANOTHERS_NUMBER = "in one way: another visible child's number"
ADDED_AGAIN = "deleted and added again"


@dataclass(frozen=True)
class Again:
    """A row that comes again about the shielded child of a place: what was done to it is `kind`."""

    place: int
    kind: str
    row: Row


@dataclass(frozen=True)
class Families:
    """The rows of the children who are shielded, one a household, and of their visible brothers
    and sisters."""

    shielded: list[Row]
    others: list[Row]


def draw_families(first_block: int, count: int) -> Families:
    """Return so many shielded children of invented England from a block on."""
    shielded, others = list[Row](), list[Row]()
    for block in range(first_block, first_block + count // CHILDREN_A_BLOCK + 2):
        for home in households(block):
            good = [row | {"authority": AUTHORITY} for row in home if profile_of(row)]
            if len(shielded) < count and good:
                shielded.append(good[0])
                others += good[1:]
    return Families(shielded, others)


def rows_again(families: Families, seed: int) -> Iterator[Again]:
    """Yield each child's row changed in every one way, and in some pairs of ways, without its
    number and with it, or with the number of another child."""
    rng = Random(seed)
    numbered = [row["nhs_number"] for row in families.others if row.get("nhs_number")]
    for place, row in enumerate(families.shielded):
        yield from _single(place, row, rng, numbered)
        yield from _double(place, row, rng)


def _single(place: int, row: Row, rng: Random, numbered: list[str]) -> Iterator[Again]:
    for form in FORMS:
        yield from _again(place, row, single(row, form, rng), (form, ""))
    if numbered:
        yield Again(place, ANOTHERS_NUMBER, row | {"nhs_number": rng.choice(numbered)})


def _double(place: int, row: Row, rng: Random) -> Iterator[Again]:
    pairs = doubles()
    for one, other in rng.sample(pairs, DOUBLES):
        changed = _changed_twice(row, one, other, rng)
        yield from _again(place, row, changed, (one, other))
    own = {name: row[name] for name in ("nhs_number", "upn") if row.get(name)}
    for one, other in rng.sample(pairs, WITH_NUMBER if own else 0):
        changed = _changed_twice(row, one, other, rng)
        if changed and profile_of(changed | own):
            yield Again(place, NUMBER_AGREES, changed | own)


def _changed_twice(row: Row, one: str, other: str, rng: Random) -> Row | None:
    changed = single(row, one, rng)
    return single(changed, other, rng) if changed else None


def _again(place: int, row: Row, changed: Row | None, ways: tuple[str, str]) -> Iterator[Again]:
    profile = profile_of(changed)
    if changed and profile:
        yield Again(place, kind_of(*ways, profile, _known(row)), changed)


def _known(row: Row) -> Profile:
    known = profile_of(row)
    assert known is not None
    return known
