"""The shield officers' pages, over an index in memory: what is shown, to whom, for which reason."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from flask import g
from msgspec import structs

from indexer.people.actor import Actor
from indexer.shields.events import Event
from indexer.shields.orders import Person
from indexer.world import World
from tests.memory import Memory
from tests.officers import desk_in_memory, with_desk
from tests.people import MemoryTrail, Town
from tests.unit.test_grouping import NHS, at, said
from tests.unit.test_pages_access import opened, signed_in
from webapp import app as application
from webapp.pages.desk.shield_act import acts, order_address
from webapp.pages.desk.shield_set import Typed, Wrong, parse_whom
from webapp.pages.desk.shields import shield_address
from webapp.processes import DESK
from webapp.service import KEY

OLGA, OMAR, NOOR = ("olga", "359"), ("omar", "359"), ("noor", "383")
ANN = said("Ann", nhs_number=NHS[0], address=at("WN1 1AA"))
NEAR = said("Anne", "Kelley", address=at("WN7 1BB"))
WHY = {"reason": "review", "details": "monthly round"}


@pytest.fixture
def index():
    """Ann is shielded, by Olga; a row that may be about her is held."""
    index = Memory()
    index.load("school-census", ("1", ANN))
    index.hide("school-census:1")
    index.load("gp-registration", ("1", NEAR))
    return index


@pytest.fixture
def ann(index):
    return index.links.links["school-census:1"].child


@pytest.fixture
def sealed():
    return MemoryTrail()


@pytest.fixture
def town(monkeypatch):
    made = Town(monkeypatch)
    for name, authority in (OLGA, OMAR, NOOR):
        made.set_up(name, "shield-officer", authority)
    made.set_up("ivy", "inspector")
    monkeypatch.setattr(application, "Trail", lambda *_: made.trail)
    return made


@pytest.fixture
def desk(town, index, ann, sealed):
    # No test waits: who waits for the worker looks at once again.
    world = World(town.world.now, town.world.below, town.world.token, sleep=lambda _: None)
    made = desk_in_memory(index, sealed, world)
    event = Event("set", "s-1", "olga", "359", "court order", "359", "", (ann,))
    made.register.add(event, "2025-08-01T09:00:00+00:00")
    return made


@pytest.fixture
def app(town, tmp_path, desk):
    made = opened(town, tmp_path, DESK)
    made.extensions[KEY] = replace(with_desk(made.extensions[KEY], desk), world=desk.world)
    return made


@pytest.fixture
def browse(town, app):
    """What gives the browser of an officer."""
    return lambda name: signed_in(town, app, name, DESK)


def text_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def follow(browser, answer, words):
    """Open the link that holds these words."""
    links = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', answer.text, re.S)
    found = [href for href, inner in links if words in unescape(re.sub(r"<[^>]+>", "", inner))]
    assert found, f"no link says {words!r}"
    return browser.get(found[0])


def send(browser, answer, **form):
    """Send the last form of a page to the page itself, and follow to where it leads."""
    return browser.post(answer.request.path, data=form, follow_redirects=True)


def shields_of(browser):
    return browser.post("/shields", data=WHY, follow_redirects=True)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose why you are looking"),
        ({"reason": "other"}, "Say what the other reason is"),
        ({"reason": "review", "details": "x" * 301}, "at most 300"),
    ],
)
def test_nothing_is_shown_without_a_reason(browse, sealed, form, words):
    answer = browse("olga").post("/shields", data=form)
    assert (answer.status_code, words in text_of(answer)) == (422, True)
    assert sealed.entries == []


def test_shields_are_listed_once_reason_and_children_are_in_the_sealed_audit(
    browse, town, sealed, ann
):
    answer = shields_of(browse("olga"))
    assert "Ann Kelly, born 9 March 2014" in text_of(answer)
    assert "1 review is overdue" in text_of(answer)
    assert sealed.entries == [
        ("shield-list", "olga", {"children": [ann], "reason": "Reviews are due: monthly round"})
    ]
    assert not {event for event in town.trail.events if event.startswith(("shield", "held"))}
    assert ann not in answer.request.path
    assert "monthly" not in answer.request.path


def test_officer_of_another_authority_sees_and_finds_nobody(browse, desk, sealed):
    browser = browse("noor")
    listed = shields_of(browser)
    found = send(browser, listed, text="ann kelly")
    assert "Ann Kelly" not in listed.text + found.text
    assert "No shielded child found" in found.text
    assert [one[2]["children"] for one in sealed.entries] == [[], []]


@pytest.mark.parametrize("text", ["anne kely 2014", NHS[0], "kelly ann 9/3/2014"])
def test_shielded_child_is_found_as_children_are(browse, sealed, ann, text):
    browser = browse("olga")
    found = send(browser, shields_of(browser), text=text)
    assert "Ann Kelly, born 9 March 2014" in text_of(found)
    event, _, details = sealed.entries[-1]
    assert (event, details["children"]) == ("shield-search", [ann])
    assert details["question"]["name"] or details["question"]["number"]


@pytest.mark.parametrize("text", ["tom smith", NHS[1]])
def test_who_is_not_meant_is_not_found(browse, text):
    browser = browse("olga")
    assert "No shielded child found" in send(browser, shields_of(browser), text=text).text


def test_question_that_is_none_is_refused_at_its_field(browse):
    browser = browse("olga")
    answer = send(browser, shields_of(browser), text="x")
    assert (answer.status_code, 'href="#text"' in answer.text) == (422, True)


def opened_shield(browser):
    return follow(browser, shields_of(browser), "Ann Kelly")


def test_shield_shows_the_child_and_what_happened(browse, sealed, ann):
    shown = text_of(opened_shield(browse("olga")))
    for words in ("943 476 5919", "WN1 1AA", "court order", "The review is overdue", "Kept by"):
        assert words in shown
    assert sealed.entries[-1][0] == "shield-view"
    assert sealed.entries[-1][2]["subject"] == "s-1"


def test_address_of_a_shield_opens_for_nobody_else_and_not_for_another_authority(app, browse):
    with app.test_request_context("/"):
        g.reader = Actor("olga", "shield-officer", "359")
        olgas = shield_address("s-1", "x")
        g.reader = Actor("noor", "shield-officer", "383")
        noors = shield_address("s-1", "x")
    assert browse("omar").get(olgas).status_code == 404
    assert browse("noor").get(noors).status_code == 404
    assert browse("olga").get(olgas).status_code == 200


def do(browser, words, **form):
    """Choose an act on the page of the shield, and send its form."""
    return send(browser, follow(browser, opened_shield(browser), words), **form)


def test_act_without_a_reason_or_authority_orders_nothing(browse, desk):
    browser = browse("olga")
    asked = follow(browser, opened_shield(browser), "Review")
    assert "There is a problem" not in asked.text
    assert 'href="#why"' in do(browser, "Review").text
    assert 'href="#to"' in do(browser, "Hand it over", why="moved", to="359").text
    assert desk.orders.orders == {}


@pytest.mark.parametrize(
    ("words", "kind", "form"),
    [
        ("Review", "review", {}),
        ("Hand it over", "hand-over", {"to": "383"}),
        ("Ask for it to be lifted", "ask-lift", {}),
    ],
)
def test_act_is_an_order_for_the_worker_and_the_page_says_that_it_waits(
    browse, desk, words, kind, form
):
    answer = do(browse("olga"), words, why="the order stands", **form)
    [order] = desk.orders.orders.values()
    assert (order.kind, order.about, order.officer, order.reason, order.to) == (
        *(kind, "s-1", "olga", "the order stands"),
        form.get("to", ""),
    )
    assert acts()[kind].doing in answer.text
    assert "not carried out yet" in answer.text
    event, _, details = desk.sealed.entries[-1]
    assert (event, details["subject"], details["said"]) == ("shield-order", "s-1", kind)


def test_order_that_the_worker_does_not_take_is_said_to_be_late_and_raises_an_alarm(
    browse, town, desk
):
    browser = browse("olga")
    answer = do(browser, "Review", why="the order stands")
    assert "longer than it should" not in answer.text
    assert desk.alarms.raised == []
    town.clock.pass_by(seconds=21)
    assert "longer than it should" in browser.get(answer.request.path).text
    assert desk.alarms.raised == ["work"]


def test_lift_is_confirmed_by_another_officer_than_the_one_who_asked(browse, desk):
    assert "Confirm the lift" not in opened_shield(browse("omar")).text
    desk.register.add(Event("lift-asked", "s-1", "omar", "359", "order ended", "359"))
    assert "Confirm the lift" not in opened_shield(browse("omar")).text
    shown = text_of(opened_shield(browse("olga")))
    assert "omar asked for this shield to be lifted" in shown
    assert "order ended" in shown
    answer = do(browse("olga"), "Confirm the lift", why="I spoke to the court")
    assert [one.kind for one in desk.orders.orders.values()] == ["lift"]
    assert "The shield is being lifted" in answer.text


def test_offer_is_seen_by_the_receiver_with_its_reason_and_without_the_child(browse, desk):
    desk.register.add(Event("offered", "s-1", "olga", "359", "lives with you now", "383"))
    browser = browse("noor")
    listed = shields_of(browser)
    assert "Offered to you" in listed.text
    shown = text_of(follow(browser, listed, "Shield s-1"))
    assert "lives with you now" in shown
    assert "court order" not in shown
    assert "Kelly" not in shown
    assert "Offered to Leeds" in shown
    assert "Review: say" not in shown


def test_whom_an_offered_shield_waits_for_is_not_told_before_it_is_accepted(browse, desk):
    waits = Event("set", "s-2", "olga", "359", "threats", "359", "name|ottilie brown|2016-01-02")
    desk.register.add(waits)
    assert "Waits for Ottilie Brown, born 2 January 2016" in text_of(shields_of(browse("olga")))
    desk.register.add(Event("offered", "s-2", "olga", "359", "lives with you now", "383"))
    browser = browse("noor")
    listed = shields_of(browser)
    shown = follow(browser, listed, "Shield s-2 of Wigan")
    assert "ottilie" not in (listed.text + shown.text).lower()


SET = {"why": "court order"}


@pytest.mark.parametrize(
    ("form", "about"),
    [
        ({"number": "943 476 5919"}, "nhs:9434765919"),
        ({"number": "1000 0000 0017"}, "100000000017"),
        ({"source": "school-census", "record": "SC-1"}, "school-census:SC-1"),
        ({"name": "Kelly Ann", "born": "9/3/2014"}, "name|ann kelly|2014-03-09"),
    ],
)
def test_shield_is_ordered_in_one_of_three_ways(browse, desk, form, about):
    answer = browse("olga").post("/shield-set", data=form | SET, follow_redirects=True)
    [order] = desk.orders.orders.values()
    assert (order.kind, order.about, order.reason) == ("set", about, "court order")
    assert "Not hidden yet" in answer.text
    assert about not in answer.request.path


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Typed(), "number"),
        (Typed(number="1000 0000 0018", why="x"), "number"),
        (Typed(number="943 476 5919", name="Ann Kelly", why="x"), "name"),
        (Typed(record="SC-1", why="x"), "source"),
        (Typed(source="school-census", why="x"), "record"),
        (Typed(name="Ann", born="9/3/2014", why="x"), "name"),
        (Typed(name="Ann Kelly", born="2014", why="x"), "born"),
        (Typed(number="943 476 5919"), "why"),
        (Typed(number="943 476 5919", why="x" * 501), "why"),
    ],
)
def test_form_that_cannot_be_used_is_refused_at_its_field(browse, desk, typed, field):
    with pytest.raises(Wrong) as refusal:
        parse_whom(typed)
    assert refusal.value.field == field
    answer = browse("olga").post("/shield-set", data=vars(typed))
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    assert desk.orders.orders == {}


def test_set_that_is_done_names_who_is_hidden_too_and_who_lives_with_the_child(
    browse, desk, sealed, ann
):
    done = {
        "state": "done",
        "said": "s-1",
        "numbers": (ann,),
        "held": (Person("100000000025", "Anne Kelley", date(2014, 3, 9)),),
        "household": (Person("100000000033", "Tom Kelly", date(2010, 1, 1)),),
    }
    desk.orders.carry_out = lambda order: structs.replace(order, **done)
    form = {"number": ann} | SET
    text = text_of(browse("olga").post("/shield-set", data=form, follow_redirects=True))
    for words in ("from now on", "Anne Kelley", "decide about them", "Tom Kelly", "may tell where"):
        assert words in text
    assert sealed.entries[-1][2]["children"] == sorted([ann, "100000000025", "100000000033"])


def test_order_that_was_refused_says_why_and_that_nothing_was_changed(browse, desk):
    refused = {"state": "refused", "said": "there is no child with this number"}
    desk.orders.carry_out = lambda order: structs.replace(order, **refused)
    form = {"number": "100000000017"} | SET
    text = text_of(browse("olga").post("/shield-set", data=form, follow_redirects=True))
    assert "There is no child with this number. Nothing was changed" in text


def held_list(browser):
    return follow(browser, shields_of(browser), "What may be a shielded child")


def compared(browser):
    return follow(browser, held_list(browser), "Anne Kelley")


def test_held_row_stands_beside_the_shielded_child_with_what_differs_and_the_ages(
    browse, sealed, ann
):
    text = text_of(compared(browse("olga")))
    assert re.search(r"Names Differs The held row Anne Kelley The shielded child Ann Kelly", text)
    assert re.search(r"Date of birth Agrees The held row 9 March 2014", text)
    assert re.search(r"NHS number Said by one only The held row Not said", text)
    assert text.count("GP registration, loaded") == 1
    assert text.count("School census, loaded") == 1
    event, _, details = sealed.entries[-1]
    assert (event, details["subject"], details["children"]) == (
        *("held-view", "gp-registration:1"),
        [ann],
    )


def test_held_row_is_not_there_for_another_authority(browse, app):
    assert "Nothing waits" in held_list(browse("noor")).text


@pytest.mark.parametrize(
    ("choice", "kind"), [("another-child", "another-child"), ("", "same-child")]
)
def test_decision_is_ordered(browse, desk, ann, choice, kind):
    browser = browse("olga")
    page = compared(browser)
    assert "There is a problem" not in page.text
    assert 'href="#choice"' in send(browser, page, why="x").text
    assert 'href="#why"' in send(browser, page, choice=choice or ann).text
    send(browser, page, choice=choice or ann, why="the same home")
    [order] = desk.orders.orders.values()
    assert (order.kind, order.about, order.child) == (
        *(kind, "gp-registration:1"),
        "" if choice else ann,
    )


def test_decided_row_says_how_far_it_is_and_can_be_taken_back(browse, desk, index, ann):
    row = index.held.rows["gp-registration:1"]
    index.held.write([row.decided({ann: "another-child"})])
    browser = browse("olga")
    listed = held_list(browser)
    assert "Nothing waits for a decision" in listed.text
    page = follow(browser, listed, "Row 1 of GP registration")
    assert "Decided, and not carried out yet" in text_of(page)
    index.held.write([index.held.rows["gp-registration:1"].over()])
    assert "Decided, and carried out" in text_of(browser.get(page.request.path))
    send(browser, page, choice="undo", why="they were twins")
    assert [one.kind for one in desk.orders.orders.values()] == ["undo"]


def test_held_child_stands_beside_the_shielded_one(browse, desk, index, ann):
    index.load("c", ("1", said("Tom")))
    index.hide("c:1")
    tom = index.links.links["c:1"].child
    desk.register.add(Event("held", "s-1", "load-1", "", numbers=(tom,)))
    browser = browse("olga")
    text = text_of(follow(browser, held_list(browser), "Tom Kelly"))
    assert "The held child Tom Kelly The shielded child Ann Kelly" in text
    desk.register.add(Event("confirmed", "s-1", "olga", "359", numbers=(tom,)))
    text = text_of(follow(browser, held_list(browser), "Child"))
    assert "Take the decision back" in text


def test_order_of_another_authority_is_not_there(app, desk, browse):
    olga = Actor("olga", "shield-officer", "359")
    order = desk.place("review", olga, "x", about="s-1")
    with app.test_request_context("/"):
        g.reader = Actor("noor", "shield-officer", "383")
        address = order_address(order, "x")
    assert browse("noor").get(address).status_code == 404


def test_sealed_audit_has_a_page_of_its_own_for_officers_and_inspectors(browse):
    for name in ("olga", "ivy"):
        page = browse(name).get("/sealed")
        assert (page.status_code, "What was done about shields" in page.text) == (200, True)
        assert 'action="/sealed"' in page.text
        assert browse(name).get("/audit").status_code == 403
    assert browse("ivy").get("/shields").status_code == 403
