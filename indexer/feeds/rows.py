"""Turns what a row says into a valid row, or into what is wrong with it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from analyzers.numbers import has_known_upn_authority
from indexer.age import ADULT_YEARS, age_in_years
from indexer.children.child import Facts
from indexer.feeds.fields import ROW
from indexer.feeds.quick import quick_values
from indexer.feeds.shapes import Wrong

UNKNOWN_AUTHORITY = "upn: the authority in it is not on the list; the UPN was taken as it is."
NOT_PLAIN = "Its source_record_id stands where it is not looked for; see --columns."
BESIDE_WITHDRAWN = "A row with withdrawn: true may hold only source_record_id beside it."


class Row(msgspec.Struct, frozen=True):
    """A valid row; a withdrawn one has no facts. Warnings do not repeat what the row said."""

    number: int
    source_record_id: str
    digest: str
    facts: Facts | None
    warnings: tuple[str, ...] = ()


class Reject(msgspec.Struct, frozen=True):
    """What is wrong with a row, without what the row said: field (`carers.1.name`) → messages."""

    number: int
    source_record_id: str | None
    errors: dict[str, Any]


class Unread(msgspec.Struct, frozen=True):
    """A row before anything of it is checked: most rows of a feed that is loaded again need not be.

    `digest` is equal for what is written alike and understood alike. `source_record_id` is None
    where it is not plain to see. `said` makes out what the row says; `line` is the same as a line
    of JSON in our names, if there is one.
    """

    number: int
    source_record_id: str | None
    digest: str
    said: Callable[[], dict[str, Any] | Reject]
    line: str = ""

    def read(self, today: date) -> Row | Reject:
        """Read the row; `today` decides the future and adulthood."""
        found = self._read(today)
        if isinstance(found, Row) and found.source_record_id != self.source_record_id:
            return reject(self.number, NOT_PLAIN)  # others could have the same unseen
        return found

    def _read(self, today: date) -> Row | Reject:
        values = quick_values(self.line)
        if values and "withdrawn" not in values and not _date_errors(values, today):
            return _row(self.number, values, self.digest)
        said = self.said()
        if isinstance(said, Reject):
            return said
        return read_row(self.number, said, self.digest, today)


def read_row(number: int, said: dict[str, Any], digest: str, today: date) -> Row | Reject:
    """Return the valid row, or all that is wrong with it."""
    values, errors = ROW.read(said)
    if said.get("withdrawn") is True:
        errors = _withdrawn_errors(said, errors)
    else:
        errors.update(_date_errors(values, today))
    if errors:
        return Reject(number, _record_id(said), {name: [one] for name, one in errors.items()})
    if values.pop("withdrawn", False):
        return Row(number, values["source_record_id"], digest, None)
    return _row(number, values, digest)


def _row(number: int, values: dict[str, Any], digest: str) -> Row:
    record_id: str = values.pop("source_record_id")
    facts = Facts(**values)
    return Row(number, record_id, digest, facts, _warnings(facts.upn))


def reject(number: int, message: str, record_id: str | None = None) -> Reject:
    """A row of which nothing could be read."""
    return Reject(number, record_id, {"row": [message]})


def _withdrawn_errors(said: dict[str, Any], errors: dict[str, str]) -> dict[str, str]:
    beside = {name for name, value in said.items() if value is not None}
    own = {"source_record_id", "withdrawn"}
    kept = {name: one for name, one in errors.items() if name in own or name not in ROW.fields}
    return kept | ({"withdrawn": BESIDE_WITHDRAWN} if (beside & ROW.fields.keys()) - own else {})


def _date_errors(values: dict[str, Any], today: date) -> dict[str, str]:
    born, died = values.get("date_of_birth"), values.get("date_of_death")
    errors = {}
    if born and born > today:
        errors["date_of_birth"] = "Is in the future."
    elif born and age_in_years(born, today) >= ADULT_YEARS:
        errors["date_of_birth"] = "Is 18 or over; the index holds children only."
    if died and died > today:
        errors["date_of_death"] = "Is in the future."
    elif died and born and died < born:
        errors["date_of_death"] = "Is before date_of_birth."
    return errors


def _record_id(said: dict[str, Any]) -> str | None:
    """The record id, if it is one: a rejected row must name its record, or hide nothing else."""
    try:
        value: str = ROW.fields["source_record_id"].read(said.get("source_record_id"))
    except Wrong:
        return None
    return value


def _warnings(upn: str) -> tuple[str, ...]:
    known = not upn or has_known_upn_authority(upn)
    return () if known else (UNKNOWN_AUTHORITY,)
