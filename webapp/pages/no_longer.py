"""“I no longer work with this child”: asked once more, then recorded."""

from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.pages import pages
from webapp.pages.working import record_address, record_wish, recorded_address
from webapp.service import service
from webapp.tokens import Asked


@dataclass(frozen=True)
class NoLongerPage:
    """`back` is the record's address."""

    back: str


@pages.route("/no-longer/<token>", methods=["GET", "POST"])
def no_longer(token: str) -> ResponseReturnValue:
    asked = service().tokens.open("no-longer", g.reader.name, token)
    if request.method == "POST":
        record_wish(asked, None)
        return redirect(recorded_address(asked), 303)
    return render_template("no_longer.html", page=NoLongerPage(record_address(asked)))


def no_longer_address(asked: Asked) -> str:
    sealed = service().tokens.seal("no-longer", g.reader.name, asked)
    return url_for("pages.no_longer", token=sealed)
