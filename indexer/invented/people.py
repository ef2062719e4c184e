"""Makes the children of one household: birthdays, twins, and the names they share or do not."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from indexer.age import ADULT_YEARS, years_before
from indexer.invented.chance import happens, one_of
from indexer.invented.names import (
    Origin,
    family_name,
    first_name,
    form_for,
    middle_names,
    short_names,
)
from indexer.invented.tables import rates

LONGEST_SPAN_DAYS = 14 * 365
DAYS_TO_SPARE = 31  # nobody turns 18 in the month after, so that a feed stays valid that long
NEONATAL_DAYS = 28


@dataclass(frozen=True)
class Person:
    """An invented child, as things truly are. `former_family` is empty if it never changed.

    `died` is within the last year, or None: those who died before are not made up.
    """

    number: int
    born: date
    sex: str
    given: tuple[str, ...]
    family: str
    former_family: str
    known_as: str
    died: date | None


@dataclass(frozen=True)
class Surname:
    """The family names in one household: the first child's, that of half-siblings, and before."""

    shared: str
    of_later_children: str
    former: str


def is_child(born: date, today: date) -> bool:
    """Say whether someone born then is under 18, and stays so for a month."""
    return years_before(today, ADULT_YEARS) + timedelta(days=DAYS_TO_SPARE) < born < today


def births(rng: Random, count: int, today: date) -> list[date]:
    """Return birthdays of siblings, between a month short of 18 years ago and yesterday.

    One is drawn evenly and the others follow at intervals, round the end to the beginning again:
    so all ages are as likely. Twins have the same day.
    """
    range_days = (today - years_before(today, ADULT_YEARS)).days - DAYS_TO_SPARE
    ages = [int(rng.random() * range_days)]
    for _ in range(count - 1):
        between = (
            0 if happens(rng, rates("households")["twins"]) else 330 + int(rng.random() * 1_300)
        )
        ages.append(ages[-1] + between)
    if ages[-1] - ages[0] > LONGEST_SPAN_DAYS:
        shrink = LONGEST_SPAN_DAYS / (ages[-1] - ages[0])
        ages = [ages[0] + int((age - ages[0]) * shrink) for age in ages]
    return [today - timedelta(days=1 + age % range_days) for age in ages]


def pick_surname(rng: Random, origin: Origin) -> Surname:
    rate = rates("households")
    shared = family_name(rng, origin.name)
    if happens(rng, rate["double_barrelled"]):
        shared = f"{family_name(rng, origin.name)}-{shared}".replace(" ", "-")
    later = family_name(rng, origin.name) if happens(rng, rate["half_siblings"]) else shared
    former = family_name(rng, origin.name) if happens(rng, rate["changed_family_name"]) else ""
    return Surname(shared, later, former)


def pick_known_as(rng: Random, given: tuple[str, ...]) -> str:
    rate = rates("households")
    shorts = short_names().get(given[0])
    if shorts and happens(rng, rate["known_as_short_name"]):
        return one_of(rng, shorts)
    return given[1] if len(given) > 1 and happens(rng, rate["known_as_middle_name"]) else ""


def pick_death(rng: Random, born: date, today: date) -> date | None:
    """Return the day on which someone died, if that was in the year before `today`."""
    rate = rates("households")
    if happens(rng, rate["died_as_infant"]):
        early = happens(rng, rate["died_as_infant_within_28_days"])
        days = (
            int(rng.random() * NEONATAL_DAYS) if early else NEONATAL_DAYS + int(rng.random() * 337)
        )
    elif happens(rng, rate["died_later"]):
        days = 365 + int(rng.random() * 17 * 365)
    else:
        return None
    died = born + timedelta(days=days)
    return died if years_before(today, 1) < died < today else None


def pick_given(
    rng: Random, origin: Origin, sex: str, year: int, taken: set[str]
) -> tuple[str, ...]:
    """Return given names whose first none of the siblings bears."""
    first = first_name(rng, origin, sex, year)
    while first in taken:
        first = first_name(rng, origin, sex, year)
    taken.add(first)
    middles = middle_names(rng, origin, sex, year)
    return (first, *(name for name in middles if name != first))


def make_children(
    rng: Random, first_number: int, count: int, origin: Origin, today: date
) -> tuple[tuple[Person, ...], Surname]:
    surname = pick_surname(rng, origin)
    taken: set[str] = set()
    children = []
    for place, born in enumerate(births(rng, count, today)):
        sex = "male" if happens(rng, rates("households")["boys"]) else "female"
        given = pick_given(rng, origin, sex, born.year, taken)
        family = surname.of_later_children if place else surname.shared
        children.append(
            Person(
                number=first_number + place,
                born=born,
                sex=sex,
                given=given,
                family=form_for(family, origin.name, sex),
                former_family=form_for(surname.former, origin.name, sex),
                known_as=pick_known_as(rng, given),
                died=pick_death(rng, born, today),
            )
        )
    return tuple(children), surname
