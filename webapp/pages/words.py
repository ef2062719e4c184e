"""How codes, dates and phone numbers are written on a page: the filters of the templates."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import url_for

from indexer.people.organisations import authority_names

LONDON = ZoneInfo("Europe/London")


@cache
def _words() -> dict[tuple[str, str], str]:
    with Path(__file__).with_name("words.csv").open(newline="", encoding="utf-8") as lines:
        return {(row["kind"], row["code"]): row["words"] for row in csv.DictReader(lines)}


def in_words(code: str, kind: str) -> str:
    """Return the words of a code; of an unknown one, the code as a phrase."""
    phrase = code.replace("-", " ").replace("_", " ")
    return _words().get((kind, code), phrase[:1].upper() + phrase[1:])


def source_words(source: str) -> str:
    """Return a source's name; `social-care-359` is social care of the authority 359."""
    head, _, tail = source.rpartition("-")
    if tail in authority_names():
        return f"{in_words(head, 'source')}, {authority_names()[tail]}"
    return in_words(source, "source")


def authority_words(code: str) -> str:
    """Return the authority's name, the code if England has none such."""
    return authority_names().get(code, code)


def day(value: date) -> str:
    """Return 9 March 2014."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """Return 9 March 2014 at 2:05am, as clocks in England show it."""
    local = value.astimezone(LONDON)
    return f"{day(local)} at {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004


def day_of_stamp(stamp: str) -> str:
    """Return the day of an ISO time, in England."""
    return day(datetime.fromisoformat(stamp).astimezone(LONDON))


def dialled(phone: str) -> str:
    """Return what a telephone dials: digits, and a plus in front if there is one."""
    return ("+" if phone.strip().startswith("+") else "") + "".join(filter(str.isdigit, phone))


def full_name(given: str, family: str) -> str:
    return f"{given} {family}".strip()


FILTERS: dict[str, Callable[..., str]] = {
    "in_words": in_words,
    "source_words": source_words,
    "authority_words": authority_words,
    "day": day,
    "moment": moment,
    "day_of_stamp": day_of_stamp,
    "dialled": dialled,
}


def asset(folder: Path) -> Callable[[str], str]:
    """Return the function that gives a file's address, which changes with its content."""

    @cache
    def version(name: str) -> str:
        file = folder / name
        return sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else "none"

    return lambda name: url_for("static", filename=name, v=version(name))
