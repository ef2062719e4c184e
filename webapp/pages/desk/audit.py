"""Who searched, and who was shown which record and why: asked by person, child and days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from analyzers.dates import parse_born
from analyzers.numbers import compact_number, is_contactpoint_number
from indexer.audit.reading import Asked, Seen
from indexer.errors import Refused
from webapp.pages import pages
from webapp.service import service
from webapp.tokens import Asked as Sealed

A_PAGE = 50
LONGEST = 64  # characters of a field
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Typed:
    """The form as it was filled in."""

    person: str = ""
    child: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class AuditPage:
    """`seen` is None where nothing was asked; addresses are empty where there is no such page."""

    typed: Typed
    title: str = "Who searched, and who looked"
    error: str = ""
    seen: tuple[Seen, ...] | None = None
    previous: str = ""
    next: str = ""


@pages.route("/audit", methods=["GET", "POST"])
def audit() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("desk/audit.html", page=AuditPage(Typed()))
    return redirect(entries_address(parse_typed(request.form)), 303)


@pages.get("/audit/<token>")
def entries(token: str) -> ResponseReturnValue:
    sealed = service().tokens.open("entries", g.reader.name, token)
    typed = Typed(*sealed.text.split("\n"))
    try:
        asked = parse_asked(typed, service().world.today())
        found = service().audit.read(asked, g.reader)
    except Refused as error:
        page = AuditPage(typed, error=str(error))
        return render_template("desk/audit.html", page=page), 422
    return render_template("desk/audit.html", page=build_page(typed, found, sealed.page))


def parse_typed(form: Mapping[str, str]) -> Typed:
    """Return what was filled in: one line a field, as the address keeps them."""
    fields = {name: " ".join(form.get(name, "").split())[:LONGEST] for name in vars(Typed())}
    return Typed(**fields)


def parse_asked(typed: Typed, today: date) -> Asked:
    """Return what was asked; raises Refused, saying what to change."""
    last = _day(typed.last, "To") or today
    first = _day(typed.first, "From") or last - A_WEEK
    child = compact_number(typed.child)
    if child and not is_contactpoint_number(child):
        raise Refused("Child: type the 12 digits of a ContactPoint number")
    return Asked(first, last, typed.person.lower(), child)


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    born = parse_born(text)
    if born is None or born.day is None:
        raise Refused(f"{field}: type a day, such as 9/3/2026")
    return born.day


def build_page(typed: Typed, found: Iterator[Seen], number: int) -> AuditPage:
    """Return one page of the entries, the first to come first."""
    before = (number - 1) * A_PAGE
    seen = tuple(islice(found, before, before + A_PAGE + 1))
    return AuditPage(
        typed=typed,
        seen=seen[:A_PAGE],
        previous=entries_address(typed, number - 1) if number > 1 else "",
        next=entries_address(typed, number + 1) if len(seen) > A_PAGE else "",
    )


def entries_address(typed: Typed, page: int = 1) -> str:
    """Return the address of one page of what was asked; a person's name stands in none."""
    sealed = Sealed("\n".join(vars(typed).values()), page)
    return url_for("pages.entries", token=service().tokens.seal("entries", g.reader.name, sealed))
