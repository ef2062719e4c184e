"""What sources get wrong about the same child, at the rates of mistakes.csv.

Knows nothing of how names are compared: these are the slips of people at keyboards and forms.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random

from anyascii import anyascii

from indexer.invented.chance import happens, one_of
from indexer.invented.names import short_names
from indexer.invented.people import is_child
from indexer.invented.places import Home
from indexer.invented.tables import grouped, rows

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_MISSPELT = 3
LAST_MONTH = 12


@dataclass(frozen=True)
class Heard:
    """What a source believes of a child: the truth, until mistakes are made."""

    given: tuple[str, ...]
    family: str
    former_family: str
    born: date
    sex: str
    home: Home


@cache
def rates(source: str) -> dict[str, float]:
    """Return kind of mistake → how many in 100 rows."""
    return {row["kind"]: float(row["percent"]) for row in grouped("mistakes", "source")[source]}


@cache
def misspellings() -> tuple[tuple[str, str], ...]:
    return tuple((row["right"], row["wrong"]) for row in rows("misspellings"))


def slip(rng: Random, word: str) -> str:
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
    return slip(rng, word)


def swap_day_and_month(born: date, today: date) -> date:
    """Return the date with day and month changed places where that is a child's birthday too."""
    if born.day > LAST_MONTH:
        return born
    swapped = date(born.year, born.day, born.month)
    return swapped if is_child(swapped, today) else born


def mistake_day(rng: Random, born: date, today: date) -> date:
    """Return a date one, ten or twenty days off where that is a child's birthday too."""
    wrong = born + timedelta(days=one_of(rng, (-20, -10, -1, 1, 10, 20)))
    return wrong if is_child(wrong, today) else born


def mishear_given(rng: Random, heard: Heard, rate: dict[str, float]) -> Heard:
    given = heard.given
    if happens(rng, rate["no_middle_names"]):
        given = given[:1]
    if given[0] in short_names() and happens(rng, rate["short_given_name"]):
        given = (one_of(rng, short_names()[given[0]]), *given[1:])
    if happens(rng, rate["misspelt_given_name"]):
        given = (misspell(rng, given[0]), *given[1:])
    return replace(heard, given=given) if given != heard.given else heard


def mishear_family(rng: Random, heard: Heard, rate: dict[str, float]) -> Heard:
    if heard.former_family and happens(rng, rate["old_family_name"]):
        heard = replace(heard, family=heard.former_family, former_family="")
    if happens(rng, rate["misspelt_family_name"]):
        heard = replace(heard, family=misspell(rng, heard.family))
    if happens(rng, rate["plain_letters"]) and not heard.family.isascii():
        plain = tuple(anyascii(name) for name in heard.given)
        heard = replace(heard, given=plain, family=anyascii(heard.family))
    return heard


def mistake_date(rng: Random, heard: Heard, rate: dict[str, float], today: date) -> Heard:
    if happens(rng, rate["swapped_day_and_month"]):
        return replace(heard, born=swap_day_and_month(heard.born, today))
    if happens(rng, rate["wrong_day"]):
        return replace(heard, born=mistake_day(rng, heard.born, today))
    return heard


def mishear(rng: Random, source: str, heard: Heard, former_home: Home | None, today: date) -> Heard:
    """Return what this source believes of a child."""
    rate = rates(source)
    heard = mishear_given(rng, heard, rate)
    heard = mishear_family(rng, heard, rate)
    heard = mistake_date(rng, heard, rate, today)
    if former_home and happens(rng, rate["old_address"]):
        heard = replace(heard, home=former_home)
    if happens(rng, rate["sex_not_said"]):
        heard = replace(heard, sex="")
    return heard
