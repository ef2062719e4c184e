"""Makes one record of the contributions about the same child.

A pure function of the contributions, so that the order in which sources arrive plays no part and
a record can be made again from what its document holds.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from csv import DictReader
from datetime import date
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from indexer.children.child import (
    PRACTITIONERS,
    Address,
    Carer,
    Child,
    Contribution,
    Facts,
    FormerName,
)
from indexer.children.headline import choose_name, distinct_names, name_of, other_names
from indexer.children.services import unite_involvements

UNITED = frozenset({"former_names", "carers", "involvements"})
"""The fields that hold what every source says; of all others one source is believed."""

COPIED = frozenset({"names", "date_of_birth", "authority"})
"""The fields that a practitioner's row has from the record itself: others alone are asked."""

Contributions = tuple[Contribution, ...]
_BY_SOURCE = attrgetter("source", "source_record_id")
Order = tuple[int, ...]
"""Places of contributions, the most trusted for a field first."""


@cache
def preferences() -> dict[str, list[str]]:
    """Return field → sources, the most trusted for that field first, from preferences.csv."""
    with Path(__file__).with_name("preferences.csv").open() as table:
        return {row["field"]: row["sources"].split() for row in DictReader(table)}


def combine(number: str, contributions: Iterable[Contribution]) -> Child:
    """Return the record of the child `number`; there must be at least one contribution."""
    ordered = tuple(sorted(contributions, key=_BY_SOURCE))
    facts = _facts_of_one(ordered) if len(ordered) == 1 else _facts_of_several(ordered)
    return Child(
        number=number,
        facts=facts,
        contributions=ordered,
        former_addresses=_former_addresses(ordered, facts.address),
        nhs_numbers=_numbers([one.facts.nhs_number for one in ordered]),
        upns=_numbers([one.facts.upn for one in ordered]),
    )


def renew(before: Contribution | None, now: Contribution) -> Contribution:
    """Return `now` with the names and addresses that the same source's earlier row gave.

    A new row replaces the old one, but a former name or address is never lost.
    """
    if before is None:
        return now
    own, old = now.facts, before.facts
    names = [*old.former_names, name_of(old)]
    if old.known_as and old.known_as != own.known_as:
        names.append(FormerName(old.known_as, old.family_name))
    lost = distinct_names(names, [name_of(own), *own.former_names])
    addresses = [*before.former_addresses, old.address] if old.address else before.former_addresses
    return replace(
        now,
        facts=replace(own, former_names=(*own.former_names, *lost)),
        former_addresses=_distinct_addresses(addresses, own.address),
    )


def _facts_of_one(contributions: Contributions) -> Facts:
    """What the general way comes to where nobody else speaks; most rows of a load are such."""
    facts = contributions[0].facts
    names = other_names((facts,), name_of(facts), facts.known_as)
    carers = _carers((facts,), (0,))
    involvements = unite_involvements(contributions)
    return replace(facts, former_names=names, carers=carers, involvements=involvements)


def _facts_of_several(contributions: Contributions) -> Facts:
    orders = _orders(tuple([one.source for one in contributions]))
    said = [one.facts for one in contributions]
    by_names = [said[place] for place in orders["names"]]
    name = choose_name(by_names)
    known_as = _first(said, orders, "known_as")
    return Facts(
        family_name=name.family_name,
        date_of_birth=_date_of_birth(contributions, orders["date_of_birth"]),
        authority=_first(said, orders, "authority"),
        given_names=name.given_names,
        known_as=known_as,
        former_names=other_names(by_names, name, known_as),
        sex=_sex(said, orders),
        nhs_number=_first(said, orders, "nhs_number"),
        upn=_first(said, orders, "upn"),
        address=_first(said, orders, "address"),
        carers=_carers(said, orders["carers"]),
        involvements=unite_involvements(contributions),
        date_of_death=_first(said, orders, "date_of_death"),
    )


@lru_cache(maxsize=10_000)
def _orders(sources: tuple[str, ...]) -> dict[str, Order]:
    """Rank sources once: return field → the places of these sources by trust."""
    first_hand = tuple([place for place, one in enumerate(sources) if one != PRACTITIONERS])
    every = tuple(range(len(sources)))
    return {
        field: _order(sources, trusted, first_hand or every if field in COPIED else every)
        for field, trusted in preferences().items()
    }


def _order(sources: tuple[str, ...], trusted: list[str], places: Order) -> Order:
    """Sources that are not in the table come last, by name."""
    ranks = [trusted.index(one) if one in trusted else len(trusted) for one in sources]
    return tuple(sorted(places, key=ranks.__getitem__))


def _first(said: Sequence[Facts], orders: dict[str, Order], field: str) -> Any:
    """Return what the most trusted of those who say anything says, or the field's empty value."""
    value = None
    for place in orders[field]:
        value = getattr(said[place], field)
        if value:
            break
    return value


def _sex(said: Sequence[Facts], orders: dict[str, Order]) -> str:
    for place in orders["sex"]:
        if said[place].sex in ("female", "male"):
            return said[place].sex
    return str(_first(said, orders, "sex"))


def _numbers(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({number for number in numbers if number}))


def _date_of_birth(contributions: Contributions, order: Order) -> date:
    """Return the most trusted date, unless one source stands alone against two that agree.

    A mistyped date, or 1 January for "some time that year", is seldom made twice alike.
    """
    dates = [contributions[place].facts.date_of_birth for place in order]
    if dates.count(dates[0]) == len(dates):
        return dates[0]
    told = {
        (contributions[place].source, contributions[place].facts.date_of_birth) for place in order
    }
    sources = Counter(born for _, born in told)
    most = max(dates, key=sources.__getitem__)
    return most if sources[dates[0]] == 1 else dates[0]


def _former_addresses(contributions: Contributions, current: Address | None) -> tuple[Address, ...]:
    addresses: list[Address] = []
    for one in contributions:
        address = one.facts.address
        if address and address is not current:
            addresses.append(address)
        addresses += one.former_addresses
    return _distinct_addresses(addresses, current)


def _distinct_addresses(
    addresses: Sequence[Address], current: Address | None
) -> tuple[Address, ...]:
    if not addresses:
        return ()
    spelled = sorted(addresses, key=attrgetter("postcode", "lines", "town"))
    distinct = {_place(address): address for address in spelled}
    if current:
        distinct.pop(_place(current), None)
    return tuple(distinct[key] for key in sorted(distinct))


def _place(address: Address) -> tuple[str, str, str]:
    return address.postcode, " ".join(address.lines).casefold(), address.town.casefold()


def _carers(said: Sequence[Facts], order: Order) -> tuple[Carer, ...]:
    """Every carer once, by name; a later source only fills in what the first did not say."""
    carers: dict[str, Carer] = {}
    for place in order:
        for carer in said[place].carers:
            known = carers.setdefault(carer.name.casefold(), carer)
            relationship = known.relationship or carer.relationship
            phone = known.phone or carer.phone
            if (relationship, phone) != (known.relationship, known.phone):
                carers[carer.name.casefold()] = Carer(known.name, relationship, phone)
    return tuple(carers.values())
