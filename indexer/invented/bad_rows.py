"""Rows with exactly one thing wrong, each breaking another rule of FORMATS.md in turn."""

from collections.abc import Callable
from datetime import date
from typing import Any

import orjson

Row = dict[str, Any]
Breaker = Callable[[Row, date], Row | bytes]


def with_value(field: str, value: object) -> Breaker:
    return lambda row, _: {**row, field: value}


def without(field: str) -> Breaker:
    return lambda row, _: {name: value for name, value in row.items() if name != field}


def with_wrong_check(row: Row, _: date) -> Row:
    """An NHS number whose last digit is one too high."""
    number = row["nhs_number"]
    return {**row, "nhs_number": number[:-1] + str((int(number[-1]) + 1) % 10)}


def cut_short(row: Row, _: date) -> bytes:
    """A line that breaks off in the middle."""
    line = orjson.dumps(row)
    return line[: len(line) // 2]


BREAKERS: dict[str, Breaker] = {
    "no family name": without("family_name"),
    "empty family name": with_value("family_name", ""),
    "family name too long": with_value("family_name", "A" * 101),
    "no date of birth": without("date_of_birth"),
    "born in the future": lambda row, today: {**row, "date_of_birth": f"{today.year + 2}-01-01"},
    "an adult": lambda row, today: {**row, "date_of_birth": f"{today.year - 20}-01-01"},
    "31 February": with_value("date_of_birth", "2015-02-31"),
    "a date not in ISO form": with_value("date_of_birth", "09/03/2015"),
    "wrong check digit of NHS number": with_wrong_check,
    "NHS number too short": with_value("nhs_number", "99912345"),
    "wrong check letter of UPN": with_value("upn", "B000000000000"),  # A is right
    "no such sex": with_value("sex", "girl"),
    "not a postcode": with_value("address", {"postcode": "WN99 9ZZZ"}),
    "no authority": without("authority"),
    "authority not three digits": with_value("authority", "E08000010"),
    "no source record id": without("source_record_id"),
    "source record id too long": with_value("source_record_id", "X" * 65),
    "no such service": with_value("involvements", [{"service": "circus", "organisation": "Ring"}]),
    "unknown field": with_value("favourite_colour", "green"),
    "sets a shield": with_value("shielded", True),
    "clears a shield": with_value("shielded", False),
    "family name is a number": with_value("family_name", 7),
    "carers is not a list": with_value("carers", "mother"),
    "a list instead of a row": lambda row, _: orjson.dumps([row["family_name"]]),
    "breaks off in the middle": cut_short,
}


def bad_line(row: Row, number: int, today: date) -> bytes:
    """Return one line of a feed, made from a good GP's row, that breaks the `number`th rule."""
    named = {**row, "source_record_id": f"BAD-{number:06}"}
    named.pop("date_of_death", None)  # a death before the birth would be a second thing wrong
    broken = list(BREAKERS.values())[number % len(BREAKERS)](named, today)
    return (broken if isinstance(broken, bytes) else orjson.dumps(broken)) + b"\n"
