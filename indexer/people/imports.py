"""Inviting many people at once, from a CSV with the columns `name` and `trained_on`."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from indexer.errors import Refused, Unavailable
from indexer.people.actor import Role
from indexer.people.passwords import make_password
from indexer.people.staff import Staff
from indexer.people.users import NewUser

NAME, TRAINED_ON = "name", "trained_on"
BROKEN_OFF = (
    "{}. It is not known if they were added: send this line again later, and if the name is taken "
    "then, invite them again"
)
NOT_REACHED = "was not reached, so nobody was added: send it again later"


@dataclass(frozen=True)
class Joining:
    """The organisation and role that all of a file get."""

    organisation: str
    role: Role = "practitioner"


@dataclass(frozen=True)
class Invited:
    """What became of one line, counted from the header as 1: the password to hand over, or why the
    person was not added."""

    line: int
    name: str
    password: str = ""
    error: str = ""


def invite_all(staff: Staff, lines: Iterable[str], joining: Joining) -> Iterator[Invited]:
    """Invite the person of every line, go on after one that is wrong, and stop where somebody
    cannot be added now: the passwords of those before are known to nobody else.

    Raises Refused if the header is not that of such a file.
    """
    rows = csv.DictReader(lines)
    if not {NAME, TRAINED_ON} >= set(rows.fieldnames or ()) >= {NAME}:
        raise Refused(f"The first line must be {NAME},{TRAINED_ON} (a day as 2026-03-09, or empty)")
    for row in rows:
        try:
            done = _invite(staff, rows.line_num, row, joining)
        except Unavailable as error:
            yield Invited(rows.line_num, _name(row), error=BROKEN_OFF.format(error))
            break
        yield done
    for row in rows:  # those that are left
        yield Invited(rows.line_num, _name(row), error=NOT_REACHED)


def _invite(staff: Staff, line: int, row: dict[str, str | None], joining: Joining) -> Invited:
    name = _name(row)
    try:
        trained_on = _day((row.get(TRAINED_ON) or "").strip(), staff.world.today())
        password = make_password()
        staff.invite(NewUser(name, joining.role, joining.organisation, password, trained_on))
    except Refused as error:
        return Invited(line, name, error=str(error))
    return Invited(line, name, password)


def _name(row: dict[str, str | None]) -> str:
    return (row.get(NAME) or "").strip().lower()


def _day(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("the day of training is written as 2026-03-09") from None
    if day and day > today:
        raise Refused("the day of training is in the future")
    return day
