"""One person: training, a new invitation, shutting out and letting in again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from indexer.errors import NotAllowed, NotFound, Refused
from indexer.people.users import User
from webapp.pages import pages
from webapp.pages.desk.people import person_address, staff, state_of
from webapp.service import service

PARTS = ("year", "month", "day")
CHECKED = {
    "seen": "I have them in front of me, and know them or saw their staff card",
    "called": "I called them on the number that our staff directory has",
    "manager": "Their manager confirmed it to me, in person or by phone",
}


@dataclass(frozen=True)
class PersonPage:
    """`base` is the address of the page, below which its forms are sent; `password` is that of a
    new invitation, shown this once; `wrong` names the field that an error is about."""

    user: User
    state: str
    base: str
    checked: dict[str, str]
    password: str = ""
    wrong: str = ""
    error: str = ""


@pages.get("/people/person/<token>")
def person(token: str) -> str:
    return render_template("desk/person.html", page=build_person_page(_name(token)))


@pages.post("/people/person/<token>/training")
def record_training(token: str) -> ResponseReturnValue:
    name = _name(token)
    return _done(name, "day", lambda: staff().record_training(name, _typed_day()))


@pages.post("/people/person/<token>/active")
def set_active(token: str) -> ResponseReturnValue:
    name, is_active = _name(token), request.form.get("active") == "yes"
    return _done(name, "active", lambda: staff().set_active(name, is_active))


@pages.post("/people/person/<token>/invitation")
def invite_again(token: str) -> ResponseReturnValue:
    """Reset password and codes; the answer shows the new password, so it is no redirect."""
    name = _name(token)
    try:
        password = staff().invite_again(name, CHECKED.get(request.form.get("checked", ""), ""))
    except (NotAllowed, NotFound):
        raise
    except Refused as error:
        return _refused(name, "checked", error)
    return render_template("desk/person.html", page=build_person_page(name, password))


def build_person_page(
    name: str, password: str = "", wrong: str = "", error: str = ""
) -> PersonPage:
    """Return the page. Raises NotFound for a person of another organisation."""
    user = staff().person(name)
    state = state_of(user, service().world.today())
    return PersonPage(user, state, person_address(name), CHECKED, password, wrong, error)


def _name(token: str) -> str:
    return service().tokens.open("person", g.reader.name, token).text


def _done(name: str, wrong: str, change: Callable[[], object]) -> ResponseReturnValue:
    try:
        change()
    except (NotAllowed, NotFound):
        raise
    except Refused as error:
        return _refused(name, wrong, error)
    return redirect(person_address(name), 303)


def _refused(name: str, wrong: str, error: Refused) -> ResponseReturnValue:
    page = build_person_page(name, wrong=wrong, error=str(error))
    return render_template("desk/person.html", page=page), error.status


def _typed_day() -> date:
    """Return the day of the three boxes. Raises Refused."""
    try:
        year, month, day = (int(request.form.get(f"day-{one}", "")) for one in PARTS)
        return date(year, month, day)
    except (ValueError, OverflowError):  # the second for a year of thirty digits
        raise Refused("Enter the day of the training, for example 9 3 2026") from None
