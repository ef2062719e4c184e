"""Makes invented households: children, who cares for them, where they live and lived before.

Households come in blocks that always hold the same sizes in another order, so the place of every
block's first child is known without making those before it: blocks can be made anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from indexer.invented.chance import happens, one_of, stream
from indexer.invented.names import Origin, family_name, first_name, form_for, origins
from indexer.invented.people import Person, Surname, make_children
from indexer.invented.places import Home, pick_authority, pick_home

# Families with dependent children in the UK by number of children, 2023 (ONS, Families and
# households): 45% one, 41% two, 14% three or more.
SIZES = (1,) * 450 + (2,) * 410 + (3,) * 105 + (4,) * 25 + (5,) * 10
CHILDREN_IN_BLOCK = sum(SIZES)

CARER_BORN = 2008  # the oldest fashion there is in the table of given names


@dataclass(frozen=True)
class Carer:
    name: str
    relationship: str
    phone: str


@dataclass(frozen=True)
class Household:
    """`former_home` is None if they never moved."""

    home: Home
    former_home: Home | None
    carers: tuple[Carer, ...]
    children: tuple[Person, ...]


def mobile_number(rng: Random) -> str:
    """Return one of the mobile numbers Ofcom keeps for drama."""
    return f"07700 900{int(rng.random() * 1000):03}"


def make_carers(rng: Random, origin: Origin, surname: Surname) -> tuple[Carer, ...]:
    """Return one or two carers: nearly always a mother, in four of five homes a father too."""
    if happens(rng, 4):
        relationship = one_of(rng, ("grandmother", "foster carer", "aunt", "guardian"))
        return (make_carer(rng, origin, "female", relationship, family_name(rng, origin.name)),)
    own_name = happens(rng, 35)
    family = family_name(rng, origin.name) if own_name else surname.shared
    mother = make_carer(rng, origin, "female", "mother", family)
    if happens(rng, 20):
        return (mother,)
    return (mother, make_carer(rng, origin, "male", "father", surname.shared))


def make_carer(rng: Random, origin: Origin, sex: str, relationship: str, family: str) -> Carer:
    given = first_name(rng, origin, sex, CARER_BORN)
    name = f"{given} {form_for(family, origin.name, sex)}"
    return Carer(name, relationship, mobile_number(rng))


def pick_former_home(rng: Random, home: Home) -> Home | None:
    """Return where they lived before, for three in ten; mostly in the same authority."""
    if not happens(rng, 30):
        return None
    authority = home.authority if happens(rng, 80) else pick_authority(rng)
    return pick_home(rng, authority)


def make_household(rng: Random, first_number: int, count: int, today: date) -> Household:
    origin = origins().pick(rng)
    home = pick_home(rng, pick_authority(rng))
    former_home = pick_former_home(rng, home)
    children, surname = make_children(rng, first_number, count, origin, today)
    return Household(home, former_home, make_carers(rng, origin, surname), children)


def make_block(seed: int, block: int, today: date) -> Iterator[tuple[Random, Household]]:
    """Yield a block's households, each with the stream to go on with for its rows."""
    rng = stream(seed, block)
    sizes = list(SIZES)
    rng.shuffle(sizes)
    number = block * CHILDREN_IN_BLOCK
    for size in sizes:
        yield rng, make_household(rng, number, size, today)
        number += size
