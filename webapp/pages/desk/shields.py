"""The shields of an officer's authority: searched, and listed by the day of their review."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import to_builtins

from indexer.children.child import Child
from indexer.errors import QuestionRefused
from indexer.shields.desk import Shielded
from webapp.pages import pages
from webapp.pages.desk.shield_reason import shields_address
from webapp.pages.desk.shield_words import awaits_words, name_of
from webapp.search.question import LONGEST_TEXT, parse_question
from webapp.search.shielded import rank_shielded
from webapp.service import service
from webapp.tokens import Asked

A_PAGE = 50
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One shield: who it hides, in words; what must be done about it, and the address."""

    shown: Shielded
    names: tuple[str, ...]
    awaits: str
    tags: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class ShieldsPage:
    """`text` is what was searched for, empty for all; `waiting` is how much is held."""

    title: str
    text: str
    reason: str
    lines: tuple[Line, ...]
    total: int
    due: int
    held_address: str
    previous: str = ""
    next: str = ""
    error: str = ""


@pages.route("/shields/<token>", methods=["GET", "POST"])
def shields(token: str) -> ResponseReturnValue:
    asked = service().tokens.open("shields", g.reader.name, token)
    if request.method == "POST":
        text = " ".join(request.form.get("text", "").split())[: LONGEST_TEXT + 1]
        return redirect(shields_address(Asked(text, reason=asked.reason)), 303)
    try:
        found = _found(asked)
    except QuestionRefused as error:
        page = build_shields_page(asked, [], str(error))
        return render_template("desk/shields.html", page=page), error.status
    return render_template("desk/shields.html", page=build_shields_page(asked, found))


def _found(asked: Asked) -> list[Shielded]:
    """Return the shields of the children who are meant, or all; it is on the record."""
    desk = service().officers
    if not asked.text:
        return desk.shields(g.reader, asked.reason)
    today = service().world.today()
    question = parse_question(asked.text, today=today)

    def best(children: Iterable[Child]) -> list[str]:
        return [one.child for one in rank_shielded(question, children, g.reader, today)]

    return desk.search(to_builtins(question), g.reader, asked.reason, best)


def build_shields_page(asked: Asked, found: Sequence[Shielded], error: str = "") -> ShieldsPage:
    """Return one page of the shields, in the order in which they came."""
    today, first = service().world.today(), (asked.page - 1) * A_PAGE
    sealed = service().tokens.seal("held", g.reader.name, Asked("", reason=asked.reason))
    return ShieldsPage(
        title="Shields found" if asked.text else "Shielded children",
        text=asked.text,
        reason=asked.reason,
        lines=tuple(_line(one, asked, today) for one in found[first : first + A_PAGE]),
        total=len(found),
        due=sum(one.shield.review_due <= today for one in found if _is_own(one)),
        held_address=url_for("pages.held", token=sealed),
        previous=shields_address(replace(asked, page=asked.page - 1)) if first else "",
        next=shields_address(replace(asked, page=asked.page + 1))
        if found[first + A_PAGE :]
        else "",
        error=error,
    )


def _line(one: Shielded, asked: Asked, today: date) -> Line:
    return Line(
        shown=one,
        names=tuple(name_of(n, c) for n, c in one.children.items() if n not in one.shield.held),
        awaits=awaits_words(one.shield.key) if _is_own(one) else "",
        tags=tuple(_tags(one, today)),
        address=shield_address(one.shield.name, asked.reason),
    )


def _tags(one: Shielded, today: date) -> Iterable[str]:
    shield = one.shield
    if not _is_own(one):
        return ["Offered to you"]
    told = {
        "Review overdue": shield.review_due <= today,
        "Review soon": today < shield.review_due <= today + SOON,
        "Lift asked for": bool(shield.lift_asked_by),
        "Offered to another": bool(shield.offered_to),
        "Held: decide": bool(shield.held),
    }
    return [tag for tag, is_so in told.items() if is_so]


def _is_own(one: Shielded) -> bool:
    return bool(one.shield.authority == g.reader.organisation)


def shield_address(name: str, reason: str) -> str:
    """Return the address of one shield's page."""
    sealed = service().tokens.seal("shield", g.reader.name, Asked(name, reason=reason))
    return url_for("pages.shield", token=sealed)
