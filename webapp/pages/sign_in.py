"""Signing in: a user name, a password and a code from an app, on one page."""

from dataclasses import dataclass, replace

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from indexer.errors import NotAllowed, NotSignedIn
from indexer.people.sign_in import Typed
from webapp.pages import pages
from webapp.pages.words import sentence
from webapp.service import service
from webapp.sign_in import typed_name


@dataclass(frozen=True)
class SignInPage:
    """`missing` holds what to enter in each field left empty; `has_ended` says that an earlier
    session ended and this one carries on from it."""

    helpdesk: str
    name: str = ""
    error: str = ""
    missing: tuple[tuple[str, str], ...] = ()
    has_ended: bool = False


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"), 303)
    if request.method == "GET":
        page = SignInPage(service().helpdesk, has_ended=bool(session.get("user")))
        return render_template("sign_in.html", page=page)
    name, password = request.form.get("name", ""), request.form.get("password", "")
    missing = missing_fields(name, password)
    if missing:
        page = SignInPage(service().helpdesk, name, missing[0][1], missing)
        return render_template("sign_in.html", page=page), 422
    return _try(Typed(name, password, request.form.get("code", "")))


def missing_fields(name: str, password: str) -> tuple[tuple[str, str], ...]:
    """Return the field and what to do for each that was left empty; that is no try to sign in.

    The code may be empty: who was invited has none yet.
    """
    fields = (
        ("name", "Enter your user name", name.strip()),
        ("password", "Enter your password", password),
    )
    return tuple((field, words) for field, words, typed in fields if not typed)


def _try(typed: Typed) -> ResponseReturnValue:
    before, wanted = session.get("user", ""), session.get("wanted", "")
    name = typed_name(typed.name)
    try:
        is_in = service().people.sign_in(replace(typed, name=name))
    except (NotSignedIn, NotAllowed) as error:
        page = SignInPage(service().helpdesk, typed.name, sentence(str(error)))
        return render_template("sign_in.html", page=page), error.status
    if not is_in:
        return redirect(url_for("pages.set_up"), 303)
    is_theirs = before in ("", name)
    return redirect((wanted if is_theirs else "") or url_for("pages.home"), 303)
