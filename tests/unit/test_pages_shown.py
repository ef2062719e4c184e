"""What the results and the record say of children made up here; Elasticsearch is not there."""

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import g, render_template

from indexer.children.child import Child, Facts, Involvement
from indexer.people.actor import Actor
from indexer.people.organisations import Organisation
from tests.unit.test_pages_app import make_app
from webapp.app import Site
from webapp.pages import record
from webapp.pages.record import build_record_page
from webapp.pages.results import build_results_page
from webapp.search.answer import Answer, Found, OpenRecord
from webapp.search.question import Question
from webapp.tokens import Asked

BORN = date(2014, 3, 9)
FOUND = Found(
    child="100000000017",
    score=0.9,
    whys=("family name is the same",),
    doubts=(),
    is_double=False,
    given_names="Niamh",
    family_name="Kelly",
    known_as="",
    date_of_birth=BORN,
    age=12,
    sex="female",
    town="Wigan",
    postcode_area="WN1",
    authority="359",
    sources=None,
)
FACTS = Facts("Kelly", BORN, "359", given_names="Niamh", nhs_number="9434765919")
SCHOOL = Involvement("school", "St Mary's")
SENSITIVE = Involvement("other", sensitive=True)
WIGAN = Organisation("359", "Wigan", "authority", phone="01942 000100")
BY_NAME = Question("niamh kelly")
DOUBLE = "same name and date of birth"


@pytest.fixture
def app(tmp_path):
    """The application, inside a request of a practitioner."""
    app = make_app(tmp_path, site=Site(helpdesk="the helpdesk", helpdesk_phone="01942 000000"))
    with app.test_request_context("/"):
        g.reader = Actor("amira", "practitioner", "359")
        yield app


def shown_results(*found, question=BY_NAME, more=False, too_many=False, page=1):
    answer = Answer(tuple(found), len(found), more, too_many, "", checked_at=0)
    page = build_results_page(Asked("niamh kelly", page), question, answer)
    return squeezed(render_template("results.html", page=page))


def shown_record(monkeypatch, *involvements, team=WIGAN, is_double=False):
    monkeypatch.setattr(record, "_team", lambda _authority: team)
    child = Child("123456789012", replace(FACTS, involvements=involvements), ())
    asked = Asked("niamh", number=child.number, reason="meeting", is_double=is_double)
    page = build_record_page(OpenRecord(child, 12, checked_at=0), asked)
    return squeezed(render_template("record.html", page=page))


def squeezed(html):
    return re.sub(r"\s+", " ", html)


def title(html):
    return re.search(r"<title>(.*?) – ", html)[1]


def heading(html):
    return re.search(r"<h1[^>]*>(.*?)</h1>", html)[1].strip()


def test_doubt_stands_after_the_whys_and_begins_with_but(app):
    html = shown_results(replace(FOUND, doubts=("date of birth is different",)))
    assert "<strong>But:</strong> date of birth is different" in html
    assert html.index("family name is the same") < html.index("date of birth is different")


def test_child_without_doubts_has_no_list_of_them(app):
    assert "But:" not in shown_results(FOUND)


def test_each_of_two_records_with_one_name_and_date_says_so(app):
    assert shown_results(replace(FOUND, is_double=True), FOUND).count(DOUBLE) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({}, "No child found"),
        ({"question": Question(number="9434765919")}, "No child found with this number"),
        ({"too_many": True, "more": True}, "Too many children match"),
    ],
)
def test_title_and_heading_say_that_nobody_is_shown(app, answer, words):
    html = shown_results(**answer)
    assert (title(html), heading(html)) == (words, words)


@pytest.mark.parametrize(
    ("count", "more", "words"),
    [
        (1, False, "1 child found"),
        (2, False, "2 children found"),
        (30, False, "30 children found, page 1 of 2"),
        (30, True, "The 30 best matches, page 1 of 2"),
    ],
)
def test_title_and_heading_say_how_many_are_found(app, count, more, words):
    html = shown_results(*[FOUND] * count, more=more)
    assert (title(html), heading(html)) == (words, words)


def test_number_nobody_has_is_to_be_checked_and_not_respelled(app):
    html = shown_results(question=Question(number="9434765919"))
    assert "Check it, or search by name and date of birth" in html
    assert "spelling" not in html


def test_helpdesk_can_be_called_from_a_page_without_a_child(app):
    assert 'the helpdesk on <a class="govuk-link" href="tel:01942000000">' in shown_results()


def test_record_of_a_double_says_so_whoever_is_in_contact(app, monkeypatch):
    assert DOUBLE in shown_record(monkeypatch, SCHOOL, is_double=True)
    assert DOUBLE in shown_record(monkeypatch, is_double=True)
    assert DOUBLE not in shown_record(monkeypatch, SCHOOL)


def test_record_without_contacts_points_to_the_other_results(app, monkeypatch):
    assert "look at the others too" in shown_record(monkeypatch)


def test_sensitive_service_is_also_involved_only_beside_another(app, monkeypatch):
    assert "A sensitive service is also involved" in shown_record(monkeypatch, SENSITIVE, SCHOOL)
    assert "A sensitive service is involved" in shown_record(monkeypatch, SENSITIVE)


def test_sensitive_service_is_reached_by_its_team_or_else_the_helpdesk(app, monkeypatch):
    assert "tel:01942000100" in shown_record(monkeypatch, SENSITIVE)
    html = shown_record(monkeypatch, SENSITIVE, team=replace(WIGAN, phone=""))
    assert "tel:01942000000" in html
    assert "no phone number recorded" not in html


def test_services_no_longer_in_contact_stand_below_their_heading(app, monkeypatch):
    over = replace(SCHOOL, end=date(2020, 1, 1))
    html = shown_record(monkeypatch, over)
    assert html.index("<h3") < html.index("No longer in contact") < html.index("<h4")
    assert html.count("<h3") == 1


def test_numbers_of_a_record_can_be_read_aloud(app, monkeypatch):
    html = shown_record(monkeypatch)
    assert "943 476 5919" in html
    assert "1234 5678 9012" in html
