"""Turns the lines of a feed into valid rows, or into what is wrong with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson
from marshmallow import Schema, ValidationError
from marshmallow.exceptions import SCHEMA

from analyzers.numbers import compact_number
from analyzers.postcodes import parse_postcode
from indexer.children.child import Address, Carer, Facts, FormerName, Involvement
from indexer.feeds.schema import FIELD_NAMES, RowSchema, WithdrawnSchema

READING_VERSION = b"1"
"""Part of every digest: raise it when a row is understood differently, so that it is read again."""

OTHER_SYSTEMS_FIELDS = frozenset(
    ("shield", "shielded", "is_shielded", "id", "title", "surname", "forename", "first_name")
    + ("last_name", "dob", "age", "gender", "ethnicity", "school", "gp", "telephone", "deleted")
)
LIKE_A_FIELD = 0.85  # 0..1; at 0.75 the names "tom", "leah", "cole" and "carter" are like a field


@dataclass(frozen=True)
class Row:
    """A valid row. `facts` is None for a withdrawn one; `digest` is equal for equal rows."""

    number: int
    source_record_id: str
    digest: str
    facts: Facts | None


@dataclass(frozen=True)
class Reject:
    """What is wrong with a row, without what the row said."""

    number: int
    source_record_id: str | None
    errors: dict[str, Any]


class RowReader:
    """Reads rows as of one day; a row is checked in about 100 microseconds."""

    def __init__(self, today: date) -> None:
        self._row_schema = RowSchema(today)
        self._withdrawn_schema = WithdrawnSchema()

    def read(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Row | Reject]:
        """Yield a Row or a Reject for every line, in order."""
        seen: set[str] = set()
        for number, line in lines:
            row = self._read_line(number, line)
            if isinstance(row, Row) and row.source_record_id in seen:
                message = "Stands in this file already; the first row with it was used."
                row = Reject(number, row.source_record_id, {"source_record_id": [message]})
            elif isinstance(row, Row):
                seen.add(row.source_record_id)
            yield row

    def _read_line(self, number: int, line: bytes) -> Row | Reject:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            return Reject(number, None, {"row": ["Not valid JSON in UTF-8."]})
        if not isinstance(row, dict):
            return Reject(number, None, {"row": ["Not a JSON object."]})
        is_withdrawn = row.get("withdrawn") is True
        schema: Schema = self._withdrawn_schema if is_withdrawn else self._row_schema
        if row.get("withdrawn") is False:
            del row["withdrawn"]
        try:
            values: dict[str, Any] = schema.load(row)
        except ValidationError as error:
            return Reject(number, _record_id(row), _without_values(error.messages_dict))
        facts = None if values.get("withdrawn") else _facts(values)
        return Row(number, values["source_record_id"], _digest(row), facts)


def _record_id(row: dict[str, Any]) -> str | None:
    record_id = row.get("source_record_id")
    return record_id if isinstance(record_id, str) and len(record_id) <= 64 else None  # noqa: PLR2004


def _without_values(errors: Any) -> Any:
    """An unknown field's name is the row's own text, and may be a person's name: it is kept only
    if it can hardly be anything but a field. A number is a place in a list."""
    if not isinstance(errors, dict):
        return errors
    return {
        str(name)
        if isinstance(name, int) or _is_like_a_field(name)
        else "unknown field": _without_values(inner)
        for name, inner in errors.items()
    }


@lru_cache(maxsize=1_000)  # a column that is wrong is wrong in every row
def _is_like_a_field(name: str) -> bool:
    if name in FIELD_NAMES or name in OTHER_SYSTEMS_FIELDS or name == SCHEMA:
        return True
    return bool(get_close_matches(name, FIELD_NAMES, 1, LIKE_A_FIELD))


def _digest(row: dict[str, Any]) -> str:
    canonical = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    return blake2b(READING_VERSION + canonical, digest_size=16).hexdigest()


def _facts(values: dict[str, Any]) -> Facts:
    return Facts(
        family_name=_squeeze(values["family_name"]),
        date_of_birth=values["date_of_birth"],
        authority=values["authority"],
        given_names=_squeeze(values.get("given_names", "")),
        known_as=_squeeze(values.get("known_as", "")),
        former_names=tuple(
            FormerName(**{name: _squeeze(text) for name, text in former.items()})
            for former in values.get("former_names", ())
        ),
        sex=values.get("sex", ""),
        nhs_number=compact_number(values.get("nhs_number", "")),
        upn=compact_number(values.get("upn", "")),
        address=_address(values.get("address")),
        carers=tuple(Carer(**carer) for carer in values.get("carers", ())),
        involvements=tuple(_involvement(one) for one in values.get("involvements", ())),
        date_of_death=values.get("date_of_death"),
    )


def _squeeze(text: str) -> str:
    """One space between words and none around: spaces are never part of a name."""
    return " ".join(text.split())


def _address(values: dict[str, Any] | None) -> Address | None:
    if not values:
        return None
    postcode = parse_postcode(values.get("postcode", ""))
    return Address(
        lines=tuple(values.get("lines", ())),
        town=_squeeze(values.get("town", "")),
        postcode=str(postcode or ""),
    )


def _involvement(values: dict[str, Any]) -> Involvement:
    """Who and where a sensitive service is stops here: nothing behind this line ever knows it."""
    if values.get("sensitive"):
        start, end = values.get("start"), values.get("end")
        return Involvement("sensitive", start=start, end=end, sensitive=True)
    return Involvement(**values)
