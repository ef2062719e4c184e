"""What practitioners say becomes rows of the child they opened, and of no other; in memory."""

import json
from dataclasses import replace

import pytest
from msgspec import structs

from indexer.children.combine import combine
from indexer.children.links import Link, number_key
from indexer.children.practitioners import _rows
from indexer.children.wishes import Wish, _parse, own_row, record_id
from tests.memory import NOW, Memory
from tests.rows import plain_row

BORN = "2014-03-09"
HEALTH = {"service": "health_visitor", "practitioner": "M. Lees", "organisation": "Wigan NHS"}
POLICE = {"service": "police", "practitioner": "P. Constable", "organisation": "GMP"}
GP = plain_row("G-1", "Ann", "Kelly", BORN, nhs_number="9434765919")


def wish(child, person="amira", involvement=HEALTH, day="2026-11-22"):
    return Wish(child, person, f"{day}T02:00:00+00:00", involvement)


def filled(*rows):
    memory = Memory()
    memory.load("gp-registration", *((row["source_record_id"], row) for row in rows))
    return memory


def child_of(memory, row="gp-registration:G-1"):
    return memory.links.links[row].child


def say(memory, *wishes):
    """Take the wishes in as `contactpoint work` does; return the receipt, and those done."""
    rows, done = _rows(memory._stores, {str(place): one for place, one in enumerate(wishes)})
    said = [json.loads(row) for row in rows]
    receipt = memory.load("practitioners", *((row["source_record_id"], row) for row in said))
    return receipt, done


def involvements(memory, number):
    return memory.children.stored[number].child.facts.involvements


def test_row_goes_to_the_child_who_was_opened_though_nothing_but_the_number_tells_which():
    """Of two children alike in name and date, neither with an address or a carer."""
    memory = filled(GP, plain_row("G-2", "Ann", "Kelly", BORN))
    number = child_of(memory, "gp-registration:G-2")
    receipt, done = say(memory, wish(number))
    assert (receipt, done) == ({"new": 1, "rows": 1}, ["0"])
    (one,) = involvements(memory, number)
    assert (one.service, one.practitioner, one.start) == ("health_visitor", "M. Lees", NOW.date())
    assert involvements(memory, child_of(memory)) == ()
    assert len(memory.children.stored) == 2
    assert memory.faults == []


def test_two_practitioners_stand_on_one_record_and_each_ends_their_own():
    memory = filled(GP)
    number = child_of(memory)
    say(memory, wish(number))
    say(memory, wish(number, "bo", POLICE))
    say(memory, wish(number, "amira", None, "2026-11-23"))
    found = {one.service: one.end for one in involvements(memory, number)}
    assert found == {"health_visitor": NOW.date().replace(day=23), "police": None}
    assert len(memory.children.stored) == 1
    child = memory.children.stored[number].child
    assert own_row(child, "bo").facts.involvements[0].service == "police"
    assert own_row(child, "cy") is None


def test_what_is_said_twice_at_once_counts_as_said_last_and_since_the_first():
    memory = filled(GP)
    number = child_of(memory)
    wishes = [
        wish(number),
        wish(number, involvement=HEALTH | {"phone": "01942 1"}, day="2026-11-23"),
    ]
    assert say(memory, *wishes)[1] == ["0", "1"]
    (one,) = involvements(memory, number)
    assert (one.phone, one.start) == ("01942 1", NOW.date())


def test_who_begins_again_does_so_since_that_day():
    memory = filled(GP)
    number = child_of(memory)
    say(memory, wish(number), wish(number, involvement=None, day="2026-11-23"))
    say(memory, wish(number, day="2026-11-25"))
    (one,) = involvements(memory, number)
    assert (one.start.day, one.end) == (25, None)


def test_wish_for_a_child_who_was_hidden_meanwhile_is_told_to_that_child_alone():
    memory = filled(GP, plain_row("G-2", "Ann", "Kelly", BORN))
    number = child_of(memory)
    memory.hide("gp-registration:G-1")
    receipt, done = say(memory, wish(number))
    assert (receipt, done) == ({"new": 1, "rows": 1}, ["0"])
    assert number not in memory.children.stored
    assert len(memory.children.stored) == 1
    hidden = memory.hidden.children[number].child
    assert own_row(hidden, "amira").facts.involvements[0].practitioner == "M. Lees"


def test_wish_for_nobody_waits_a_day_and_makes_no_child():
    memory = filled(GP)
    assert say(memory, wish("100000000017"))[1] == []
    receipt, done = say(memory, wish("100000000017", day="2026-11-20"))
    assert (receipt, done) == ({}, ["0"])
    assert len(memory.children.stored) == 1


def test_end_of_what_was_never_said_says_nothing():
    memory = filled(GP)
    receipt, done = say(memory, wish(child_of(memory), involvement=None))
    assert (receipt, done) == ({}, ["0"])


def test_wish_that_is_no_involvement_is_rejected_and_changes_nothing():
    memory = filled(GP)
    receipt, done = say(memory, wish(child_of(memory), involvement={"service": "spy"}))
    assert ("new" in receipt, done) == (False, ["0"])
    assert involvements(memory, child_of(memory)) == ()


@pytest.mark.parametrize(
    "broken",
    [{}, {"said_at": "1700000000000"}, {"said_at": "2026-11-22T02:00:00"}, {"child": ""}],
    ids=str,
)
def test_wish_that_no_page_wrote_is_done_with_and_keeps_no_other_from_being_taken_in(broken):
    memory = filled(GP)
    number = child_of(memory)
    whole = {"child": number, "person": "amira", "said_at": "2026-11-22T02:00:00+00:00"}
    receipt, done = say(memory, _parse(whole | broken if broken else {}), wish(number, "bo"))
    assert receipt["new"] == 1
    assert sorted(done) == ["0", "1"]
    assert _parse(whole) == Wish(**whole, involvement=None)


def test_row_that_died_between_link_and_child_is_finished_by_the_next_try():
    memory = filled(GP)
    number = child_of(memory)
    say(memory, wish(number))
    link = f"practitioners:{record_id(number, 'amira')}"
    stored = memory.children.stored[number]
    left = [one for one in stored.child.contributions if one.source != "practitioners"]
    memory.children.stored[number] = replace(stored, child=combine(number, left))
    memory._done.clear()
    say(memory, wish(number))
    assert len(involvements(memory, number)) == 1
    assert memory.links.links[link].child == number
    assert len(memory.children.stored) == 1


def test_child_who_became_another_has_the_row_and_its_owner_finds_it():
    memory = filled(GP)
    number = child_of(memory)
    say(memory, wish(number))
    child = memory.children.stored[number].child
    merged = combine("200000000025", child.contributions)
    assert own_row(merged, "amira") is None
    assert own_row(structs.replace(merged, former_numbers=(number,)), "amira") is not None


def test_what_is_said_under_a_number_of_before_and_that_of_now_is_one_row_in_order():
    """Two records were made one while a page of the old one was open."""
    memory = filled(GP)
    number = child_of(memory)
    memory.links.links[number_key("200000000025")] = Link((number,))
    begun, ended = wish("200000000025"), wish(number, involvement=None, day="2026-11-23")
    receipt, done = say(memory, ended, begun)
    assert (receipt["new"], sorted(done)) == (1, ["0", "1"])
    (one,) = involvements(memory, number)
    assert (one.start.day, one.end.day) == (22, 23)


def test_authority_of_the_day_it_was_said_does_not_outvote_the_sources():
    """Also not those that no table of preferences names, which come after it by their names."""
    memory = Memory()
    memory.load("youth-justice", ("Y-1", plain_row("Y-1", "Ann", "Kelly", BORN, authority="359")))
    number = child_of(memory, "youth-justice:Y-1")
    say(memory, wish(number))
    memory.load("youth-justice", ("Y-1", plain_row("Y-1", "Ann", "Kelly", BORN, authority="201")))
    child = memory.children.stored[number].child
    assert len(child.contributions) == 2
    assert child.facts.authority == "201"


@pytest.mark.parametrize("born", ["2014-03-09", "2014-03-10"])
def test_copy_of_name_and_date_does_not_outvote_the_sources(born):
    """The source corrects both; the copy says still what the record said then."""
    memory = filled(GP)
    number = child_of(memory)
    say(memory, wish(number))
    memory.load("gp-registration", ("G-1", GP | {"family_name": "Smith", "date_of_birth": born}))
    facts = memory.children.stored[number].child.facts
    assert (facts.family_name, facts.date_of_birth.isoformat()) == ("Smith", born)
