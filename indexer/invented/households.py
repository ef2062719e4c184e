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
from indexer.invented.tables import rates

LARGEST = 5
SIZES = tuple(
    size
    for size in range(1, LARGEST + 1)
    for _ in range(round(rates("households")[f"children_{size}"] * 10))
)
CHILDREN_IN_BLOCK = sum(SIZES)

CARER_BORN = 2008  # the oldest fashion there is in the table of given names


Carer = dict[str, str]


@dataclass(frozen=True)
class Household:
    """`former_home` is None if they never moved."""

    home: Home
    former_home: Home | None
    carers: tuple[Carer, ...]
    children: tuple[Person, ...]


def make_carers(rng: Random, origin: Origin, surname: Surname) -> tuple[Carer, ...]:
    """Return one or two carers: nearly always a mother, mostly a father too."""
    rate = rates("households")
    if happens(rng, rate["carer_not_a_parent"]):
        relationship = one_of(rng, ("grandmother", "foster carer", "aunt", "guardian"))
        return (make_carer(rng, origin, "female", relationship, family_name(rng, origin.name)),)
    own_name = happens(rng, rate["mother_with_own_family_name"])
    family = family_name(rng, origin.name) if own_name else surname.shared
    mother = make_carer(rng, origin, "female", "mother", family)
    if happens(rng, rate["mother_alone"]):
        return (mother,)
    return (mother, make_carer(rng, origin, "male", "father", surname.shared))


def make_carer(rng: Random, origin: Origin, sex: str, relationship: str, family: str) -> Carer:
    given = first_name(rng, origin, sex, CARER_BORN)
    name = f"{given} {form_for(family, origin.name, sex)}"
    # One of the numbers Ofcom keeps for drama.
    phone = f"07700 900{int(rng.random() * 1000):03}"
    return {"name": name, "relationship": relationship, "phone": phone}


def pick_former_home(rng: Random, home: Home) -> Home | None:
    """Return where they lived before, if they moved; mostly in the same authority."""
    rate = rates("households")
    if not happens(rng, rate["moved"]):
        return None
    stayed = happens(rng, rate["moved_within_authority"])
    return pick_home(rng, home.authority if stayed else pick_authority(rng))


def make_household(rng: Random, first_number: int, count: int, today: date) -> Household:
    origin = origins().pick(rng)
    home = pick_home(rng, pick_authority(rng))
    former_home = pick_former_home(rng, home)
    children, surname = make_children(rng, first_number, count, origin, today)
    return Household(home, former_home, make_carers(rng, origin, surname), children)


def make_block(seed: int, block: int, today: date) -> Iterator[Household]:
    """Yield the households of a block."""
    rng = stream(seed, block)
    sizes = list(SIZES)
    rng.shuffle(sizes)
    number = block * CHILDREN_IN_BLOCK
    for size in sizes:
        yield make_household(rng, number, size, today)
        number += size
