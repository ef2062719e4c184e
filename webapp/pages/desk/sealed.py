"""What was done and seen about shields: the sealed audit, asked by person, child and days."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.audit.reading import Seen
from indexer.errors import Refused
from mappings.names import AUDIT_SEALED
from webapp.pages import pages
from webapp.pages.desk.audit import A_PAGE, AuditPage, Typed, parse_asked, parse_typed
from webapp.service import service
from webapp.tokens import Asked as Sealed

TITLE = "What was done about shields"


@pages.route("/sealed", methods=["GET", "POST"])
def sealed() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("desk/sealed.html", page=AuditPage(Typed(), TITLE))
    return redirect(sealed_address(parse_typed(request.form)), 303)


@pages.get("/sealed/<token>")
def sealed_entries(token: str) -> ResponseReturnValue:
    opened = service().tokens.open("sealed", g.reader.name, token)
    typed = Typed(*opened.text.split("\n"))
    try:
        asked = replace(parse_asked(typed, service().world.today()), index=AUDIT_SEALED)
        found = service().audit.read(asked, g.reader)
    except Refused as error:
        page = AuditPage(typed, TITLE, error=str(error))
        return render_template("desk/sealed.html", page=page), 422
    return render_template("desk/sealed.html", page=build_sealed_page(typed, found, opened.page))


def build_sealed_page(typed: Typed, found: Iterator[Seen], number: int) -> AuditPage:
    """Return one page of the entries, the first to come first."""
    before = (number - 1) * A_PAGE
    seen = tuple(islice(found, before, before + A_PAGE + 1))
    return AuditPage(
        typed=typed,
        title=TITLE,
        seen=seen[:A_PAGE],
        previous=sealed_address(typed, number - 1) if number > 1 else "",
        next=sealed_address(typed, number + 1) if len(seen) > A_PAGE else "",
    )


def sealed_address(typed: Typed, page: int = 1) -> str:
    """Return the address of one page of what was asked; nobody's name stands in it."""
    asked = Sealed("\n".join(vars(typed).values()), page)
    token = service().tokens.seal("sealed", g.reader.name, asked)
    return url_for("pages.sealed_entries", token=token)
