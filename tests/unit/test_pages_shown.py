"""What the results and the record say of children made up here; Elasticsearch is not there."""

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import g, render_template
from msgspec import structs

from indexer.children.child import Address, Child, Contribution, Facts, FormerName, Involvement
from indexer.children.combine import combine
from indexer.people.actor import Actor
from indexer.people.organisations import Organisation
from tests.unit.test_pages_app import make_app
from webapp.pages import record
from webapp.pages.record import build_record_page
from webapp.pages.results import build_results_page
from webapp.search.answer import Answer, Found, OpenRecord
from webapp.search.question import Question
from webapp.search.sensitive import without_sensitive_sources
from webapp.site import Site
from webapp.tokens import Asked

BORN = date(2014, 3, 9)
FOUND = Found(
    child="100000000017",
    score=0.9,
    whys=("born on the same day",),
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
LOADED = "2026-11-22T00:30:00+00:00"
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
    child = Child("123456789012", structs.replace(FACTS, involvements=involvements), ())
    asked = Asked("niamh", number=child.number, reason="meeting", is_double=is_double)
    page = build_record_page(OpenRecord(child, 12, checked_at=0), asked)
    return squeezed(render_template("record.html", page=page))


def shown_child(monkeypatch, *said):
    """The record that the facts said by some sources make, and as the page shows it."""
    monkeypatch.setattr(record, "_team", lambda _authority: WIGAN)
    child = combine("123456789012", [Contribution(one, "1", LOADED, facts) for one, facts in said])
    asked = Asked("niamh", number=child.number, reason="meeting")
    page = build_record_page(OpenRecord(child, 12, checked_at=0), asked)
    return squeezed(render_template("record.html", page=page))


def head(html):
    """What stands above the contacts."""
    return html[: html.index('id="contacts"')]


def foot(html):
    return html[html.index('id="sources"') :]


def squeezed(html):
    return re.sub(r"\s+", " ", html)


def title(html):
    return re.search(r"<title>(.*?) – ", html)[1]


def heading(html):
    return re.search(r"<h1[^>]*>(.*?)</h1>", html)[1].strip()


def test_doubt_stands_after_the_whys_and_begins_with_but(app):
    html = shown_results(replace(FOUND, doubts=("date of birth is different",)))
    assert "<strong>But:</strong> date of birth is different" in html
    assert html.index("Born on the same day") < html.index("date of birth is different")


def test_namesakes_are_told_apart_by_known_as_age_town_and_postcode(app):
    text = re.sub(r"<[^>]+>", "", shown_results(replace(FOUND, known_as="Neve")))
    assert "Niamh Kelly known as Neve" in text
    assert "12 years old, born 9 March 2014" in text
    assert "Lives in Wigan, WN1" in text


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
    over = structs.replace(SCHOOL, end=date(2020, 1, 1))
    html = shown_record(monkeypatch, over)
    assert html.index("<h3") < html.index("No longer in contact") < html.index("<h4")
    assert html[: html.index("What nobody has told us")].count("<h3") == 2, "its own, and that one"


def test_numbers_of_a_record_can_be_read_aloud(app, monkeypatch):
    html = shown_record(monkeypatch)
    assert "943 476 5919" in html
    assert "1234 5678 9012" in html


def test_sources_that_agree_are_listed_with_their_dates_and_nothing_else(app, monkeypatch):
    again = structs.replace(FACTS, given_names="NIAMH", nhs_number="")
    html = shown_child(monkeypatch, ("child-benefit", FACTS), ("school-census", again))
    assert "do not agree" not in html
    assert foot(html).count("Agrees with this record.") == 2
    assert foot(html).count("Loaded on 22 November 2026") == 2


def test_other_name_and_date_of_birth_stand_at_the_head_with_who_says_so(app, monkeypatch):
    other = structs.replace(FACTS, family_name="Smith", date_of_birth=date(2014, 4, 9))
    html = shown_child(monkeypatch, ("child-benefit", FACTS), ("gp-registration", other))
    for words in ("the name Niamh Smith", "the date of birth 9 April 2014"):
        assert f"<li>GP registration has {words}</li>" in head(html)
        assert f"<li>{words}</li>" in foot(html)


def test_sources_that_say_the_same_other_thing_say_it_once(app, monkeypatch):
    other = structs.replace(FACTS, family_name="Smith")
    said = [("child-benefit", FACTS), ("gp-registration", other), ("school-census", other)]
    html = shown_child(monkeypatch, *said)
    assert "<li>GP registration and School census have the name Niamh Smith</li>" in head(html)


@pytest.mark.parametrize(
    "other",
    [
        {"given_names": "Niamh Rose"},
        {"given_names": "NIAMH"},
        {"given_names": "Baby"},
        {"given_names": "Neve"},
        {"family_name": "KELLY"},
        {"sex": "male"},
    ],
    ids=str,
)
def test_what_does_not_put_the_child_in_doubt_is_not_at_the_head(app, monkeypatch, other):
    facts = structs.replace(FACTS, known_as="Neve", sex="female")
    said = [("child-benefit", facts), ("school-census", structs.replace(facts, **other))]
    assert "do not agree" not in head(shown_child(monkeypatch, *said))


def test_each_source_says_where_it_differs_in_plain_words(app, monkeypatch):
    facts = structs.replace(FACTS, sex="female", address=Address((), "Wigan", "WN1 1AA"), upn="A")
    other = structs.replace(
        facts,
        known_as="Neve",
        sex="male",
        address=Address((), "Leigh", "WN7 1BB"),
        nhs_number="9990000018",
        date_of_death=date(2026, 5, 3),
        former_names=(FormerName("Niamh", "Jones"),),
    )
    first = structs.replace(facts, known_as="Nee", date_of_death=date(2026, 5, 4))
    html = foot(
        shown_child(monkeypatch, ("gp-registration", first), ("zoo", other), ("ark", facts))
    )
    found = re.findall(r"<li>(the .*?)</li>", html)
    assert found == [
        "the name in use Neve",
        "the date of death 3 May 2026",
        "the sex male",
        "the postcode WN7 1BB",
        "the NHS number 999 000 0018",
    ]


def test_death_is_said_at_the_head_with_who_told_and_the_age_then(app, monkeypatch):
    died = structs.replace(FACTS, date_of_death=date(2024, 5, 3))
    said = [("gp-registration", died), ("child-benefit", FACTS)]
    text = re.sub(r"<[^>]+>", "", head(shown_child(monkeypatch, *said)))
    assert "Died on 3 May 2024, 10 years old. Told by: GP registration." in text
    assert "12 years old" not in text


def test_child_who_lives_is_not_spoken_of_as_dead(app, monkeypatch):
    assert "Died" not in shown_child(monkeypatch, ("child-benefit", FACTS))


def test_service_that_two_sources_tell_of_names_both(app, monkeypatch):
    facts = structs.replace(FACTS, involvements=(SCHOOL,))
    html = shown_child(monkeypatch, ("child-benefit", facts), ("school-census", facts))
    assert html.count("St Mary&#39;s") == 1
    assert "Told by: Child benefit and School census" in html


def test_source_of_a_sensitive_service_alone_is_nowhere_on_the_page(app, monkeypatch):
    """As the gate hands the record out: without that contribution."""
    hidden = structs.replace(
        FACTS,
        family_name="Hidden",
        date_of_death=date(2026, 5, 3),
        involvements=(SENSITIVE,),
    )
    said = [Contribution("clinic", "1", LOADED, hidden), Contribution("zoo", "1", LOADED, FACTS)]
    child = without_sensitive_sources(combine("123456789012", said))
    monkeypatch.setattr(record, "_team", lambda _authority: WIGAN)
    asked = Asked("niamh", number=child.number, reason="meeting")
    page = build_record_page(OpenRecord(child, 12, checked_at=0), asked)
    html = squeezed(render_template("record.html", page=page))
    assert "Died on" in html
    assert "A sensitive service is involved" in html
    assert "linic" not in html
