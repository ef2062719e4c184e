"""Who of the shielded must leave, and what the register says of it."""

from datetime import date

import pytest

from indexer.children.child import Contribution, Facts
from indexer.children.hidden import HiddenChild
from indexer.people.actor import Actor
from indexer.shields.events import event_of, hidden_numbers, shields_of
from indexer.shields.leaving import build_departure, is_due

TODAY = date(2026, 11, 22)
ADULT, CHILD = date(2008, 11, 22), date(2008, 11, 23)


def said(born, **more):
    facts = Facts("Kelly", born, "359", **more)
    return Contribution("zoo", "1", "2026-11-22", facts)


@pytest.mark.parametrize(
    ("contributions", "evidence", "due"),
    [
        ([said(ADULT)], [], True),
        ([said(CHILD)], [said(ADULT)], False),
        ([said(CHILD, date_of_death=date(2025, 11, 22))], [], True),
        ([said(CHILD, date_of_death=date(2025, 11, 23))], [], False),
        ([], [said(ADULT)], True),
        ([], [said(ADULT), said(CHILD)], False),
        ([], [], False),
    ],
)
def test_child_is_due_by_what_is_said_now_or_by_all_that_was_said(contributions, evidence, due):
    assert is_due(HiddenChild("1", tuple(contributions), tuple(evidence)), TODAY) == due


def test_record_whom_every_source_withdrew_is_archived_by_what_they_said():
    departure = build_departure(HiddenChild("1", evidence=(said(ADULT),)))
    assert departure.child.facts.family_name == "Kelly"
    assert (departure.reason, departure.delete_on) == ("adult", date(2032, 11, 22))


def test_shield_is_closed_when_all_it_hides_have_left_and_open_again_when_one_comes_back():
    actor = Actor("olga", "shield-officer", "359")
    happened = [("set", ("1", "2")), ("left", ("1",)), ("left", ("2",)), ("arrived", ("2",))]
    events = [
        event_of(kind, "s-1", actor, numbers=numbers, at="2026-11-22T00:00:00+00:00")
        for kind, numbers in happened
    ]
    closed = [shields_of(events[: n + 1])["s-1"].is_closed for n in range(4)]
    assert closed == [False, False, True, False]
    assert hidden_numbers(shields_of(events[:3]).values()) == {"1", "2"}
