"""Where invented people live: real authorities, towns and postcode districts, made-up streets."""

from dataclasses import dataclass
from functools import cache
from random import Random

from indexer.invented.chance import Weighted, happens
from indexer.invented.tables import grouped, rates, records, words
from indexer.people.authorities import authority_names

# A feed of one authority's social care knows only children there. Wigan is made larger than life,
# so that this feed is about 3 in 100 of all children, and its record worth looking at.
SHOWCASE = "359"

INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # never C I K M O V (Royal Mail)
UNITS = len(INWARD_LETTERS) ** 2
SECTORS = 9
STREET_MIX = 2_654_435_761  # so that streets of neighbouring postcodes have unlike names


@dataclass(frozen=True)
class Authority:
    """A local authority, and its residents in thousands.

    `phone_stem` is the start of numbers Ofcom keeps for drama.
    """

    code: str
    residents: float
    phone_stem: str

    @property
    def name(self) -> str:
        return authority_names()[self.code]


@dataclass(frozen=True)
class Home:
    """An address, and where it is."""

    authority: Authority
    lines: tuple[str, ...]
    town: str
    postcode: str


@cache
def authorities() -> dict[str, Authority]:
    return {authority.code: authority for authority in records("authorities", Authority)}


@cache
def by_residents() -> Weighted[Authority]:
    return Weighted((authority, authority.residents) for authority in authorities().values())


@cache
def districts() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return authority code → (town, postcode district) pairs."""
    return {
        code: tuple((row["town"], name) for row in group for name in row["districts"].split())
        for code, group in grouped("towns", "authority").items()
    }


@cache
def streets() -> tuple[str, ...]:
    kinds = words("place_words", "kind")
    return tuple(f"{name} {kind}" for name in words("place_words", "street") for kind in kinds)


def pick_authority(rng: Random) -> Authority:
    if happens(rng, rates("households")["put_in_wigan"]):
        return authorities()[SHOWCASE]
    return by_residents().pick(rng)


def inward(place: int) -> str:
    """Return the second half of a postcode: a sector's digit and two letters."""
    sector, unit = divmod(place, UNITS)
    first, second = divmod(unit, len(INWARD_LETTERS))
    return f"{sector + 1}{INWARD_LETTERS[first]}{INWARD_LETTERS[second]}"


def pick_home(rng: Random, authority: Authority) -> Home:
    """Return a home; all homes of one postcode are in one street, as they are in England."""
    pairs = districts()[authority.code]
    number = int(rng.random() * len(pairs))
    place = int(rng.random() * SECTORS * UNITS)
    town, district = pairs[number]
    street_number = (int(authority.code) * 10_000_000 + number * 10_000 + place) * STREET_MIX >> 8
    street = streets()[street_number % len(streets())]
    house = int(rng.random() ** 2 * 150) + 1  # low numbers are the commonest
    is_flat = happens(rng, rates("households")["in_a_flat"])
    flat = (f"Flat {int(rng.random() * 30) + 1}",) if is_flat else ()
    return Home(authority, (*flat, f"{house} {street}"), town, f"{district} {inward(place)}")
