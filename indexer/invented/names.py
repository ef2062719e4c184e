"""Names invented people by origin and year of birth, with long tails of rare names."""

from dataclasses import dataclass
from functools import cache
from random import Random

from indexer.invented.chance import Weighted, happens, one_of
from indexer.invented.tables import grouped, records, rows

OLDEST_YEAR, YEARS_OF_FASHION = 2008, 18
TAIL_FROM = 300  # the rank of a tail's commonest name among all names, about
RANK_STEP = 2_654_435_761  # a prime: neighbours in rank share no syllables


@dataclass(frozen=True)
class Origin:
    """Where a family's names come from; `english_given` is how many in 100 have English ones."""

    name: str
    percent: float
    english_given: float


@dataclass(frozen=True)
class Tail:
    """A long tail of names put together from parts; `percent` of people have one.

    `kind` is `family`, `female` or `male`.
    """

    origin: str
    kind: str
    percent: float
    join: str
    starts: tuple[str, ...]
    middles: tuple[str, ...]
    ends: tuple[str, ...]

    def name(self, rank: int) -> str:
        """Return the name at a rank, 0 or more."""
        rank, start = divmod(rank, len(self.starts))
        rank, end = divmod(rank, len(self.ends))
        parts = (self.starts[start], self.middles[rank % len(self.middles)], self.ends[end])
        return self.join.join(part for part in parts if part)

    def pick(self, rng: Random) -> str:
        """Pick by Zipf's law from a rank on: rare names are many, and none outnumbers Smith."""
        size = len(self.starts) * len(self.middles) * len(self.ends)
        rank = int(TAIL_FROM * ((size / TAIL_FROM + 1) ** rng.random() - 1))
        return self.name(rank * RANK_STEP % size)


@cache
def origins() -> Weighted[Origin]:
    return Weighted((origin, origin.percent) for origin in records("origins", Origin))


@cache
def tails(origin: str, kind: str) -> tuple[Tail, ...]:
    return tuple(
        tail for tail in records("tails", Tail) if (tail.origin, tail.kind) == (origin, kind)
    )


def fashion(trend: str, year: int) -> float:
    """Return how much more or less often than usual a name was given in `year`."""
    along = min(max((year - OLDEST_YEAR) / YEARS_OF_FASHION, 0.0), 1.0)
    return {"rising": 0.4 + 1.2 * along, "falling": 1.6 - 1.2 * along, "steady": 1.0}[trend]


@cache
def given_names(origin: str, sex: str, year: int) -> Weighted[str]:
    return Weighted(
        (row["name"], float(row["weight"]) * fashion(row["trend"], year))
        for row in grouped("given_names", "origin")[origin]
        if row["sex"] == sex
    )


@cache
def known_family_names() -> dict[str, Weighted[str]]:
    return {
        origin: Weighted((row["name"], float(row["weight"])) for row in group)
        for origin, group in grouped("family_names", "origin").items()
    }


def rare_name(rng: Random, origin: str, kind: str) -> str:
    """Return a name from a long tail for as many as have one, else nothing."""
    for tail in tails(origin, kind):
        if happens(rng, tail.percent):
            return tail.pick(rng)
    return ""


def family_name(rng: Random, origin: str) -> str:
    return rare_name(rng, origin, "family") or known_family_names()[origin].pick(rng)


def first_name(rng: Random, origin: Origin, sex: str, year: int) -> str:
    name = "english" if happens(rng, origin.english_given) else origin.name
    return rare_name(rng, name, sex) or given_names(name, sex, year).pick(rng)


@cache
def middle_customs() -> dict[tuple[str, str], tuple[str, float]]:
    return {
        (row["origin"], row["sex"]): (row["name"], float(row["percent"]))
        for row in rows("middle_names")
    }


def middle_names(rng: Random, origin: Origin, sex: str, year: int) -> tuple[str, ...]:
    """Return no, one or two middle names; where there is a custom (Kaur, Singh), often that."""
    custom, percent = middle_customs().get((origin.name, sex), ("", 0.0))
    if happens(rng, percent):
        return (custom,)
    count = one_of(rng, (0, 0, 0, 1, 1, 1, 1, 1, 1, 2))
    return tuple(first_name(rng, origin, sex, year) for _ in range(count))


def form_for(family: str, origin: str, sex: str) -> str:
    """Return the form of a family name that a girl bears where the language has one."""
    if sex == "female":
        for row in grouped("feminine_endings", "origin").get(origin, ()):
            if family.endswith(row["ending"]):
                return family.removesuffix(row["ending"]) + row["feminine"]
    return family


@cache
def short_names() -> dict[str, tuple[str, ...]]:
    """Return given name → short forms. A table of this package's own: it must not know what the
    search knows, or a name missing there could never be missed."""
    groups = grouped("short_names", "given")
    return {given: tuple(row["short"] for row in group) for given, group in groups.items()}
