"""Why an officer looks at shielded children: asked before anything of them is shown."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.pages import pages
from webapp.service import service
from webapp.tokens import Asked

OTHER, LONGEST = "other", 300


@dataclass(frozen=True)
class ShieldReasonPage:
    """`wrong` names the field that an error is about."""

    reasons: dict[str, str]
    code: str = ""
    details: str = ""
    wrong: str = ""
    error: str = ""


@cache
def reasons() -> dict[str, str]:
    """Return the reasons to choose from: code → words."""
    path = Path(__file__).with_name("shield_reasons.csv")
    with path.open(newline="", encoding="utf-8") as lines:
        return {row["code"]: row["words"] for row in csv.DictReader(lines)}


@pages.route("/shields", methods=["GET", "POST"])
def shield_reason() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("desk/shield_reason.html", page=ShieldReasonPage(reasons()))
    page = parse_page(request.form)
    if page.error:
        return render_template("desk/shield_reason.html", page=page), 422
    words = ": ".join(filter(None, (reasons()[page.code], page.details)))
    return redirect(shields_address(Asked("", reason=words)), 303)


def parse_page(form: dict[str, str]) -> ShieldReasonPage:
    """Return the form as it was filled in; its `error` says what to do where it is no reason."""
    code, details = form.get("reason", ""), " ".join(form.get("details", "").split())
    wrong = error = ""
    if code not in reasons():
        wrong, error = "reason", "Choose why you are looking"
    elif code == OTHER and not details:
        wrong, error = "details", "Say what the other reason is"
    elif len(details) > LONGEST:
        wrong, error = "details", f"Write at most {LONGEST} characters"
    return ShieldReasonPage(reasons(), code, details, wrong, error)


def shields_address(asked: Asked) -> str:
    """Return the address of the list; its token holds the reason and what is searched for."""
    sealed = service().tokens.seal("shields", g.reader.name, asked)
    return url_for("pages.shields", token=sealed)
