"""The evidence of date of birth, postcode, sex and authority."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

from analyzers.closeness import BornKind, closeness
from analyzers.compare.evidence import Evidence, weigh
from analyzers.dates import last_of_month
from analyzers.identity import Born, Identity
from analyzers.postcodes import Postcode, parse_postcode

_KNOWN_SEXES = ("female", "male")


def fact_evidence(asked: Identity, stored: Identity) -> Iterator[Evidence]:
    """Yield the evidence of all but the names, for what was asked and nothing else."""
    if asked.born:
        yield _born(asked.born, stored.born.day if stored.born else None)
    if asked.postcodes and (postcode := parse_postcode(asked.postcodes[0])):
        yield _postcode(postcode, stored.postcodes, stored.former_postcodes)
    if asked.sex in _KNOWN_SEXES:
        yield _plain("sex", asked.sex, stored.sex if stored.sex in _KNOWN_SEXES else "")
    if asked.authority:
        yield _plain("authority", asked.authority, stored.authority)


@lru_cache(maxsize=1 << 13)
def _born(asked: Born, day: date | None) -> Evidence:
    if not day:
        return weigh("born", "unknown", "no date of birth recorded")
    kind = closeness(asked, day)
    return weigh("born", kind or "different", _born_sentence(kind, asked, day))


def _born_sentence(kind: BornKind | None, asked: Born, day: date) -> str:
    if asked.day:
        return _days_apart(asked.day, day) if kind == "near" else _DAY_SENTENCES[kind]
    return _RANGE_SENTENCES[_width(asked)][kind]


def _days_apart(asked: date, day: date) -> str:
    days = (day - asked).days
    count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return f"born {count} {'later' if days > 0 else 'earlier'} than typed"


_DAY_SENTENCES: dict[BornKind | None, str] = {
    "same": "born on the same day",
    "swapped": "day and month of birth are swapped",
    "digit": "one digit of the date of birth differs",
    "month": "born in the same month, on another day",
    "year": "year of birth is the same",
    "next_year": "year of birth is one out",
    None: "date of birth is different",
}
_RANGE_SENTENCES: dict[str, dict[BornKind | None, str]] = {
    "year": {
        "within": "year of birth is the same",
        "next_year": "year of birth is one out",
        None: "year of birth is different",
    },
    "month": {
        "within": "month and year of birth are the same",
        "year": "year of birth is the same",
        "next_year": "year of birth is one out",
        None: "date of birth is different",
    },
    "age": {
        "within": "age is right",
        "year": "age is less than a year out",
        "next_year": "age is one or two years out",
        None: "age is different",
    },
}


def _width(asked: Born) -> str:
    first, last = asked.earliest, asked.latest
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return "year"
    return "month" if first.day == 1 and last == last_of_month(first) else "age"


@lru_cache(maxsize=1 << 13)
def _postcode(asked: Postcode, current: Sequence[str], former: Sequence[str]) -> Evidence:
    now, before = _read(current), _read(former)
    if any(_is_met(asked, found) for found in now):
        said = "postcode is the same" if asked.inward else f"lives in {asked}"
        return weigh("postcode", "same", said)
    if any(_is_met(asked, found) for found in before):
        said = f"old postcode {asked}" if asked.inward else f"used to live in {asked}"
        return weigh("postcode", "former", said)
    return _near_postcode(asked, now, before)


def _near_postcode(
    asked: Postcode, now: Sequence[Postcode], before: Sequence[Postcode]
) -> Evidence:
    slips = [(slip, found) for found in now if (slip := _slip(asked, found))]
    if slips:
        slip, found = slips[0]
        return weigh("postcode", "character", f"{slip}: {asked} for {found}")
    if any(asked.outward == found.outward for found in now):
        return weigh("postcode", "outward", f"another postcode in {asked.outward}")
    if any(asked.outward == found.outward for found in before):
        return weigh("postcode", "outward", f"used to live in {asked.outward}")
    if not now:
        return weigh("postcode", "unknown", "no postcode recorded")
    return weigh("postcode", "different", "postcode is different")


def _read(texts: Sequence[str]) -> list[Postcode]:
    return [found for text in texts if (found := parse_postcode(text))]


def _is_met(asked: Postcode, found: Postcode) -> bool:
    return asked.outward == found.outward and asked.inward in ("", found.inward)


def _slip(asked: Postcode, found: Postcode) -> str:
    """Say what is wrong with one or two characters of a whole postcode, if that is all."""
    one, other = asked.outward + asked.inward, found.outward + found.inward
    if not (asked.inward and found.inward) or len(one) != len(other):
        return ""
    places = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    first, last = places[0], places[-1]
    if first == last:
        return "one character differs"
    is_swapped = last == first + 1 and one[first] == other[last] and one[last] == other[first]
    return "two characters are swapped" if is_swapped else ""


@lru_cache(maxsize=1 << 10)
def _plain(about: Literal["sex", "authority"], asked: str, stored: str) -> Evidence:
    if not stored:
        return weigh(about, "unknown", f"{about} is not recorded")
    if asked == stored:
        return weigh(about, "same", f"{about} is the same")
    return weigh(about, "different", f"{about} is different")
