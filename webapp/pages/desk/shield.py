"""One shield: the children it hides, what happened to it, and what can be done."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import g, render_template, url_for

from indexer.children.child import Child
from indexer.shields.desk import Shielded
from indexer.shields.events import Event, Shield
from indexer.shields.orders import Kind
from webapp.pages import pages
from webapp.pages.contacts import Contacts, build_contacts
from webapp.pages.desk.shield_reason import shields_address
from webapp.pages.desk.shield_words import awaits_words, name_of
from webapp.service import service
from webapp.tokens import Asked, Page


@dataclass(frozen=True)
class Hidden:
    """One child: `child` is None where there is no record to show."""

    number: str
    name: str
    child: Child | None
    contacts: Contacts | None
    is_held: bool


@dataclass(frozen=True)
class ShieldPage:
    """`acts` are what the officer may do, with the addresses."""

    shield: Shield
    hidden: tuple[Hidden, ...]
    awaits: str
    history: tuple[tuple[Event, datetime], ...]
    acts: tuple[tuple[Kind, str], ...]
    is_own: bool
    is_due: bool
    reason: str
    held_address: str
    read_at: datetime
    back: str


@pages.get("/shield/<token>")
def shield(token: str) -> str:
    asked = service().tokens.open("shield", g.reader.name, token)
    shown, history = service().officers.shield(asked.text, g.reader, asked.reason)
    return render_template("desk/shield.html", page=build_shield_page(asked, shown, history))


def build_shield_page(asked: Asked, shown: Shielded, history: list[Event]) -> ShieldPage:
    """Return the page, as of now."""
    today, one = service().world.today(), shown.shield
    return ShieldPage(
        shield=one,
        hidden=_hidden(shown, today),
        awaits=awaits_words(one.key) if one.authority == g.reader.organisation else "",
        history=tuple((event, datetime.fromisoformat(event.at)) for event in reversed(history)),
        acts=tuple((kind, _act_address(kind, asked)) for kind in acts_of(one)),
        is_own=one.authority == g.reader.organisation,
        is_due=one.review_due <= today,
        reason=asked.reason,
        held_address=url_for("pages.held", token=_sealed("held", Asked("", reason=asked.reason))),
        read_at=service().world.now(),
        back=shields_address(Asked("", reason=asked.reason)),
    )


def acts_of(one: Shield) -> tuple[Kind, ...]:
    """Return what the reader may do about a shield now."""
    if one.authority != g.reader.organisation:
        return ("accept",)
    if not one.lift_asked_by:
        return ("review", "hand-over", "ask-lift")
    return ("review", "hand-over", *(("lift",) if one.lift_asked_by != g.reader.name else ()))


def _hidden(shown: Shielded, today: date) -> tuple[Hidden, ...]:
    """Return the children, last those who are held."""
    found = []
    for number, child in shown.children.items():
        contacts = build_contacts(child.facts.involvements, today) if child else None
        is_held = number in shown.shield.held
        found.append(Hidden(number, name_of(number, child), child, contacts, is_held))
    return tuple(sorted(found, key=lambda one: one.is_held))


def _act_address(kind: Kind, asked: Asked) -> str:
    carried = Asked(kind, number=asked.text, reason=asked.reason)
    return url_for("pages.shield_act", token=_sealed("act", carried))


def _sealed(kind: Page, asked: Asked) -> str:
    return service().tokens.seal(kind, g.reader.name, asked)
