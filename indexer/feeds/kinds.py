"""Reads single values, one function a kind: what a text, a number or a date must be."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Annotated, Any, Literal

from msgspec import Meta

from analyzers.numbers import compact_number, is_nhs_number, is_upn
from analyzers.postcodes import parse_postcode
from indexer.feeds.shapes import Read, Wrong

FORMULA = "=@"
FORMULA_IN_NAMES = "=@+-"  # elsewhere `+` begins a phone number

_PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AUTHORITY = re.compile(r"[0-9]{3}")
# C0, DEL, C1, line separators, and what turns the direction of the text around it (it can make one
# name look like another); joiners stay, for names in Persian and Malayalam are written with them.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Kind:
    """How a value is read. `quick` is the type of which every value of a line in which no text is
    odd (indexer/feeds/quick.py) is right as it is, or, if `is_rough`, still to be read."""

    read: Read
    quick: Any
    is_rough: bool = False


def kind_of(row: dict[str, str]) -> Kind:
    """Return the kind of a row of fields.csv; a text that is required must not be empty."""
    if row["kind"] == "one_of":
        values = tuple(row["about"].split(" or "))
        return Kind(partial(one_of, values=values), Literal[values])
    if row["kind"] in _CODES:
        return Kind(partial(_CODES[row["kind"]], limit=int(row["limit"])), str, is_rough=True)
    if row["kind"] not in _TEXTS:
        return _OTHERS[row["kind"]]
    read = partial(_TEXTS[row["kind"]], limit=int(row["limit"]))
    length = Meta(max_length=int(row["limit"]), min_length=int(bool(row["required"])))
    return Kind(_filled(read) if row["required"] else read, Annotated[str, length])


def text(said: Any, limit: int, formula: str = FORMULA) -> str:
    """Read a text: one space between words and none around, for spaces are never part of it."""
    words = " ".join(plain_text(said, limit).split())
    _refuse_formula(words, formula)
    return words


def record_id(said: Any, limit: int) -> str:
    """Read a source's own number: kept as it is written, spaces too."""
    value = plain_text(said, limit)
    _refuse_formula(value, FORMULA)
    return value if value.strip() else ""


def _refuse_formula(value: str, formula: str) -> None:
    if value and value[0] in formula:
        raise Wrong(f"Begins with one of {' '.join(formula)}, as a spreadsheet's formula does.")


def plain_text(said: Any, limit: int) -> str:
    if not isinstance(said, str):
        raise Wrong("Must be a text.")
    if len(said) > limit:
        raise Wrong(f"Longer than {limit} characters.")
    if not said.isprintable() and _CONTROL.search(said):
        raise Wrong("Holds a control character, as a tab or a line's end is.")
    return said


def _filled(read: Callable[[Any], str]) -> Read:
    def read_filled(said: Any) -> str:
        if value := read(said):
            return value
        raise Wrong("Is empty.")

    return read_filled


def number(said: Any, limit: int, is_right: Callable[[str], bool], message: str) -> str:
    value = compact_number(plain_text(said, limit))
    if value and not is_right(value):
        raise Wrong(message)
    return value


def one_of(said: Any, values: tuple[str, ...]) -> str:
    if not isinstance(said, str) or said not in values:
        raise Wrong(f"Must be one of: {', '.join(values)}.")
    return said


def authority(said: Any) -> str:
    if not isinstance(said, str) or not _AUTHORITY.fullmatch(said):
        raise Wrong("Must be a three-digit local authority code.")
    return said


def postcode(said: Any, limit: int) -> str:
    found = parse_postcode(value := plain_text(said, limit))
    if value.strip() and not (found and found.inward):
        raise Wrong("Not a whole UK postcode.")
    return str(found or "")


def day(said: Any) -> date:
    """Read a date as 2014-03-09 and in no other way: Python reads 20140309 and 2014-W10-7 too."""
    if not isinstance(said, str):
        raise Wrong("Not a date; write it as 2014-03-09, in quotes.")
    return _day(said)


@lru_cache(maxsize=1 << 15)  # all days of a childhood and of involvements
def _day(said: str) -> date:
    if not _PLAIN_DATE.fullmatch(said):
        raise Wrong("Not a date; write it as 2014-03-09.")
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Wrong("There is no such day.") from None


def true_or_false(said: Any) -> bool:
    """Read `true` or `false`: to Python, 1 and 1.0 are equal to True."""
    if not isinstance(said, bool):
        raise Wrong("Must be true or false.")
    return said


_nhs = partial(
    number, is_right=is_nhs_number, message="Not an NHS number: 10 digits whose last one checks."
)
_upn = partial(
    number, is_right=is_upn, message="Not a UPN: 13 characters whose first letter checks."
)

_TEXTS: dict[str, Callable[..., str]] = {
    "text": text,
    "name": partial(text, formula=FORMULA_IN_NAMES),
    "record_id": record_id,
}
_CODES: dict[str, Callable[..., str]] = {"nhs_number": _nhs, "upn": _upn, "postcode": postcode}
_OTHERS = {
    "authority": Kind(authority, Annotated[str, Meta(pattern=rf"\A{_AUTHORITY.pattern}\Z")]),
    "day": Kind(day, date),
    "true_or_false": Kind(true_or_false, bool),
}
