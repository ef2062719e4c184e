"""Sets many shields at once, from lines that say whom, for which authority, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from indexer.errors import Refused
from indexer.people.actor import Actor
from indexer.shields.shielding import Outcome, Shielding
from indexer.shields.subject import Subject, parse_subject

AT_ONCE = 200  # shields whose children are moved, and acknowledged, together

ALWAYS = frozenset({"authority", "reason"})
WHOM = (frozenset({"child"}), frozenset({"row"}), frozenset({"name", "born"}))
"""The columns, and those of which a line fills one set."""

Line = tuple[int, Mapping[str, str]]


@dataclass
class Imported:
    """How many were set and how many had been; the lines refused, with why."""

    new: int = 0
    standing: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_shields(shielding: Shielding, lines: Iterable[Line], officer: Actor) -> Imported:
    """Set a shield a line; when this returns all of them can no longer be found or shown.

    Raises Unavailable; the same lines can then be given again.
    """
    result, entered = Imported(), list[tuple[Outcome, Subject]]()
    for number, line in lines:
        try:
            subject = _whom(line)
            outcome = _enter(shielding, subject, line, officer)
        except Refused as error:
            result.refused.append((number, str(error)))
            continue
        result.new += outcome.is_new
        result.standing += not outcome.is_new
        entered.append((outcome, subject))
        if len(entered) == AT_ONCE:
            shielding.hide(entered, officer)
            entered = []
    if entered:
        shielding.hide(entered, officer)
    return result


def check_columns(columns: Iterable[str]) -> None:
    """Raise Refused unless these are columns from which shields can be read."""
    found = set(columns)
    told = [whom for whom in WHOM if whom <= found]
    if not (told and found == ALWAYS.union(*told)):
        raise Refused(
            "the columns must be authority, reason and one or more of: child; row; name and born"
        )


def _whom(line: Mapping[str, str]) -> Subject:
    child, row, name, born = (
        line.get(column, "").strip() for column in ("child", "row", "name", "born")
    )
    try:
        day = date.fromisoformat(born) if born else None
    except ValueError:
        raise Refused("born: write the date as YYYY-MM-DD") from None
    return parse_subject(child, row, name, day)


def _enter(
    shielding: Shielding, subject: Subject, line: Mapping[str, str], officer: Actor
) -> Outcome:
    if line["authority"].strip() != officer.organisation:
        raise Refused(f"authority: you decide for {officer.organisation} alone")
    return shielding.enter(subject, officer, line["reason"])
