"""What each of the four sources says of a child: the rows of its feed."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

from indexer.invented import numbers
from indexer.invented.chance import happens
from indexer.invented.households import Household
from indexer.invented.mistakes import Heard, mishear
from indexer.invented.people import Person
from indexer.invented.services import STARTING_AGE, involvements, is_at, school_start
from indexer.invented.tables import rows

Row = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """How many in 100 children a source knows, and how much of each.

    `authority` is empty for a source that knows all of England; `at_school` is true of one that
    knows a child from the first day of school. `spaced` is how it writes NHS numbers.
    """

    name: str
    prefix: str
    authority: str
    at_school: bool
    percent: float
    nhs_number_percent: float
    upn_percent: float
    carers_percent: float
    known_as_percent: float
    spaced: bool


@cache
def sources() -> tuple[Source, ...]:
    return tuple(
        Source(
            name=row["source"],
            prefix=row["prefix"],
            authority=row["authority"],
            at_school=row["at_school"] == "yes",
            percent=float(row["percent"]),
            nhs_number_percent=float(row["nhs_number_percent"]),
            upn_percent=float(row["upn_percent"]),
            carers_percent=float(row["carers_percent"]),
            known_as_percent=float(row["known_as_percent"]),
            spaced=row["spaced_nhs_number"] == "yes",
        )
        for row in rows("sources")
    )


def is_known(
    rng: Random, source: Source, household: Household, person: Person, today: date
) -> bool:
    """Say whether the source has a row about this child."""
    if source.authority and source.authority != household.home.authority.code:
        return False
    if source.at_school and not is_at(STARTING_AGE, person.born, today):
        return False
    return happens(rng, source.percent)


def spaced(nhs_number: str) -> str:
    return f"{nhs_number[:3]} {nhs_number[3:6]} {nhs_number[6:]}"


def numbers_row(
    rng: Random, source: Source, household: Household, person: Person, today: date
) -> Row:
    """Return the id, and the NHS number and UPN if this source knows them."""
    row: Row = {"source_record_id": numbers.record_id(source.prefix, person.number)}
    if happens(rng, source.nhs_number_percent):
        number = numbers.nhs_number(person.number)
        row["nhs_number"] = spaced(number) if source.spaced else number
    if happens(rng, source.upn_percent) and is_at(STARTING_AGE, person.born, today):
        year = school_start(person.born, STARTING_AGE).year
        row["upn"] = numbers.upn(person.number, household.home.authority.code, year)
    return row


def names_row(rng: Random, source: Source, person: Person, heard: Heard) -> Row:
    """Return the names, date of birth and sex as this source heard them."""
    row: Row = {"given_names": " ".join(heard.given), "family_name": heard.family}
    if person.known_as and happens(rng, source.known_as_percent):
        row["known_as"] = person.known_as
    if heard.former_family and happens(rng, 60):
        row["former_names"] = [{"given_names": heard.given[0], "family_name": heard.former_family}]
    row["date_of_birth"] = heard.born.isoformat()
    if heard.sex:
        row["sex"] = heard.sex
    return row


def contacts_row(rng: Random, source: Source, household: Household, heard: Heard) -> Row:
    """Return address, authority and carers; an old address does not change the authority."""
    row: Row = {
        "address": {
            "lines": list(heard.home.lines),
            "town": heard.home.town,
            "postcode": heard.home.postcode,
        },
        "authority": household.home.authority.code,
    }
    if happens(rng, source.carers_percent):
        row["carers"] = [
            {"name": carer.name, "relationship": carer.relationship, "phone": carer.phone}
            for carer in household.carers
        ]
    return row


def build_row(
    rng: Random, source: Source, household: Household, person: Person, today: date
) -> Row:
    """Return the source's row about a child, as FORMATS.md writes it."""
    truth = Heard(
        person.given,
        person.family,
        person.former_family,
        person.born,
        person.sex,
        household.home,
    )
    heard = mishear(rng, source.name, truth, household.former_home, today)
    row = numbers_row(rng, source, household, person, today)
    row |= names_row(rng, source, person, heard)
    row |= contacts_row(rng, source, household, heard)
    known = involvements(rng, source.name, household.home, person.born, today)
    if known:
        row["involvements"] = known
    return row
