"""Sets many shields at once, from lines that name a child, an authority and a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from indexer.errors import Refused
from indexer.people.actor import Actor
from indexer.shields.shielding import Outcome, Shielding
from indexer.shields.subject import Subject, parse_number

AT_ONCE = 200  # shields whose children are moved, and acknowledged, together

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
            subject = parse_number(line["child"])
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


def _enter(
    shielding: Shielding, subject: Subject, line: Mapping[str, str], officer: Actor
) -> Outcome:
    if line["authority"].strip() != officer.organisation:
        raise Refused(f"authority: you decide for {officer.organisation} alone")
    return shielding.enter(subject, officer, line["reason"])
