"""The people of a data manager's organisation: who they are, if they can search, and adding one."""

from dataclasses import dataclass
from datetime import date

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.errors import NotAllowed, Refused
from indexer.people.actor import SEARCHERS
from indexer.people.passwords import make_password
from indexer.people.staff import Staff
from indexer.people.users import NewUser, User, is_trained
from webapp.pages import pages
from webapp.service import service
from webapp.tokens import Asked

A_PAGE = 50
LONGEST_TEXT = 64
UNTRAINED, LAPSED, DEACTIVATED = "Not trained", "Training lapsed", "Deactivated"


@dataclass(frozen=True)
class Line:
    """One person, what keeps them from their work (empty if nothing does), and their page."""

    user: User
    state: str
    address: str


@dataclass(frozen=True)
class PeoplePage:
    """`text` is what the list is narrowed to; `previous` and `next` are addresses, empty where no
    such page is. `invited` is a user name with the password to hand over, shown this once."""

    lines: tuple[Line, ...]
    total: int
    text: str
    previous: str
    next: str
    invited: tuple[str, str] | None = None
    name: str = ""
    error: str = ""


def staff() -> Staff:
    """Return the people whom the reader keeps."""
    door = service().door
    return Staff(door.client, door.trail, door.world, g.reader)


@pages.get("/people")
def people() -> str:
    return render_template("desk/people.html", page=build_people_page(Asked("")))


@pages.get("/people/list/<token>")
def people_list(token: str) -> str:
    """No address names anybody: what was typed and the page are sealed."""
    asked = service().tokens.open("people", g.reader.name, token)
    return render_template("desk/people.html", page=build_people_page(asked))


@pages.post("/people/find")
def find_people() -> ResponseReturnValue:
    text = request.form.get("text", "").strip().lower()[:LONGEST_TEXT]
    return redirect(_list_address(Asked(text)), 303)


@pages.post("/people")
def invite_person() -> ResponseReturnValue:
    """Invite one practitioner; the answer shows their password, so it is no redirect."""
    name, password = request.form.get("name", "").strip().lower(), make_password()
    try:
        staff().invite(NewUser(name, "practitioner", g.reader.organisation, password))
    except NotAllowed:
        raise
    except Refused as error:
        page = build_people_page(Asked(""), name=name, error=str(error))
        return render_template("desk/people.html", page=page), error.status
    page = build_people_page(Asked(""), invited=(name, password))
    return render_template("desk/people.html", page=page)


def build_people_page(
    asked: Asked, invited: tuple[str, str] | None = None, name: str = "", error: str = ""
) -> PeoplePage:
    """Return one page of the list, narrowed to names that hold what was typed."""
    today = service().world.today()
    found = [one for one in staff().people() if asked.text in one.name]
    first = (asked.page - 1) * A_PAGE
    return PeoplePage(
        lines=tuple(_line(one, today) for one in found[first : first + A_PAGE]),
        total=len(found),
        text=asked.text,
        previous=_list_address(Asked(asked.text, asked.page - 1)) if first else "",
        next=_list_address(Asked(asked.text, asked.page + 1)) if found[first + A_PAGE :] else "",
        invited=invited,
        name=name,
        error=error,
    )


def person_address(name: str) -> str:
    """Return the address of a person's page."""
    sealed = service().tokens.seal("person", g.reader.name, Asked(name))
    return url_for("pages.person", token=sealed)


def state_of(user: User, today: date) -> str:
    """Return what keeps a person from their work, in a word or two; who searches is trained."""
    if not user.active:
        return DEACTIVATED
    if user.role not in SEARCHERS:
        return ""
    if user.trained_on is None:
        return UNTRAINED
    return "" if is_trained(user.trained_on, today) else LAPSED


def _line(user: User, today: date) -> Line:
    return Line(user, state_of(user, today), person_address(user.name))


def _list_address(asked: Asked) -> str:
    sealed = service().tokens.seal("people", g.reader.name, asked)
    return url_for("pages.people_list", token=sealed)
