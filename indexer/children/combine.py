"""Makes one record of the contributions about the same child.

A pure function of the contributions, so that the order in which sources arrive plays no part and
a record can be made again from what its document holds.
"""

from collections.abc import Callable, Iterable
from csv import DictReader
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from indexer.children.child import (
    Address,
    Carer,
    Child,
    Contribution,
    Facts,
    FormerName,
    Involvement,
)

Contributions = tuple[Contribution, ...]


@cache
def preferences() -> dict[str, list[str]]:
    """Return field → sources, the most trusted for that field first, from preferences.csv."""
    with Path(__file__).with_name("preferences.csv").open() as table:
        return {row["field"]: row["sources"].split() for row in DictReader(table)}


def combine(number: str, contributions: Iterable[Contribution]) -> Child:
    """Return the record of the child `number`; there must be at least one contribution."""
    ordered = tuple(sorted(contributions, key=lambda one: (one.source, one.source_record_id)))
    names = _preferred(ordered, "names")[0].facts
    facts = Facts(
        family_name=names.family_name,
        given_names=names.given_names,
        date_of_birth=_preferred(ordered, "date_of_birth")[0].facts.date_of_birth,
        authority=_preferred(ordered, "authority")[0].facts.authority,
        known_as=_first(ordered, "known_as", lambda facts: facts.known_as),
        former_names=_other_names(ordered, names),
        sex=_first(ordered, "sex", _said_sex) or _first(ordered, "sex", lambda facts: facts.sex),
        nhs_number=_first(ordered, "nhs_number", lambda facts: facts.nhs_number),
        upn=_first(ordered, "upn", lambda facts: facts.upn),
        address=_current_address(ordered),
        carers=_carers(ordered),
        involvements=_involvements(ordered),
        date_of_death=_date_of_death(ordered),
    )
    return Child(
        number=number,
        facts=facts,
        contributions=ordered,
        former_addresses=_former_addresses(ordered, facts.address),
        nhs_numbers=_all(ordered, lambda facts: facts.nhs_number),
        upns=_all(ordered, lambda facts: facts.upn),
    )


def renew(before: Contribution | None, now: Contribution) -> Contribution:
    """Return `now` with the names and addresses that the same source's earlier row gave.

    A new row replaces the old one, but a former name or address is never lost.
    """
    if before is None:
        return now
    own = now.facts
    old = (*before.facts.former_names, _name_of(before.facts))
    former_names = _distinct_names((*own.former_names, *old), own)
    addresses = (*before.former_addresses, *_said(before.facts.address))
    return replace(
        now,
        facts=replace(own, former_names=former_names),
        former_addresses=_distinct_addresses(addresses, own.address),
    )


def _preferred(contributions: Contributions, field: str) -> list[Contribution]:
    """Return the contributions in the order in which they are believed for `field`."""
    sources = preferences()[field]

    def rank(one: Contribution) -> tuple[int, str, str]:
        place = sources.index(one.source) if one.source in sources else len(sources)
        return (place, one.source, one.source_record_id)

    return sorted(contributions, key=rank)


def _first(contributions: Contributions, field: str, said: Callable[[Facts], str]) -> str:
    return next((text for one in _preferred(contributions, field) if (text := said(one.facts))), "")


def _date_of_death(contributions: Contributions) -> date | None:
    preferred = _preferred(contributions, "date_of_death")
    return next((one.facts.date_of_death for one in preferred if one.facts.date_of_death), None)


def _said_sex(facts: Facts) -> str:
    return facts.sex if facts.sex in ("female", "male") else ""


def _all(contributions: Contributions, said: Callable[[Facts], str]) -> tuple[str, ...]:
    return tuple(sorted({text for one in contributions if (text := said(one.facts))}))


def _name_of(facts: Facts) -> FormerName:
    return FormerName(facts.given_names, facts.family_name)


def _other_names(contributions: Contributions, current: Facts) -> tuple[FormerName, ...]:
    names: list[FormerName] = []
    for one in _preferred(contributions, "names"):
        names += [_name_of(one.facts), *one.facts.former_names]
        if one.facts.known_as:
            names.append(FormerName(one.facts.known_as, one.facts.family_name))
    known_as = _first(contributions, "known_as", lambda facts: facts.known_as)
    also = FormerName(known_as, current.family_name)
    return tuple(name for name in _distinct_names(names, current) if not _same(name, also))


def _same(one: FormerName, other: FormerName) -> bool:
    return _folded(one) == _folded(other)


def _folded(name: FormerName) -> tuple[str, str]:
    return (name.given_names.casefold(), name.family_name.casefold())


def _distinct_names(names: Iterable[FormerName], current: Facts) -> tuple[FormerName, ...]:
    distinct = {_folded(name): name for name in sorted(names, key=_spelling)}
    distinct.pop(_folded(_name_of(current)), None)
    return tuple(distinct[key] for key in sorted(distinct))


def _spelling(name: FormerName) -> tuple[str, str]:
    return (name.given_names, name.family_name)


def _said(address: Address | None) -> tuple[Address, ...]:
    return (address,) if address else ()


def _current_address(contributions: Contributions) -> Address | None:
    preferred = _preferred(contributions, "address")
    return next((one.facts.address for one in preferred if one.facts.address), None)


def _former_addresses(contributions: Contributions, current: Address | None) -> tuple[Address, ...]:
    addresses: list[Address] = []
    for one in contributions:
        addresses += [*_said(one.facts.address), *one.former_addresses]
    return _distinct_addresses(addresses, current)


def _distinct_addresses(
    addresses: Iterable[Address], current: Address | None
) -> tuple[Address, ...]:
    def place(address: Address) -> tuple[str, ...]:
        lines = " ".join(address.lines).casefold()
        return (address.postcode, lines, address.town.casefold())

    spelled = sorted(addresses, key=lambda one: (one.postcode, one.lines, one.town))
    distinct = {place(address): address for address in spelled}
    if current:
        distinct.pop(place(current), None)
    return tuple(distinct[key] for key in sorted(distinct))


def _carers(contributions: Contributions) -> tuple[Carer, ...]:
    """Every carer once, by name; a later source only fills in what the first did not say."""
    carers: dict[str, Carer] = {}
    for one in _preferred(contributions, "carers"):
        for carer in one.facts.carers:
            known = carers.get(carer.name.casefold(), carer)
            carers[carer.name.casefold()] = replace(
                known,
                relationship=known.relationship or carer.relationship,
                phone=known.phone or carer.phone,
            )
    return tuple(carers.values())


def _involvements(contributions: Contributions) -> tuple[Involvement, ...]:
    """Every involvement of every source, with the source that told us; a sensitive service's
    source would tell which it is."""
    return tuple(
        involvement if involvement.sensitive else replace(involvement, source=one.source)
        for one in contributions
        for involvement in one.facts.involvements
    )
