"""The evidence of date of birth, postcode, sex and authority."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from analyzers.closeness import BornKind, closeness
from analyzers.compare.evidence import Evidence
from analyzers.dates import last_of_month
from analyzers.identity import Born, Identity
from analyzers.postcodes import Postcode, parse_postcode

_KNOWN_SEXES = ("female", "male")


def fact_evidence(asked: Identity, stored: Identity) -> Iterator[Evidence]:
    """Yield the evidence of all but the names, for what was asked and nothing else."""
    if asked.born:
        yield _born(asked.born, stored.born)
    if asked.postcodes and (postcode := parse_postcode(asked.postcodes[0])):
        yield _postcode_evidence(postcode, stored)
    if asked.sex in _KNOWN_SEXES:
        known = stored.sex if stored.sex in _KNOWN_SEXES else ""
        yield _plain("sex", asked.sex, known)
    if asked.authority:
        yield _plain("authority", asked.authority, stored.authority)


def _born(asked: Born, stored: Born | None) -> Evidence:
    day = stored.day if stored else None
    if not day:
        return Evidence("born", "unknown", "date of birth is not recorded")
    kind = closeness(asked, day)
    if kind is None:
        return Evidence("born", "different", "date of birth is different")
    return Evidence("born", kind, _born_sentence(kind, asked, day))


_BORN_SENTENCES: dict[BornKind, str] = {
    "same": "date of birth is the same",
    "swapped": "day and month of birth are swapped",
    "digit": "date of birth is one digit away",
    "month": "month and year of birth are the same",
    "year": "year of birth is the same",
}


def _born_sentence(kind: BornKind, asked: Born, day: date) -> str:
    if kind == "within":
        return _within_sentence(asked)
    if kind == "near" and asked.day:
        days = abs((asked.day - day).days)
        return f"date of birth is {days} {'day' if days == 1 else 'days'} away"
    if kind == "year" and asked.day is None:
        return "date of birth is close to what was asked"
    return _BORN_SENTENCES.get(kind, "year of birth is one away")


def _within_sentence(asked: Born) -> str:
    first, last = asked.earliest, asked.latest
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return _BORN_SENTENCES["year"]
    if first.day == 1 and last == last_of_month(first):
        return _BORN_SENTENCES["month"]
    return "age is as asked"


def _postcode_evidence(asked: Postcode, stored: Identity) -> Evidence:
    current = [found for text in stored.postcodes if (found := parse_postcode(text))]
    former = [found for text in stored.former_postcodes if (found := parse_postcode(text))]
    if _is_met(asked, current):
        part = "postcode" if asked.inward else "postcode area"
        return Evidence("postcode", "same", f"{part} is the same")
    if _is_met(asked, former):
        return Evidence("postcode", "former", f"{asked} is a former postcode")
    if any(asked.outward == found.outward for found in (*current, *former)):
        return Evidence("postcode", "outward", "postcode area is the same")
    if not current:
        return Evidence("postcode", "unknown", "postcode is not recorded")
    return Evidence("postcode", "different", "postcode is different")


def _is_met(asked: Postcode, stored: list[Postcode]) -> bool:
    return any(
        asked.outward == found.outward and asked.inward in ("", found.inward) for found in stored
    )


def _plain(about: Literal["sex", "authority"], asked: str, stored: str) -> Evidence:
    if not stored:
        return Evidence(about, "unknown", f"{about} is not recorded")
    if asked == stored:
        return Evidence(about, "same", f"{about} is the same")
    return Evidence(about, "different", f"{about} is different")
