"""The reason, stated before a record is opened."""

import csv
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.pages import pages
from webapp.pages.results import results_address
from webapp.service import service
from webapp.tokens import Asked

OTHER = "other"
LONGEST_DETAILS = 300


@dataclass(frozen=True)
class Reason:
    """What was chosen and written; an error names the field that is wrong and why."""

    code: str = ""
    details: str = ""
    wrong_field: str = ""
    error: str = ""


@dataclass(frozen=True)
class ReasonPage:
    """No child is named here: what the results showed may be hidden by now."""

    reasons: dict[str, str]
    reason: Reason
    back: str


@cache
def reasons() -> dict[str, str]:
    """Return the reasons to choose from: code → words."""
    with Path(__file__).with_name("reasons.csv").open(newline="", encoding="utf-8") as lines:
        return {row["code"]: row["words"] for row in csv.DictReader(lines)}


@pages.route("/reason/<token>", methods=["GET", "POST"])
def reason(token: str) -> ResponseReturnValue:
    asked = service().tokens.open("reason", g.reader.name, token)
    given = parse_reason(request.form) if request.method == "POST" else Reason()
    if request.method == "GET" or given.error:
        page = ReasonPage(reasons(), given, results_address(asked, asked.page))
        return render_template("reason.html", page=page), 422 if given.error else 200
    return redirect(_record_address(asked, given), 303)


def parse_reason(form: dict[str, str]) -> Reason:
    """Return the reason of a form; its `error` says what to do where it is none."""
    details = " ".join(form.get("details", "").split())
    given = Reason(form.get("reason", ""), details)
    if given.code not in reasons():
        return replace(given, wrong_field="reason", error="Choose why you are opening this record")
    if given.code == OTHER and not details:
        return replace(given, wrong_field="details", error="Say what the other reason is")
    if len(details) > LONGEST_DETAILS:
        short = f"Write at most {LONGEST_DETAILS} characters"
        return replace(given, wrong_field="details", error=short)
    return given


def _record_address(asked: Asked, given: Reason) -> str:
    words = ": ".join(filter(None, (reasons()[given.code], given.details)))
    sealed = service().tokens.seal("record", g.reader.name, replace(asked, reason=words))
    return url_for("pages.record", token=sealed)
