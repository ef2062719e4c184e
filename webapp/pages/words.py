"""How codes, dates and phone numbers are written on a page: the filters of the templates."""

import csv
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import url_for
from markupsafe import Markup

from indexer.people.authorities import authority_names

LONDON = ZoneInfo("Europe/London")

# One number as people write it, ended by its own length, so that a second one after a space is not
# taken into it: 11 digits from a 0, 12 from +44, and 15, the most there are (ITU-T E.164), else.
_GAP = r"[\s().\-\u2010-\u2015]*"
_NUMBER = re.compile(
    rf"\(?0(?:{_GAP}\d){{9,10}}"
    rf"|\+44(?:\s*\(0\))?{_GAP}\d(?:{_GAP}\d){{8,9}}"
    rf"|\+?\d(?:{_GAP}\d){{2,14}}"
)
_EXTENSION = re.compile(r"[\s,;]*(?:extension|extn|ext|x)[\s.:]*(\d{1,6})\b", re.IGNORECASE)
_TRUNK_ZERO, _NOT_A_DIGIT = re.compile(r"(?<=\d)\s*\(0\)"), re.compile(r"\D")
_GROUPS = {10: (3, 3, 4), 12: (4, 4, 4)}  # NHS numbers as the NHS prints them; ContactPoint's own
_MONTHS_A_YEAR, _DAYS_A_WEEK = 12, 7


@cache
def _words() -> dict[tuple[str, str], str]:
    with Path(__file__).with_name("words.csv").open(newline="", encoding="utf-8") as lines:
        return {(row["kind"], row["code"]): row["words"] for row in csv.DictReader(lines)}


def in_words(code: str, kind: str) -> str:
    """Return the words of a code; of an unknown one, the code as a phrase."""
    phrase = code.replace("-", " ").replace("_", " ")
    return _words().get((kind, code), phrase[:1].upper() + phrase[1:])


def service_choices() -> dict[str, str]:
    """Return the services a practitioner may be of: code → words."""
    services = {code: words for (kind, code), words in _words().items() if kind == "service"}
    return {code: words for code, words in services.items() if code != "sensitive"}


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
    return f"{day(value.astimezone(LONDON))} {clock(value)}"


def clock(value: datetime) -> str:
    """Return at 2:05am, as clocks in England show it."""
    local = value.astimezone(LONDON)
    return f"at {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004


def day_of_stamp(stamp: str) -> str:
    """Return the day of an ISO time, in England."""
    return day(datetime.fromisoformat(stamp).astimezone(LONDON))


def told_at(source: str, last_told: dict[str, str]) -> str:
    """Return when the source last said something (UTC, ISO); "" where nobody knows."""
    return last_told.get(source, "")


def dialled(phone: str) -> str:
    """Return what a telephone dials, as RFC 3966 writes it; of two numbers the first.

    Empty where there is no number: "ask at reception".
    """
    _, written, _ = _around_number(phone)
    plus, digits = written.startswith("+"), _NOT_A_DIGIT.sub("", _TRUNK_ZERO.sub("", written))
    extension = _EXTENSION.search(written)
    if extension:
        digits = digits.removesuffix(extension[1])
    return ("+" if plus else "") + digits + (f";ext={extension[1]}" if extension else "")


def phone_link(phone: str) -> str:
    """Return what was written, the first number in it as a link that dials it."""
    before, written, after = _around_number(phone)
    link = Markup('{}<a class="govuk-link" href="tel:{}">{}</a>{}')
    return link.format(before, dialled(phone), written, after) if written else phone


def _around_number(phone: str) -> tuple[str, str, str]:
    """Return what stands before the first number, the number with its extension, and the rest."""
    found = _NUMBER.search(phone)
    if not found:
        return phone, "", ""
    extension = _EXTENSION.match(phone, found.end())
    end = extension.end() if extension else found.end()
    return phone[: found.start()], phone[found.start() : end], phone[end:]


def helpdesk_words(name: str, phone: str) -> str:
    """Return whom to call, as it stands in the middle of a sentence."""
    return Markup("{} on {}").format(name, phone_link(phone)) if phone else name


def grouped(number: str) -> str:
    """Return a number in groups, to be read aloud: 943 476 5919; any other as it is."""
    sizes = _GROUPS.get(len(number), (len(number),))
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return " ".join(number[end - size : end] for end, size in zip(ends, sizes, strict=True))


def age_words(age: int, born: date, today: date) -> str:
    """Return how old a child is: in years, of an infant in months, weeks, or "newborn"."""
    if age > 0:
        return _count(age, "year")
    months = (today.year - born.year) * _MONTHS_A_YEAR + today.month - born.month
    months -= today.day < born.day
    weeks = (today - born).days // _DAYS_A_WEEK
    if months > 0:
        return _count(months, "month")
    return _count(weeks, "week") if weeks > 0 else "newborn"


def _count(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'} old"


def sentence(text: str) -> str:
    """Return an error's words as a sentence: from a capital to a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


FILTERS: dict[str, Callable[..., str]] = {
    "in_words": in_words,
    "source_words": source_words,
    "authority_words": authority_words,
    "day": day,
    "moment": moment,
    "clock": clock,
    "day_of_stamp": day_of_stamp,
    "told_at": told_at,
    "sentence": sentence,
    "phone_link": phone_link,
    "grouped": grouped,
    "age_words": age_words,
}


def asset(folder: Path) -> Callable[[str], str]:
    """Return the function that gives a file's address, which changes with its content."""

    @cache
    def version(name: str) -> str:
        file = folder / name
        return sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else "none"

    return lambda name: url_for("static", filename=name, v=version(name))
