"""What is held for officers to decide: rows, and children hidden when a shield was set."""

from dataclasses import dataclass
from datetime import datetime

from flask import g, render_template, url_for

from indexer.shields.held import HeldRow
from indexer.shields.overdue import is_escalated
from indexer.shields.waiting import Waiting
from webapp.pages import pages
from webapp.pages.desk.shield_reason import shields_address
from webapp.pages.desk.shield_words import name_of
from webapp.pages.words import source_words
from webapp.service import service
from webapp.tokens import Asked


@dataclass(frozen=True)
class Line:
    """One that waits: what it is, for how long, and the address of the comparison."""

    title: str
    what: str
    since: datetime
    days: int
    is_escalated: bool
    why: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class HeldPage:
    """`decided` are names with addresses, those decided last at the head."""

    lines: tuple[Line, ...]
    decided: tuple[tuple[str, str], ...]
    reason: str
    back: str


@pages.get("/held/<token>")
def held(token: str) -> str:
    asked = service().tokens.open("held", g.reader.name, token)
    found = service().officers.waiting(g.reader, asked.reason)
    page = HeldPage(
        lines=tuple(_line(one, asked.reason) for one in found.waiting),
        decided=tuple((_title(one), held_address(one, asked.reason)) for one in found.decided),
        reason=asked.reason,
        back=shields_address(Asked("", reason=asked.reason)),
    )
    return render_template("desk/held.html", page=page)


def _line(one: Waiting, reason: str) -> Line:
    now = service().world.now()
    is_row = isinstance(one.held, HeldRow)
    return Line(
        title=_named(one),
        what=_title(one.name) if is_row else "A child who could be found until the shield was set",
        since=one.since,
        days=(now - one.since).days,
        is_escalated=is_escalated(one.since, now),
        why=tuple(dict.fromkeys(why for suspect in one.suspects for why in suspect.why)),
        address=held_address(one.name, reason),
    )


def _named(one: Waiting) -> str:
    if isinstance(one.held, HeldRow):
        facts = one.held.contribution.facts
        return f"{facts.given_names} {facts.family_name}".strip()
    return name_of(one.name, one.held.child)


def _title(name: str) -> str:
    """Return what a row is called; a child by its number."""
    source, colon, record = name.partition(":")
    return f"Row {record} of {source_words(source)}" if colon else f"Child {name_of(name, None)}"


def held_address(name: str, reason: str) -> str:
    """Return the address of the comparison of one that is held."""
    sealed = service().tokens.seal("held-one", g.reader.name, Asked(name, reason=reason))
    return url_for("pages.held_one", token=sealed)
