"""The services in contact with an invented child, and the people to reach there."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from random import Random
from typing import Any

from indexer.age import age_in_years
from indexer.invented.chance import happens, one_of, stream
from indexer.invented.names import family_name, origins
from indexer.invented.places import Authority, Home, pick_home
from indexer.invented.tables import records, words

CHILDREN_OF_1000_RESIDENTS = 210
PUPILS = {"primary": 280, "secondary": 1_000, "practice": 2_000}  # children in one, about
SECONDARY_AGE = 11
STARTING_AGE = 4


@dataclass(frozen=True)
class Service:
    """A kind of involvement, and how many in 100 children of what ages a source knows in it."""

    source: str
    service: str
    organisation: str
    role: str
    percent: float
    from_age: int
    to_age: int
    sensitive: bool
    lead: bool


@cache
def services_of(source: str) -> tuple[Service, ...]:
    return tuple(one for one in records("services", Service) if one.source == source)


def school_start(born: date, age: int) -> date:
    """Return the 1 September on which someone of that age in years starts the school year."""
    year = born.year + age + (1 if (born.month, born.day) >= (9, 1) else 0)
    return date(year, 9, 1)


@lru_cache(maxsize=200_000)
def contact(name: str, role: str, phone_stem: str, team_member: int) -> dict[str, str]:
    """Return who is reached there, and how: always the same for the same arguments."""
    rng = stream("contact", name, role, team_member)
    practitioner = (
        f"{one_of(rng, 'ABCDEGHJKLMNPRSTW')}. {family_name(rng, origins().pick(rng).name)}"
    )
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "")).strip("-")
    return {
        "organisation": name,
        "practitioner": practitioner,
        "role": role,
        "phone": f"{phone_stem}{int(rng.random() * 1000):03}",
        "email": f"{slug}@example.org",
    }


def pick_place(kind: str, home: Home) -> int:
    """Return the number of the school or practice nearest to a home, in its authority."""
    children = home.authority.residents * CHILDREN_OF_1000_RESIDENTS
    return sum(map(ord, home.postcode[:-2])) * 7 % max(1, int(children / PUPILS[kind]))


@lru_cache(maxsize=100_000)
def place_name(kind: str, authority: Authority, number: int) -> str:
    """Return the name of a school or practice: half are named after a saint."""
    rng = stream(kind, authority.code, number)
    own = one_of(rng, words("place_words", "street"))
    saint = one_of(rng, words("place_words", "saint"))
    endings = {
        "primary": (f"{saint} Primary School", f"{own} Primary School", f"{own} Lane Primary"),
        "secondary": (f"{saint} High School", f"{own} Academy", f"{own} Park School"),
        "practice": (f"{own} Surgery", f"{own} Road Medical Centre", f"{own} House Practice"),
    }
    return f"{one_of(rng, endings[kind])}, {pick_home(rng, authority).town}"


def is_at(stage_age: int, born: date, today: date) -> bool:
    """Say whether the school year that starts at this age has begun for someone."""
    return school_start(born, stage_age) <= today


def organisation_name(pattern: str, home: Home, is_secondary: bool) -> str:
    """Fill in a pattern of services.csv: {school}, {practice}, {authority} or {town}."""
    if pattern not in ("{school}", "{practice}"):
        return pattern.format(authority=home.authority.name, town=home.town)
    school = "secondary" if is_secondary else "primary"
    kind = school if pattern == "{school}" else "practice"
    return place_name(kind, home.authority, pick_place(kind, home))


def began(rng: Random, service: Service, born: date, today: date) -> date:
    """Return since when: a school from a 1 September, others from some day since they could."""
    if service.service == "school":
        return school_start(
            born, SECONDARY_AGE if is_at(SECONDARY_AGE, born, today) else STARTING_AGE
        )
    days = (today - born).days - int(service.from_age * 365.25)
    return today - timedelta(days=int(rng.random() * max(days, 1)))


def involvement(
    rng: Random, service: Service, home: Home, born: date, today: date
) -> dict[str, Any]:
    """Return one involvement as FORMATS.md writes it."""
    name = organisation_name(service.organisation, home, is_at(SECONDARY_AGE, born, today))
    members = 1 if service.role == "Head teacher" else 4
    member = int(rng.random() * members)
    return {
        "service": service.service,
        **contact(name, service.role, home.authority.phone_stem, member),
        "from": began(rng, service, born, today).isoformat(),
        "to": None,
        "sensitive": service.sensitive,
        "lead": service.lead,
    }


def involvements(
    rng: Random, source: str, home: Home, born: date, today: date
) -> list[dict[str, Any]]:
    """Return the involvements of a child that one source knows."""
    age = age_in_years(born, today)
    return [
        involvement(rng, service, home, born, today)
        for service in services_of(source)
        if service.from_age <= age <= service.to_age and happens(rng, service.percent)
    ]
