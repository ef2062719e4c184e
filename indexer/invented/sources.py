"""What each of the four sources says of a child: the rows of its feed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

from indexer.invented import numbers
from indexer.invented.chance import happens, one_of
from indexer.invented.households import Household
from indexer.invented.mistakes import Heard, in_capitals, is_in_capitals, mishear
from indexer.invented.people import Person
from indexer.invented.services import STARTING_AGE, involvements, is_at, school_start
from indexer.invented.tables import rates, records

Row = dict[str, Any]
NEWBORN_DAYS = 42  # in which a birth must be registered


@dataclass(frozen=True)
class Source:
    """What a source is, how many in 100 children it knows, and in how many of those what.

    `authority` is empty for a source that knows all of England; `at_school` is true of one that
    knows a child from the first day of school. `spaced` is how it writes NHS numbers.
    `bytes_per_child` is what its feed and its part of the truth need on disk, for each child made.
    """

    name: str
    prefix: str
    authority: str
    at_school: bool
    spaced: bool
    bytes_per_child: int
    child: float
    nhs_number: float
    upn: float
    carers: float
    known_as: float
    death: float


@dataclass(frozen=True)
class Case:
    """The child that rows are about, in whose home, as of when."""

    household: Household
    person: Person
    today: date


@cache
def sources() -> dict[str, Source]:
    """Return name → source."""
    return {source.name: source for source in records("sources", Source)}


def is_known(rng: Random, source: Source, case: Case) -> bool:
    """Say whether the source has a row about this child."""
    if source.authority and source.authority != case.household.home.authority.code:
        return False
    if source.at_school and not is_at(STARTING_AGE, case.person.born, case.today):
        return False
    return happens(rng, source.child)


def nhs_number(rng: Random, source: Source, case: Case) -> str:
    """Return the child's NHS number, or very seldom that of a sibling."""
    owner = case.person
    if happens(rng, rates("mistakes", source.name)["number_of_a_sibling"]):
        siblings = [child for child in case.household.children if child is not owner]
        owner = one_of(rng, siblings or [owner])
    number = numbers.nhs_number(owner.number)
    return f"{number[:3]} {number[3:6]} {number[6:]}" if source.spaced else number


def numbers_row(rng: Random, source: Source, case: Case) -> Row:
    """Return the id, and the NHS number and UPN if this source knows them."""
    person = case.person
    row: Row = {"source_record_id": numbers.record_id(source.prefix, person.number)}
    if happens(rng, source.nhs_number):
        row["nhs_number"] = nhs_number(rng, source, case)
    if happens(rng, source.upn) and is_at(STARTING_AGE, person.born, case.today):
        year = school_start(person.born, STARTING_AGE).year
        row["upn"] = numbers.upn(person.number, case.household.home.authority.code, year)
    return row


def names_row(rng: Random, source: Source, person: Person, heard: Heard) -> Row:
    """Return the names as this source heard them; those of a baby may be missing or empty."""
    row: Row = {"given_names": " ".join(heard.given), "family_name": heard.family}
    if not heard.given:
        return row if happens(rng, 50) else {"family_name": heard.family}
    if person.known_as and happens(rng, source.known_as):
        row["known_as"] = person.known_as
    if heard.former_family not in ("", heard.family) and happens(rng, 60):
        row["former_names"] = [{"given_names": heard.given[0], "family_name": heard.former_family}]
    return row


def facts_row(rng: Random, source: Source, person: Person, heard: Heard) -> Row:
    """Return date of birth, sex and death; nobody dies before the birth, wrong as it may be."""
    row: Row = {"date_of_birth": heard.born.isoformat()}
    if person.died and happens(rng, source.death):
        row["date_of_death"] = max(person.died, heard.born).isoformat()
    if heard.sex:
        row["sex"] = heard.sex
    return row


def contacts_row(rng: Random, source: Source, household: Household, heard: Heard) -> Row:
    """Return address, authority and carers; an old address does not change the authority."""
    address = {"lines": list(heard.home.lines), "town": heard.home.town}
    if not happens(rng, rates("mistakes", source.name)["no_postcode"]):
        address["postcode"] = heard.home.postcode
    row: Row = {"address": address, "authority": household.home.authority.code}
    if happens(rng, source.carers):
        row["carers"] = household.carers
    return row


def build_row(rng: Random, source: Source, case: Case) -> Row:
    """Return the source's row about a child, as FORMATS.md writes it."""
    person, home = case.person, case.household.home
    truth = Heard(
        *(person.given, person.family, person.former_family, person.born, person.sex, home),
        former_home=case.household.former_home,
        is_newborn=(case.today - person.born).days < NEWBORN_DAYS,
    )
    heard = mishear(rng, source.name, truth, case.today)
    row = numbers_row(rng, source, case)
    row |= names_row(rng, source, person, heard)
    row |= facts_row(rng, source, person, heard)
    row |= contacts_row(rng, source, case.household, heard)
    known = involvements(rng, source.name, home, person.born, case.today)
    if known:
        row["involvements"] = known
    return in_capitals(row) if is_in_capitals(source.name, home.authority.code) else row


def rows_about(rng: Random, source: Source, case: Case) -> Iterator[Row]:
    """Yield the source's rows about a child: none, one, or now and then two under two ids."""
    if not is_known(rng, source, case):
        return
    yield build_row(rng, source, case)
    rate = rates("mistakes", source.name)
    if happens(rng, rate["twice"]):
        again = build_row(rng, source, case)
        again["source_record_id"] = numbers.record_id(source.prefix, case.person.number, 2)
        if happens(rng, rate["twice_without_nhs_number"]):
            again.pop("nhs_number", None)
        yield again
