"""Shielding a child: by a number, by a source's own record, or by names and date of birth."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from analyzers.dates import parse_born
from indexer.errors import Refused
from indexer.shields.subject import Subject, parse_name, parse_number, parse_row
from webapp.pages import pages
from webapp.pages.desk.shield_act import order_address, why_refused
from webapp.service import service

LONGEST = 200
WAYS = {"number": ("number",), "row": ("source", "record"), "name": ("name", "born")}
NOTHING = "Fill in a number, or a source’s record, or a name and date of birth"
SEVERAL = "Fill in one way only: a number, or a source’s record, or a name and date of birth"


@dataclass(frozen=True)
class Typed:
    """The form as it was filled in."""

    number: str = ""
    source: str = ""
    record: str = ""
    name: str = ""
    born: str = ""
    why: str = ""


@dataclass(frozen=True)
class ShieldSetPage:
    """`wrong` names the field that an error is about."""

    typed: Typed
    wrong: str = ""
    error: str = ""


class Wrong(Refused):
    """One field cannot be used as it stands."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@pages.route("/shield-set", methods=["GET", "POST"])
def shield_set() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("desk/shield_set.html", page=ShieldSetPage(Typed()))
    typed = parse_typed(request.form)
    try:
        subject = parse_whom(typed)
    except Wrong as wrong:
        page = ShieldSetPage(typed, wrong.field, str(wrong))
        return render_template("desk/shield_set.html", page=page), wrong.status
    about = subject.number or subject.waits_under
    order = service().officers.place("set", g.reader, typed.why, about=about)
    return redirect(order_address(order, typed.why), 303)


def parse_typed(form: Mapping[str, str]) -> Typed:
    """Return what was filled in, each field on one line."""
    fields = {name: " ".join(form.get(name, "").split())[: LONGEST + 1] for name in vars(Typed())}
    why = " ".join(form.get("why", "").split())
    return replace(Typed(**fields), why=why)


def parse_whom(typed: Typed) -> Subject:
    """Return whom the shield is about; raises Wrong, naming the field."""
    filled = [way for way, names in WAYS.items() if any(getattr(typed, one) for one in names)]
    if len(filled) != 1:
        raise Wrong(WAYS[filled[1]][0] if filled else "number", SEVERAL if filled else NOTHING)
    subject = {"number": _by_number, "row": _by_row, "name": _by_name}[filled[0]](typed)
    if refusal := why_refused(typed.why):
        raise Wrong("why", refusal)
    return subject


def _by_number(typed: Typed) -> Subject:
    try:
        return parse_number(typed.number)
    except Refused:
        raise Wrong(
            "number",
            "This is no ContactPoint number, NHS number or UPN: look at its digits again",
        ) from None


def _by_row(typed: Typed) -> Subject:
    if not typed.source:
        raise Wrong("source", "Type the source’s name, such as school-census")
    if not typed.record or ":" in typed.source:
        raise Wrong("record", "Type the record’s id in that source")
    return parse_row(f"{typed.source}:{typed.record}")


def _by_name(typed: Typed) -> Subject:
    born = parse_born(typed.born)
    if born is None or born.day is None:
        raise Wrong("born", "Type the whole date of birth, such as 9/3/2014")
    try:
        return parse_name(typed.name, born.day)
    except Refused:
        raise Wrong("name", "Type the child’s given and family name") from None
