"""Reads lines of JSON as what rows say."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any

import msgspec
import orjson

from indexer.feeds.columns import FeedForm, column_of, line_digest, put
from indexer.feeds.lines import TOO_LONG, Line, cut_off, is_ended
from indexer.feeds.rows import Reject, Unread, reject

RECORD_ID = "source_record_id"
LONGEST_ASKED = 200  # letters: a record id is asked for before it is checked
RecordId = Annotated[str, msgspec.Meta(max_length=LONGEST_ASKED)]
TWICE = "Says a field twice."


def read_json(lines: Iterator[Line], form: FeedForm, name: str) -> Iterator[Unread | Reject]:
    """Yield each line, blank ones left out; raises FeedRefused if the last is cut off."""
    record_id = _record_id_reader(form)
    digest = line_digest(form)
    for number, line in lines:
        if line is None:
            yield reject(number, TOO_LONG)
        elif not line.isspace():
            if not is_ended(line) and isinstance(_read_line(number, line), Reject):
                raise cut_off(name, number - 1)
            said = partial(_said, number, line, form)
            yield Unread(
                number, record_id(line), digest(line.strip()), said, "" if form.columns else line
            )


def _record_id_reader(form: FeedForm) -> Callable[[str], str | None]:
    """Return how a line's record id is found without a look at the rest: in a microsecond."""
    theirs = next((one for one, ours in form.columns.items() if ours == RECORD_ID), RECORD_ID)
    shape = msgspec.defstruct("Named", [("record_id", RecordId, msgspec.field(name=theirs))])
    decode = msgspec.json.Decoder(shape).decode

    def record_id(line: str) -> str | None:
        try:
            return decode(line).record_id or None  # type: ignore[attr-defined]
        except (msgspec.MsgspecError, RecursionError):
            return None

    return record_id


def _said(number: int, line: str, form: FeedForm) -> dict[str, Any] | Reject:
    said = _read_line(number, line)
    return _renamed(number, said, form) if form.columns else said


def _read_line(number: int, line: str) -> dict[str, Any] | Reject:
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return reject(number, "Not valid JSON.")
    if not isinstance(said, dict):
        return reject(number, "Not a JSON object.")
    try:
        return reject(number, TWICE) if _says_twice(line, said) else said
    except orjson.JSONEncodeError:  # it reads deeper than it writes
        return reject(number, "Nested deeper than any row is.")


def _says_twice(line: str, said: dict[str, Any]) -> bool:
    """A parser keeps the last of two equal names, and says nothing.

    Every name stands before a colon, and no parser adds one: a line with as many colons as what
    was read of it lost no name. Only a colon written as an escape upsets the sum.
    """
    if "\\u003" not in line:
        return line.count(":") != orjson.dumps(said).count(b":")
    try:
        json.loads(line, object_pairs_hook=_refuse_twice)
    except (ValueError, RecursionError):
        return True
    return False


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError
    return names


def _renamed(number: int, said: dict[str, Any] | Reject, form: FeedForm) -> dict[str, Any] | Reject:
    """Give the fields of the row our names; those in lists and objects keep theirs."""
    if isinstance(said, Reject):
        return said
    row = {name: value for name, value in said.items() if name not in form.columns}
    for theirs in form.columns.keys() & said.keys():
        column = column_of(form.columns[theirs])
        if column and not put(row, column.path, said[theirs]):
            return reject(number, TWICE)
    return row
