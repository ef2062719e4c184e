"""Signing in: a user name and a password."""

from dataclasses import dataclass

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from indexer.errors import NotAllowed, NotSignedIn
from webapp.pages import pages
from webapp.service import service


@dataclass(frozen=True)
class SignInPage:
    """`has_ended` says that an earlier session ended and this one carries on from it."""

    name: str = ""
    error: str = ""
    has_ended: bool = False


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    wanted = session.get("wanted", "")
    if request.method == "GET":
        return render_template("sign_in.html", page=SignInPage(has_ended=len(wanted) > 1))
    name = request.form.get("name", "")
    try:
        service().people.sign_in(name, request.form.get("password", ""))
    except (NotSignedIn, NotAllowed) as error:
        return render_template("sign_in.html", page=SignInPage(name, str(error))), error.status
    return redirect(wanted or url_for("pages.home"), 303)
