"""What sources get wrong about the same child, at the rates of mistakes.csv.

Knows nothing of how names are compared: these are the slips of people at keyboards and forms.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from anyascii import anyascii

from indexer.invented.chance import happens, one_of
from indexer.invented.names import short_names
from indexer.invented.people import is_child
from indexer.invented.places import Home
from indexer.invented.tables import rates, rows

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_MISSPELT = 3
LAST_MONTH = 12
SYSTEM_STEP = 37  # neighbouring authorities have different systems
CAPITALISED = {"given_names", "family_name", "known_as", "name", "lines", "town"}


@dataclass(frozen=True)
class Heard:
    """What a source believes of a child: the truth, until mistakes are made."""

    given: tuple[str, ...]
    family: str
    former_family: str
    born: date
    sex: str
    home: Home
    former_home: Home | None
    is_newborn: bool


Slip = Callable[[Random, Heard], dict[str, Any]]


@cache
def misspellings() -> tuple[tuple[str, str], ...]:
    return tuple((row["right"], row["wrong"]) for row in rows("misspellings"))


def mistype(rng: Random, word: str) -> str:
    """Return the word with a letter left out, doubled, wrong, or changed places, not the first."""
    place = 1 + int(rng.random() * (len(word) - 2))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return one_of(
        rng,
        (
            before + after,
            before + letter + letter + after,
            before + one_of(rng, LETTERS) + after,
            before + after[:1] + letter + after[1:],
        ),
    )


def misspell(rng: Random, word: str) -> str:
    """Return the word as it sounds to someone else, or with a slip of the fingers."""
    if len(word) < SHORTEST_MISSPELT:
        return word
    fitting = [pair for pair in misspellings() if pair[0] in word[1:]]
    if fitting and happens(rng, 60):
        right, wrong = one_of(rng, fitting)
        return word[0] + word[1:].replace(right, wrong, 1)
    return mistype(rng, word)


def shorten(rng: Random, name: str) -> str:
    shorts = short_names().get(name)
    return one_of(rng, shorts) if shorts else name


# Kind of mistake → what is believed because of it, in the order in which they are made. How often
# is in mistakes.csv.
SLIPS: dict[str, Slip] = {
    "no_middle_names": lambda _, was: {"given": was.given[:1]},
    "short_given_name": lambda rng, was: {"given": (shorten(rng, was.given[0]), *was.given[1:])},
    "misspelt_given_name": lambda rng, was: {
        "given": (misspell(rng, was.given[0]), *was.given[1:])
    },
    "newborn_called_baby": lambda _, was: {"given": ("Baby",) if was.is_newborn else was.given},
    "newborn_without_given_name": lambda _, was: {"given": () if was.is_newborn else was.given},
    "old_family_name": lambda _, was: {"family": was.former_family or was.family},
    "misspelt_family_name": lambda rng, was: {"family": misspell(rng, was.family)},
    "swapped_given_and_family_name": lambda _, was: (
        {"given": (was.family,), "family": " ".join(was.given)} if was.given else {}
    ),
    "plain_letters": lambda _, was: (
        {"given": tuple(anyascii(name) for name in was.given), "family": anyascii(was.family)}
        if not f"{was.family}{was.given}".isascii()
        else {}
    ),
    "swapped_day_and_month": lambda _, was: (
        {"born": date(was.born.year, was.born.day, was.born.month)}
        if was.born.day <= LAST_MONTH
        else {}
    ),
    "wrong_day": lambda rng, was: {
        "born": was.born + timedelta(days=one_of(rng, (-20, -10, -1, 1, 10, 20)))
    },
    "first_of_january": lambda _, was: {"born": was.born.replace(month=1, day=1)},
    "old_address": lambda _, was: {"home": was.former_home or was.home},
    "sex_not_said": lambda _, was: {"sex": ""},
}


@cache
def slips_of(source: str) -> tuple[tuple[float, Slip], ...]:
    rate = rates("mistakes", source)
    return tuple((rate[kind], slip) for kind, slip in SLIPS.items() if rate[kind])


def mishear(rng: Random, source: str, truth: Heard, today: date) -> Heard:
    """Return what this source believes; no mistake takes a child out of childhood."""
    heard = truth
    for percent, slip in slips_of(source):
        if happens(rng, percent):
            heard = replace(heard, **slip(rng, heard))
    return heard if is_child(heard.born, today) else replace(heard, born=truth.born)


def is_in_capitals(source: str, authority: str) -> bool:
    """Say whether this source's system for an authority knows capital letters only."""
    return int(authority) * SYSTEM_STEP % 100 < rates("mistakes", source)["in_capitals"]


def in_capitals(value: Any, field: str = "") -> Any:
    """Return a row with its names and addresses in capitals."""
    if isinstance(value, dict):
        return {name: in_capitals(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [in_capitals(inner, field) for inner in value]
    return value.upper() if field in CAPITALISED else value
