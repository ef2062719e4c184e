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
    if request.method == "POST":
        return redirect(_next_address(asked, parse_reason(request.form)), 303)
    given = _refused(asked) if asked.reason else Reason()
    page = ReasonPage(reasons(), given, results_address(asked, asked.page))
    return render_template("reason.html", page=page), 422 if given.error else 200


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


def _refused(asked: Asked) -> Reason:
    """Return the reason that was sent and refused; its token keeps it as code, line end, details,
    as a page that answers a POST cannot be gone back to."""
    code, _, details = asked.reason.partition("\n")
    return parse_reason({"reason": code, "details": details})


def _next_address(asked: Asked, given: Reason) -> str:
    """Return the address of the record, or again of this page where the reason is none."""
    if given.error:
        code = given.code if given.code in reasons() else ""
        sent = f"{code}\n{given.details[: LONGEST_DETAILS + 1]}"
        sealed = service().tokens.seal("reason", g.reader.name, replace(asked, reason=sent))
        return url_for("pages.reason", token=sealed)
    words = ": ".join(filter(None, (reasons()[given.code], given.details)))
    sealed = service().tokens.seal("record", g.reader.name, replace(asked, reason=words))
    return url_for("pages.record", token=sealed)
