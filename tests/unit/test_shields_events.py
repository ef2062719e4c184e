"""What the events of shields come to."""

from datetime import date, timedelta

import pytest

from indexer.children.child import Contribution, Facts
from indexer.errors import Refused
from indexer.shields.events import Event, hidden_numbers, name_key, shields_of
from indexer.shields.shielding import ACKNOWLEDGED_AFTER_SECONDS
from indexer.shields.subject import (
    Subject,
    _authorities,
    parse_name,
    parse_number,
    parse_row,
    subject_of,
)
from webapp.search.answer import FRESH_SECONDS

BORN = date(2014, 3, 9)
SET = Event("set", "s-1", "olga", "359", "order", "359", "", ("1",), at="2026-11-22T10:00:00+00:00")


def later(kind, actor="olga", **more):
    return Event(kind, "s-1", actor, at="2027-01-10T10:00:00+00:00", **more)


def after(*events):
    return shields_of([SET, *events])["s-1"]


def test_shield_hides_from_its_beginning_to_its_end():
    assert hidden_numbers([after()]) == {"1"}
    assert hidden_numbers([after(later("lifted", numbers=("1",)))]) == set()


def test_child_who_arrives_is_hidden_too():
    assert hidden_numbers([after(later("arrived", numbers=("2",)))]) == {"1", "2"}


def test_child_who_is_held_is_hidden_until_it_is_released_and_again_when_that_is_taken_back():
    held, released = later("held", numbers=("2",)), later("released", numbers=("2",))
    shield = after(held)
    assert (hidden_numbers([shield]), shield.held) == ({"1", "2"}, {"2": held.at})
    shield = after(held, released)
    assert (hidden_numbers([shield]), shield.held, shield.released) == ({"1"}, {}, {"2"})
    shield = after(held, released, held)
    assert (hidden_numbers([shield]), shield.released) == ({"1", "2"}, frozenset())


def test_child_who_is_confirmed_stays_hidden_and_is_held_no_more():
    held, confirmed = later("held", numbers=("2",)), later("confirmed", numbers=("2",))
    shield = after(held, confirmed)
    assert (hidden_numbers([shield]), shield.held, shield.confirmed) == ({"1", "2"}, {}, {"2"})
    assert after(held, confirmed, held).held == {"2": held.at}


def test_review_is_due_half_a_year_after_the_shield_was_last_looked_at():
    assert after().review_due == date(2026, 11, 22) + timedelta(days=182)
    assert after(later("reviewed")).review_due == date(2027, 1, 10) + timedelta(days=182)


def test_hand_over_changes_nothing_until_it_is_accepted():
    offered = after(later("offered", authority="383"))
    assert (offered.authority, offered.keeper, offered.offered_to) == ("359", "olga", "383")
    taken = after(
        later("offered", authority="383"), later("accepted", actor="noor", authority="383")
    )
    assert (taken.authority, taken.keeper, taken.offered_to) == ("383", "noor", "")


def test_event_of_no_shield_changes_none():
    assert shields_of([SET, Event("purged")]).keys() == {"s-1"}


def test_name_is_the_same_in_any_order_and_spelling():
    assert name_key("Zoë O'Brien", BORN) == name_key("OBRIEN zoe", BORN)
    assert name_key("Zoe Brien", BORN) != name_key("Zoe Brian", BORN)


def test_subject_is_made_out_of_what_it_waits_under():
    for subject in (parse_row("census:a|b:c"), parse_name("Zoë  O'Brien", BORN)):
        assert subject_of(subject.waits_under).waits_under == subject.waits_under


def test_number_says_itself_what_it_is():
    assert parse_number("943 476 5919") == Subject(key="nhs:9434765919")
    assert parse_number("100000000017") == Subject(number="100000000017")
    assert parse_number("100000000017").waits_under == ""


@pytest.mark.parametrize("text", ["", "1", "943 476 5918", "100000000018"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Refused):
        parse_number(text)


def test_row_and_name_must_be_whole():
    with pytest.raises(Refused):
        parse_row("census")
    with pytest.raises(Refused):
        parse_name("Kelly", BORN)


def test_shield_is_acknowledged_no_sooner_than_an_answer_may_be_late():
    assert ACKNOWLEDGED_AFTER_SECONDS >= FRESH_SECONDS


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ((("school-census", "201"), ("practitioners", "359")), {"201"}),
        ((("school-census", "201"), ("youth-justice", "359")), {"201", "359"}),
        ((("practitioners", "359"),), {"359"}),
    ],
)
def test_copy_of_an_authority_in_a_practitioners_row_gives_no_right(sources, expected):
    said = [Contribution(one, "1", "", Facts("Kelly", BORN, code)) for one, code in sources]
    assert _authorities(said) == expected
