"""What an officer is about to do with a shield: what it means, why, and the button for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.people.authorities import authority_names
from indexer.shields.officers import REASON_LENGTH
from indexer.shields.orders import Kind, Order
from webapp.pages import pages
from webapp.pages.desk.shields import shield_address
from webapp.service import service
from webapp.tokens import Asked


@dataclass(frozen=True)
class Act:
    """The words of one act, from shield_acts.json; `doing` and `done` are those of its order."""

    doing: str
    done: str
    title: str = ""
    warning: str = ""
    paragraphs: tuple[str, ...] = ()
    hint: str = ""
    button: str = ""


@dataclass(frozen=True)
class ShieldActPage:
    """`authorities` are those to choose from where the act needs one: code → name."""

    act: Act
    title: str
    back: str
    authorities: dict[str, str]
    to: str = ""
    why: str = ""
    wrong: str = ""
    error: str = ""


@cache
def acts() -> dict[str, Act]:
    """Return the words of every kind of order."""
    text = Path(__file__).with_name("shield_acts.json").read_text(encoding="utf-8")
    return {kind: Act(**words) for kind, words in json.loads(text).items()}


@pages.route("/shield/act/<token>", methods=["GET", "POST"])
def shield_act(token: str) -> ResponseReturnValue:
    asked = service().tokens.open("act", g.reader.name, token)
    page = build_act_page(asked, request.form if request.method == "POST" else None)
    if request.method == "GET":
        return render_template("desk/shield_act.html", page=page)
    if page.error:
        return render_template("desk/shield_act.html", page=page), 422
    order = service().officers.place(
        cast(Kind, asked.text), g.reader, page.why, about=asked.number, to=page.to
    )
    return redirect(order_address(order, asked.reason), 303)


def build_act_page(asked: Asked, form: Mapping[str, str] | None) -> ShieldActPage:
    """Return the page with what was filled in, and what is wrong; None: nothing sent yet."""
    act, sent = acts()[asked.text], form or {}
    why, to = " ".join(sent.get("why", "").split()), sent.get("to", "")
    authorities = _authorities() if asked.text == "hand-over" else {}
    wrong, error = "", ""
    if form is None:
        pass
    elif authorities and to not in authorities:
        wrong, error = "to", "Choose the authority that is to take it over"
    elif refusal := why_refused(why):
        wrong, error = "why", refusal
    back = shield_address(asked.number, asked.reason)
    return ShieldActPage(act, act.title, back, authorities, to, why, wrong, error)


def why_refused(why: str) -> str:
    """Return what is wrong with a reason, "" for nothing."""
    if not why:
        return "Say why"
    return "" if len(why) <= REASON_LENGTH else f"Write at most {REASON_LENGTH} characters"


def _authorities() -> dict[str, str]:
    """Return all but the officer's own, by name."""
    others = (one for one in authority_names().items() if one[0] != g.reader.organisation)
    return dict(sorted(others, key=lambda one: one[1]))


def order_address(order: Order, reason: str) -> str:
    """Return the address of an order's page; `reason` is why the officer looks, to go back."""
    sealed = service().tokens.seal("order", g.reader.name, Asked(order.id, reason=reason))
    return url_for("pages.shield_order", token=sealed)
