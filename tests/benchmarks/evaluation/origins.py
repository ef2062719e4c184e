"""Which group of name origin a child most likely belongs to, from the invented tables alone."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from anyascii import anyascii

from indexer.invented.names import Tail, form_for
from indexer.invented.tables import grouped, records, rows

Shares = dict[str, tuple[tuple[str, float], ...]]
"""Name → origins in which it is borne, and by what share of those."""

HARDLY = 1e-6  # the share of a given name that no table has under an origin
UNKNOWN = ""


def plain(name: str) -> str:
    """Return the name in small letters without accents: some sources write none."""
    return (name if name.isascii() else anyascii(name)).casefold()


@cache
def percents() -> dict[str, float]:
    """Return origin → children in 100."""
    found: dict[str, float] = defaultdict(float)
    for row in rows("origins"):
        found[row["name"]] += float(row["percent"])
    return dict(found)


@cache
def english_given() -> dict[str, float]:
    """Return origin → share of its children who bear English given names."""
    found: dict[str, float] = defaultdict(float)
    for row in rows("origins"):
        part = float(row["percent"]) / percents()[row["name"]]
        found[row["name"]] += part * float(row["english_given"]) / 100
    return dict(found)


def tail_names(tail: Tail) -> Iterator[tuple[str, float]]:
    size = len(tail.starts) * len(tail.middles) * len(tail.ends)
    for rank in range(size):
        yield tail.name(rank), tail.percent / 100 / size


def of_tails(is_family: bool) -> Iterator[tuple[str, str, float]]:
    for tail in records("tails", Tail):
        if (tail.kind == "family") == is_family:
            yield from ((name, tail.origin, share) for name, share in tail_names(tail))


def known(table: str) -> Iterator[tuple[str, str, float]]:
    for origin, group in grouped(table, "origin").items():
        total = sum(float(row["weight"]) for row in group)
        for row in group:
            yield row["name"], origin, float(row["weight"]) / total


def gathered(names: Iterator[tuple[str, str, float]]) -> Shares:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for name, origin, share in names:
        group = found[plain(name)]
        group[origin] = group.get(origin, 0.0) + share
    return {name: tuple(group.items()) for name, group in found.items()}


def family_names() -> Iterator[tuple[str, str, float]]:
    for name, origin, share in (*known("family_names"), *of_tails(is_family=True)):
        yield name, origin, share
        feminine = form_for(name, origin, "female")
        if feminine != name:
            yield feminine, origin, share


def given_names() -> Iterator[tuple[str, str, float]]:
    for name, origin, share in (*known("given_names"), *of_tails(is_family=False)):
        yield name, origin, share * (1 - english_given().get(origin, 0.0))
        if origin == "english":
            for other, part in english_given().items():
                yield name, other, share * part


@cache
def family_shares() -> Shares:
    return gathered(family_names())


@cache
def given_shares() -> Shares:
    return gathered(given_names())


def borne_by(family: str) -> tuple[tuple[str, float], ...]:
    """Return the origins of a family name; of a double one those of its last known part."""
    shares = family_shares()
    found = shares.get(family)
    if found is None:
        parts = reversed(family.replace("-", " ").split())
        found = next((shares[part] for part in parts if part in shares), ())
    return found


def origin_of(given: str, family: str) -> str:
    """Return the likeliest origin of two names together; UNKNOWN if no table has the family's."""
    first = dict(given_shares().get(plain(given), ()))
    likely = [
        (percents()[origin] * share * (first.get(origin, 0.0) + HARDLY), origin)
        for origin, share in borne_by(plain(family))
    ]
    return max(likely)[1] if likely else UNKNOWN
