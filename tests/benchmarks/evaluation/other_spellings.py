"""Names as others hear them, and as they are written at home."""

import re
from functools import cache
from random import Random

from tests.benchmarks.evaluation.tables import table

SHORTEST = 3  # letters of a name that is respelt by ear
IN_CYRILLIC = frozenset({"slavic"})
PATTERNS = {"any": "{}", "start": "^{}", "end": "{}$"}


@cache
def rules(origin: str) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return where letters stand, what is written for them, and the rule's name."""
    return tuple(
        (
            re.compile(PATTERNS[row["where"]].format(re.escape(row["heard"])), re.IGNORECASE),
            row["written"],
            f"{row['origin']}: {row['heard']} → {row['written']} ({row['where']})",
        )
        for row in table("sounds")
        if row["origin"] in ("any", origin)
    )


def sounds_alike(name: str, origin: str, rng: Random) -> tuple[str, str] | None:
    """Return the name as it may be written by ear, and the rule; None if no rule fits it."""
    if len(name) < SHORTEST:
        return None
    ways = [
        (name[: match.start()] + written + name[match.end() :], rule)
        for heard, written, rule in rules(origin)
        for match in heard.finditer(name)
    ]
    ways = [(way, rule) for way, rule in ways if way.strip() and way.casefold() != name.casefold()]
    if not ways:
        return None
    way, rule = rng.choice(ways)
    return (way[0].upper() + way[1:], rule)


@cache
def written_at_home() -> dict[str, str]:
    return {row["name"].casefold(): row["written"] for row in table("scripts")}


@cache
def cyrillic() -> tuple[tuple[str, str], ...]:
    return tuple((row["letters"], row["written"]) for row in table("cyrillic"))


def in_cyrillic(name: str) -> str:
    name = name.lower()
    for letters, written in cyrillic():
        name = name.replace(letters, written)
    return name.capitalize()


def other_script(name: str, origin: str) -> str:
    """Return the name in the letters of its own language, or as it is if those are not known."""
    known = written_at_home().get(name.casefold())
    if known:
        return known
    return (
        in_cyrillic(name) if origin in IN_CYRILLIC and name.isascii() and name.isalpha() else name
    )
