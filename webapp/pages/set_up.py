"""Setting up, once, after an invitation: a password of one's own and codes in an app."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from indexer.errors import NotSignedIn, Refused, WrongCode
from indexer.people.codes import enrolment_address, qr_code
from indexer.people.enrolment import Ticket
from indexer.people.passwords import SHORTEST
from webapp.pages import pages
from webapp.service import service


@dataclass(frozen=True)
class SetUpPage:
    """`qr` is an SVG; `secret` the same for a phone that cannot read it; `wrong_field` names the
    field that the error is about."""

    user: str
    qr: Markup
    secret: str
    shortest: int
    error: str = ""
    wrong_field: str = ""


@pages.route("/set-up", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    try:
        ticket = service().people.ticket()
        if request.method == "POST":
            return _try(ticket)
    except NotSignedIn:
        return redirect(url_for("pages.sign_in"), 303)
    return render_template("set_up.html", page=build_set_up_page(ticket))


def build_set_up_page(ticket: Ticket, error: str = "", wrong_field: str = "") -> SetUpPage:
    """Return the page, with the QR code of the ticket's secret."""
    qr = Markup(qr_code(enrolment_address(ticket.user, ticket.secret)))  # noqa: S704 - our own SVG
    secret = " ".join(ticket.secret[at : at + 4] for at in range(0, len(ticket.secret), 4))
    return SetUpPage(ticket.user, qr, secret, SHORTEST, error, wrong_field)


def _try(ticket: Ticket) -> ResponseReturnValue:
    """Set up and go on; NotSignedIn is a Refused too, and is for the caller."""
    password, code = request.form.get("password", ""), request.form.get("code", "")
    try:
        service().people.set_up(password, code)
    except NotSignedIn:
        raise
    except Refused as error:
        wrong_field = "code" if isinstance(error, WrongCode) else "password"
        page = build_set_up_page(ticket, str(error), wrong_field)
        return render_template("set_up.html", page=page), error.status
    return redirect(url_for("pages.home"), 303)
