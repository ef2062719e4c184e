"""Where signed-in people start: the search, or at the desk what their role does there."""

from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from indexer.people.actor import Role
from webapp.access import access_table
from webapp.pages import pages
from webapp.pages.words import in_words
from webapp.processes import DESK
from webapp.service import service


@dataclass(frozen=True)
class HomePage:
    """`menu` holds what a page is called and its address."""

    title: str
    menu: tuple[tuple[str, str], ...]
    helpdesk: str


@pages.get("/")
def home() -> ResponseReturnValue:
    if service().process is not DESK:
        return redirect(url_for("pages.search"), 303)
    role = g.reader.role
    page = HomePage(in_words(role, "role"), desk_menu(role), service().helpdesk)
    return render_template("home.html", page=page)


def desk_menu(role: Role) -> tuple[tuple[str, str], ...]:
    """Return the pages of the desk that a role starts from, as access.csv lists them."""
    rows = access_table(DESK.name).items()
    return tuple((row.menu, route) for route, row in rows if row.menu and role in row.roles)
