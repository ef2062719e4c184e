"""The ways in which a row about a child comes again and says something else: one change each."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

from analyzers.compare.nearness import born_kind
from analyzers.profile import Profile
from indexer.invented import numbers
from tests.benchmarks.corrupt import one_edit

Row = dict[str, Any]
Form = Callable[[Row, Random], Row | None]
"""Returns the row changed, None where it cannot be: nobody has a short name who has no name."""

NUMBERS = ("nhs_number", "upn")
FAMILIES = ("Zielinski", "Okonkwo", "Threlfall", "Papadakis", "Vanterpool", "Quigley")
CARERS = ("Rosalind Threlfall", "Tobias Okonkwo", "Wilhelmina Quigley")
HOMES = (
    {"lines": ["77 Unheard Lane"], "town": "Penrith", "postcode": "CA11 7ZZ"},
    {"lines": ["3 Far Row"], "town": "Truro", "postcode": "TR1 9YY"},
)


def _changed(row: Row, **changes: Any) -> Row:
    return {**row, **changes}


def _words(row: Row) -> list[str]:
    return str(row.get("given_names") or "").split()


def _of_given(change: Callable[[str, Random], str]) -> Form:
    """Change the first given name."""

    def form(row: Row, rng: Random) -> Row | None:
        first, *others = [*_words(row), ""]
        found = change(first, rng)
        if not first or found == first:
            return None
        return _changed(row, given_names=" ".join([found, *others]).strip())

    return form


def _misspelt_family(row: Row, rng: Random) -> Row | None:
    first, *others = row["family_name"].split()
    found = one_edit(first, rng)
    return _changed(row, family_name=" ".join([found, *others])) if found != first else None


def _swapped(row: Row, _: Random) -> Row | None:
    given = row.get("given_names")
    return _changed(row, given_names=row["family_name"], family_name=given) if given else None


def _born(row: Row, day: date | None) -> Row | None:
    is_good = day and day.isoformat() != row["date_of_birth"] and day < date(2026, 11, 1)
    is_child = day and day > date(2009, 1, 1)
    return _changed(row, date_of_birth=day.isoformat()) if day and is_good and is_child else None


def _day(row: Row) -> date:
    return date.fromisoformat(row["date_of_birth"])


def _day_and_month_swapped(row: Row, _: Random) -> Row | None:
    born = _day(row)
    return _born(row, date(born.year, born.day, born.month) if born.day <= 12 else None)


def _digit_of_date(row: Row, rng: Random) -> Row | None:
    text = row["date_of_birth"]
    place = rng.choice([2, 3, 5, 6, 8, 9])
    try:
        found = date.fromisoformat(text[:place] + rng.choice("0123456789") + text[place + 1 :])
    except ValueError:
        return None
    return _born(row, found)


def _other_day(row: Row, rng: Random) -> Row | None:
    return _born(row, _day(row).replace(day=rng.randrange(1, 29)))


def _other_month(row: Row, rng: Random) -> Row | None:
    born = _day(row)
    return _born(row, born.replace(month=rng.randrange(1, 13), day=min(born.day, 28)))


def _other_year(row: Row, rng: Random) -> Row | None:
    born = _day(row)
    return _born(row, born.replace(year=rng.randrange(2010, 2026), day=min(born.day, 28)))


def _other_date(row: Row, rng: Random) -> Row | None:
    return _born(row, _day(row) + timedelta(days=rng.randrange(-900, 900)))


def _first_of_january(row: Row, _: Random) -> Row | None:
    return _born(row, _day(row).replace(month=1, day=1))


def _with(**changes: Callable[[Random], Any]) -> Form:
    return lambda row, rng: _changed(row, **{name: draw(rng) for name, draw in changes.items()})


def _without(*fields: str) -> Form:
    return lambda row, _: {name: value for name, value in row.items() if name not in fields}


def _no_middle_name(row: Row, _: Random) -> Row | None:
    return _changed(row, given_names=_words(row)[0]) if len(_words(row)) > 1 else None


def _joined(row: Row, _: Random) -> Row | None:
    joined = "".join(_words(row))
    return _changed(row, given_names=joined) if len(_words(row)) > 1 and len(joined) < 40 else None


def _initial(row: Row, _: Random) -> Row | None:
    return _changed(row, given_names=_words(row)[0][0]) if _words(row) else None


def _former(row: Row, _: Random) -> Row | None:
    """A new name, and the old one said to be the former."""
    former = [{"given_names": row.get("given_names", ""), "family_name": row["family_name"]}]
    return _changed(row, family_name="Threlfall", former_names=former)


def _capitals(row: Row, _: Random) -> Row | None:
    names = {name: str(row.get(name, "")).upper() for name in ("given_names", "family_name")}
    return _changed(row, **names)


FORMS: dict[str, tuple[str, Form]] = {
    "as it was": ("", lambda row, _: row),
    "given name misspelt": ("given", _of_given(one_edit)),
    "family name misspelt": ("family", _misspelt_family),
    "names swapped": ("given family", _swapped),
    "new family name": ("family", _with(family_name=lambda rng: rng.choice(FAMILIES))),
    "new family name, the old one former": ("family", _former),
    "moved": ("address", _with(address=lambda rng: rng.choice(HOMES))),
    "no address": ("address", _without("address")),
    "no postcode": (
        "address",
        lambda row, _: _changed(row, address={**row["address"], "postcode": ""}),
    ),
    "day and month swapped": ("born", _day_and_month_swapped),
    "digit of the date": ("born", _digit_of_date),
    "another day": ("born", _other_day),
    "another month": ("born", _other_month),
    "another year": ("born", _other_year),
    "another date": ("born", _other_date),
    "first of January": ("born", _first_of_january),
    "another child's number": (
        "number",
        _with(nhs_number=lambda rng: numbers.nhs_number(rng.randrange(10**6))),
    ),
    "other carers": ("carers", _with(carers=lambda rng: [{"name": rng.choice(CARERS)}])),
    "no carers": ("carers", _without("carers")),
    "no middle name": ("given", _no_middle_name),
    "given names joined": ("given", _joined),
    "initial": ("given", _initial),
    "no given name": ("given", _without("given_names", "known_as")),
    "in capitals": ("", _capitals),
}
"""What is done to a row without its numbers, and the fields that it takes from it."""


AGREES = "in two ways, address or carer agree"
BY_NAME_ALONE = "in two ways, no given name or wholly another date, a carer agrees by name alone"
NEITHER = "in two ways, neither agrees"


def kind_of(one: str, other: str, row: Profile, child: Profile) -> str:
    """Say how a row was changed, and what of its child's it still says."""
    if not other:
        return f"in one way: {one}"
    if row.places & child.places:
        return AGREES
    if not row.carers & child.carers:
        return NEITHER
    is_little = not any(name.given for name in row.names) or not _is_close(row, child)
    return BY_NAME_ALONE if is_little else AGREES


def _is_close(row: Profile, child: Profile) -> bool:
    return any(born_kind(a, b) != "different" for a in row.dates for b in child.dates)


def single(row: Row, name: str, rng: Random) -> Row | None:
    """Return the row without its numbers and changed in one way, None if it cannot be."""
    return FORMS[name][1](_without(*NUMBERS)(deepcopy(row), rng) or {}, rng)


def doubles() -> list[tuple[str, str]]:
    """Return every two changes of different fields after which an address or a carer agrees, or
    both of them are of address and carers."""
    return [
        (one, other)
        for one, other in combinations(FORMS, 2)
        if not set(FORMS[one][0].split()) & set(FORMS[other][0].split())
    ]
