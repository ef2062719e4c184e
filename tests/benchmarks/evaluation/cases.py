"""The cases: what is typed, whom it means, and in which half it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import islice
from random import Random

from tests.benchmarks.evaluation.births import BIRTH_CLASSES, CRITERIA, Beside
from tests.benchmarks.evaluation.classes import CLASSES, ErrorClass
from tests.benchmarks.evaluation.feed_rows import Meant
from tests.benchmarks.evaluation.pools import Pools
from tests.benchmarks.evaluation.typed import Name, Typed, typed, whole

HALVES = ("tuning", "held", "all")
BESIDE, BY_HAND = "beside the name", "written by hand"  # families of cases that have no bar
CHILDREN_FOR_A_CASE = 4  # a class looks at so many children of a pool for each case it needs


@dataclass(frozen=True)
class Case:
    """One question and the row of the child it means.

    `entry` is what the halves go by: the entry of a table where the error is out of one, else the
    row. `weight` is how many children stand behind the case.
    """

    error: str
    family: str
    criterion: str
    origin: str
    row: str
    entry: str
    name: Typed
    beside: Beside
    weight: float = 1.0

    @property
    def typed(self) -> str:
        return f"{self.name.words} {self.beside.text}".strip()

    @cached_property
    def half(self) -> str:
        digest = sha256(f"{self.error}:{self.entry}".encode()).digest()
        return "tuning" if digest[0] % 2 else "held"

    @property
    def has_others_before(self) -> bool:
        """Is what is typed somebody else's, or nobody's? With every given name typed it is not."""
        if self.beside.typed != self.beside.meant:
            return True
        return self.name.name.how != "all given" and self.typed_name != self.name.name

    @property
    def typed_name(self) -> Name:
        """Those who bear the very name that is typed: they are likelier meant than the child."""
        return whole(self.name.given, self.name.family)


def of_half(cases: list[Case], half: str) -> list[Case]:
    return [case for case in cases if half in ("all", case.half)]


@dataclass(frozen=True)
class Draw:
    """Out of which children cases are made, how many for each class and origin, and by what
    chance; the same draw gives the same cases."""

    pools: Pools
    each: int
    seed: int
    today: date

    def children(self, origin: str, trait: str, rng: Random) -> list[Meant]:
        pool = self.pools.drawn.get((origin, trait), [])
        return rng.sample(pool, min(len(pool), self.each * CHILDREN_FOR_A_CASE))

    def chance(self, origin: str, error: str) -> Random:
        return Random(f"{self.seed}:{origin}:{error}")

    def weight(self, origin: str, trait: str, made: int) -> float:
        return self.pools.seen[origin, trait] / max(made, 1)


def draw_cases(pools: Pools, count: int, seed: int, today: date) -> list[Case]:
    """Return about `count` children for each class, of each origin as many as of any other, asked
    with each criterion."""
    origins = sorted({origin for origin, _ in pools.drawn})
    draw = Draw(pools, -(-count // max(len(origins), 1)), seed, today)
    found: list[Case] = []
    for origin in origins:
        for error in CLASSES:
            found += in_names(draw, error, origin)
        for error_beside in BIRTH_CLASSES:
            found += beside_names(draw, error_beside, origin)
    return found


def in_names(draw: Draw, error: ErrorClass, origin: str) -> Iterator[Case]:
    """Yield the cases of one class of error in names, each child with every criterion."""
    rng = draw.chance(origin, error.name)
    tried = (
        (meant, error.make(meant, origin, rng)) for meant in draw.children(origin, error.trait, rng)
    )
    made = list(islice(((meant, name) for meant, name in tried if name), draw.each))
    weight = draw.weight(origin, error.trait, len(made))
    for meant, name in made:
        entry = name.detail if error.by_detail else meant.row
        for criterion, say in CRITERIA.items():
            beside = say(meant, draw.today, rng)
            if beside:
                yield Case(
                    *(error.name, error.family, criterion, origin, meant.row, entry, name, beside),
                    weight=weight,
                )


def beside_names(draw: Draw, error: str, origin: str) -> Iterator[Case]:
    """Yield the cases of one class of error beside an exact name."""
    criterion, say = BIRTH_CLASSES[error]
    rng = draw.chance(origin, error)
    tried = ((meant, say(meant, draw.today, rng)) for meant in draw.children(origin, "any", rng))
    made = list(islice(((meant, beside) for meant, beside in tried if beside), draw.each))
    weight = draw.weight(origin, "any", len(made))
    for meant, beside in made:
        name = typed(meant)
        yield Case(
            *(error, BESIDE, criterion, origin, meant.row, meant.row, name, beside), weight=weight
        )
