"""Choosing a new password and moving codes to another phone: shown both again, then set up anew."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.errors import NotSignedIn
from webapp.pages import pages
from webapp.pages.words import sentence
from webapp.service import service


@dataclass(frozen=True)
class RenewPage:
    helpdesk: str
    error: str = ""


@pages.route("/renew", methods=["GET", "POST"])
def renew() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("renew.html", page=RenewPage(service().helpdesk))
    try:
        service().people.begin_anew(request.form.get("password", ""), request.form.get("code", ""))
    except NotSignedIn as error:
        page = RenewPage(service().helpdesk, sentence(str(error)))
        return render_template("renew.html", page=page), error.status
    return redirect(url_for("pages.set_up"), 303)
