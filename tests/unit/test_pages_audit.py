"""What auditors are shown of entries made up here; Elasticsearch is not there."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import g, render_template

from indexer.audit.reading import Asked, Seen
from indexer.audit.unusual import Finding, kinds
from indexer.errors import Refused
from indexer.people.actor import Actor
from tests.unit.test_pages_app import make_app
from webapp.pages.desk.audit import (
    A_PAGE,
    AuditPage,
    Typed,
    build_page,
    entries,
    parse_asked,
    parse_typed,
)
from webapp.pages.desk.unusual import UnusualPage, build_groups
from webapp.processes import DESK
from webapp.service import service
from webapp.site import Site

TODAY = date(2026, 11, 22)
CHILD = "100000000017"
ONE = Seen(
    at=datetime(2026, 11, 22, 14, 5, tzinfo=UTC),
    event="search",
    actor="pat",
    role="practitioner",
    organisation="359",
    children=(CHILD,),
    question={"name": "ann kelly"},
)


@pytest.fixture
def app(tmp_path):
    """The desk, inside a request of an auditor."""
    app = make_app(tmp_path, site=Site(process=DESK))
    with app.test_request_context("/"):
        g.reader = Actor("audrey", "auditor", "359")
        yield app


def shown(*seen):
    html = render_template("desk/audit.html", page=build_page(Typed(), iter(seen), 1))
    return re.sub(r"\s+", " ", html)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (Typed(), Asked(date(2026, 11, 15), TODAY)),
        (Typed("Pat", first="1/11/2026"), Asked(date(2026, 11, 1), TODAY, "pat")),
        (
            Typed(child="1000 0000 0017", first="2026-01-31", last="2 February 2026"),
            Asked(date(2026, 1, 31), date(2026, 2, 2), child=CHILD),
        ),
    ],
)
def test_form_is_understood(typed, asked):
    assert parse_asked(typed, TODAY) == asked


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Typed(first="soon"), "From"),
        (Typed(last="2026"), "To"),
        (Typed(child="100000000018"), "Child"),
        (Typed(child="ann kelly"), "Child"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_its_field_and_not_repeated(typed, field):
    with pytest.raises(Refused, match=f"^{field}: ") as refusal:
        parse_asked(typed, TODAY)
    assert "kelly" not in str(refusal.value)


def test_fields_are_one_line_each_whatever_is_sent():
    typed = parse_typed({"person": " pat\n\nx ", "first": "1\r\n2", "more": "?"})
    assert typed == Typed("pat x", first="1 2")


@pytest.mark.usefixtures("app")
def test_entry_says_who_when_what_and_why():
    text = re.sub(r"<[^>]+>", "", shown(ONE, replace(ONE, event="view", reason="a meeting")))
    for words in (
        *("Searched", "22 November 2026 at 2:05pm · pat, practitioner · Wigan"),
        *("Searched for: ann kelly", "Children: 1000 0000 0017"),
        *("Opened a record", "Reason: a meeting"),
    ):
        assert words in text


@pytest.mark.usefixtures("app")
def test_no_entry_is_said_and_is_not_what_stands_before_anything_was_asked():
    words = "nothing in it is of this"
    assert words in shown()
    assert words not in render_template("desk/audit.html", page=AuditPage(Typed()))


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("entries_there", "number", "rows", "has_previous", "has_next"),
    [
        (A_PAGE, 1, A_PAGE, False, False),
        (A_PAGE + 1, 1, A_PAGE, False, True),
        (A_PAGE + 1, 2, 1, True, False),
    ],
)
def test_entries_come_in_pages(entries_there, number, rows, has_previous, has_next):
    page = build_page(Typed(), iter([ONE] * entries_there), number)
    assert (len(page.seen), bool(page.previous), bool(page.next)) == (rows, has_previous, has_next)


@pytest.mark.usefixtures("app")
def test_address_names_nobody_and_opens_for_its_auditor_alone():
    page = build_page(Typed("pat.kelly", CHILD), iter([ONE] * (A_PAGE + 1)), 1)
    assert "kelly" not in page.next
    assert CHILD not in page.next
    token = page.next.rpartition("/")[2]
    sealed = service().tokens.open("entries", "audrey", token)
    assert Typed(*sealed.text.split("\n")) == Typed("pat.kelly", CHILD)


@pytest.mark.usefixtures("app")
def test_refused_form_is_shown_again_with_what_was_typed():
    page = build_page(Typed("pat", first="soon"), iter([ONE] * (A_PAGE + 1)), 1)
    html, status = entries(page.next.rpartition("/")[2])
    assert status == 422
    assert "From: type a day" in html
    assert 'value="soon"' in html


@pytest.mark.usefixtures("app")
def test_every_kind_that_is_unusual_has_its_words_and_leads_to_its_entries():
    found = [Finding(kind, TODAY, CHILD if kind == "one-child" else "pat", 7) for kind in kinds()]
    groups = build_groups(found)
    html = render_template("desk/unusual.html", page=UnusualPage(TODAY, TODAY, groups))
    for kind in kinds().values():
        assert kind.words[1:] in html
    opened = [
        service().tokens.open("entries", "audrey", row.address.rpartition("/")[2]).text.split("\n")
        for _, rows in groups
        for row in rows
    ]
    assert ["", CHILD, "2026-11-22", "2026-11-22"] in opened
    assert opened.count(["pat", "", "2026-11-22", "2026-11-22"]) == len(kinds()) - 1


@pytest.mark.usefixtures("app")
def test_nothing_unusual_is_said():
    html = render_template("desk/unusual.html", page=UnusualPage(TODAY, TODAY, build_groups([])))
    assert "nothing in it is unusual" in html
