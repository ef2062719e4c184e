"""Draws children from a feed of any size in one pass and flat memory."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from tests.benchmarks.evaluation.classes import accented
from tests.benchmarks.evaluation.feed_rows import Meant
from tests.benchmarks.evaluation.origins import UNKNOWN, origin_of
from tests.benchmarks.evaluation.other_spellings import IN_CYRILLIC, written_at_home
from tests.benchmarks.evaluation.tables import both_ways
from tests.benchmarks.evaluation.typed import parts

Trait = Callable[[Meant, str], bool]


def has_nickname(meant: Meant, _: str) -> bool:
    return meant.first.casefold() in both_ways("nicknames", "name", "short")


def has_other_spelling(meant: Meant, _: str) -> bool:
    others = both_ways("spellings", "name", "other")
    return meant.first.casefold() in others or meant.family.casefold() in others


def has_script(meant: Meant, origin: str) -> bool:
    known = written_at_home()
    is_known = meant.first.casefold() in known or meant.family.casefold() in known
    return is_known or origin in IN_CYRILLIC


def has_accents(meant: Meant, _: str) -> bool:
    if not meant.first.isascii() or not meant.family.isascii():
        return True
    return meant.first.casefold() in accented() or meant.family.casefold() in accented()


TRAITS: dict[str, Trait] = {
    "any": lambda _, __: True,
    "nickname": has_nickname,
    "spelling": has_other_spelling,
    "script": has_script,
    "accents": has_accents,
    "double": lambda meant, _: bool(parts(meant.first) or parts(meant.family)),
    "former": lambda meant, _: bool(meant.former),
    "known_as": lambda meant, _: bool(meant.known_as),
}


@dataclass
class Pools:
    """Drawn children by origin and trait, and how many there were to draw from."""

    size: int
    rng: Random
    drawn: dict[tuple[str, str], list[Meant]] = field(default_factory=dict)
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, meant: Meant, origin: str, trait: str) -> None:
        """Keep the child with the same chance as every other (reservoir sampling)."""
        key = (origin, trait)
        self.seen[key] += 1
        pool = self.drawn.setdefault(key, [])
        if len(pool) < self.size:
            pool.append(meant)
            return
        place = int(self.rng.random() * self.seen[key])
        if place < self.size:
            pool[place] = meant


def draw_children(children: Iterable[Meant], size: int, seed: int) -> Pools:
    """Return pools of at most `size` children; those whose origin no table tells are left out."""
    pools = Pools(size, Random(f"pools:{seed}"))
    for meant in children:
        origin = origin_of(meant.first, meant.family)
        if origin != UNKNOWN:
            for trait, holds in TRAITS.items():
                if holds(meant, origin):
                    pools.add(meant, origin, trait)
    return pools
