"""One that is held beside the shielded children it may be: compared, decided, taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.shields.compared import Item, Told
from indexer.shields.orders import Kind
from webapp.pages import pages
from webapp.pages.desk.shield_act import order_address, why_refused
from webapp.pages.words import authority_words, day, grouped, in_words, source_words
from webapp.service import service
from webapp.tokens import Asked

ANOTHER, UNDO = "another-child", "undo"


@dataclass(frozen=True)
class HeldOnePage:
    """`choice` is `another-child`, `undo`, or the number of the child that it is."""

    title: str
    item: Item
    rows: tuple[str, ...]
    pairs: tuple[tuple[str, ...], ...]
    words: Callable[[str, str], str]
    reason: str
    back: str
    choice: str = ""
    why: str = ""
    wrong: str = ""
    error: str = ""


@pages.route("/held/one/<token>", methods=["GET", "POST"])
def held_one(token: str) -> ResponseReturnValue:
    asked = service().tokens.open("held-one", g.reader.name, token)
    item = service().officers.item(asked.text, g.reader, asked.reason)
    page = build_held_page(item, asked, request.form if request.method == "POST" else None)
    if request.method == "GET":
        return render_template("desk/held_one.html", page=page)
    if page.error:
        return render_template("desk/held_one.html", page=page), 422
    kind, child = _meant(page.choice)
    order = service().officers.place(kind, g.reader, page.why, about=item.name, child=child)
    return redirect(order_address(order, asked.reason), 303)


def build_held_page(item: Item, asked: Asked, form: Mapping[str, str] | None) -> HeldOnePage:
    """Return the page with what was filled in, and what is wrong; None: nothing sent yet."""
    sent = form or {}
    choice, why = sent.get("choice", ""), " ".join(sent.get("why", "").split())
    wrong, error = "", ""
    if form is None:
        pass
    elif choice not in _choices(item):
        wrong, error = "choice", "Choose whether it is the same child"
    elif refusal := why_refused(why):
        wrong, error = "why", refusal
    now = service().world.now()
    sealed = service().tokens.seal("held", g.reader.name, Asked("", reason=asked.reason))
    return HeldOnePage(
        title="Is it the same child?" if item.state == "open" else "What was decided",
        item=item,
        rows=tuple(row_words(one, now) for one in item.rows),
        pairs=tuple(tuple(row_words(one, now) for one in pair.rows) for pair in item.pairs),
        words=value_words,
        reason=asked.reason,
        back=url_for("pages.held", token=sealed),
        choice=choice,
        why=why,
        wrong=wrong,
        error=error,
    )


def _choices(item: Item) -> set[str]:
    if item.state != "open":
        return {UNDO}
    return {ANOTHER, *(one.child for one in item.pairs)}


def _meant(choice: str) -> tuple[Kind, str]:
    if choice == UNDO:
        return "undo", ""
    return ("another-child", "") if choice == ANOTHER else ("same-child", choice)


def value_words(field: str, value: str) -> str:
    """Return one value of the comparison as people read it."""
    read: dict[str, Callable[[str], str]] = {
        "born": lambda text: day(date.fromisoformat(text)),
        "sex": lambda text: in_words(text, "sex"),
        "NHS number": grouped,
        "authority": authority_words,
    }
    return read.get(field, str)(value)


def row_words(one: Told, now: datetime) -> str:
    """Return which source said a row, when, and how old that is."""
    age = _age_words((now - one.loaded_at).days)
    past = "; it says something else now" if one.is_past else ""
    return f"{source_words(one.source)}, loaded {day(one.loaded_at)} ({age}{past})"


def _age_words(days: int) -> str:
    if days < 1:
        return "today"
    if days < 60:  # noqa: PLR2004 - two months
        return f"{days} day{'s' if days > 1 else ''} ago"
    return f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"  # noqa: PLR2004
