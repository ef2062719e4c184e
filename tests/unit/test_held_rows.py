"""Rows that may be about a shielded child: in no build, and nobody who sends them can tell."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer.children.store import Stored
from indexer.shields.events import name_key
from tests.memory import Memory
from tests.unit.test_grouping import CARERS, FEEDS, NHS, POSTCODES, at, cared_for, said

HERE, THERE = at(POSTCODES[0]), at(POSTCODES[1])
ANN = said("Ann", nhs_number=NHS[0], address=HERE)
NEAR = said("Anne", "Kelley", address=THERE)
TOM = said("Tom", "Smith", "2016-07-01")
TWIN = said("Tom", address=HERE, carers=cared_for(CARERS[0]))


@pytest.fixture
def index():
    """One shielded child, Ann Kelly, whose only row is a:1."""
    index = Memory()
    index.load("a", ("1", ANN))
    index.hide("a:1")
    return index


def ann(index):
    return index.links.links["a:1"].child


def rows_found(index):
    return set().union(*index.groups)


def test_row_that_may_be_about_a_shielded_child_is_in_no_build_and_waits(index):
    assert index.load("b", ("1", NEAR)) == {"new": 1, "rows": 1}
    assert rows_found(index) == set()
    assert index.held.open == {"b:1": {ann(index)}}
    [suspect] = index.held.rows["b:1"].suspects
    assert "born on the same day" in suspect.why


def test_same_row_again_is_unchanged_and_a_newer_one_replaces_it(index):
    index.load("b", ("1", NEAR))
    assert index.load("b", ("1", NEAR)) == {"unchanged": 1, "rows": 1}
    index._done.clear()  # nor is it new where the load before died
    assert index.load("b", ("1", NEAR)) == {"unchanged": 1, "rows": 1}
    assert index.load("b", ("1", said("Anneka", "Jones"))) == {"changed": 1, "rows": 1}
    assert rows_found(index) == set()
    facts = index.held.rows["b:1"].contribution.facts
    assert (facts.given_names, [one.family_name for one in facts.former_names]) == (
        "Anneka",
        ["Kelley"],
    )
    assert index.held.open == {"b:1": {ann(index)}}


def test_held_row_that_is_withdrawn_waits_no_more_and_is_held_again_when_it_comes_back(index):
    index.load("b", ("1", NEAR))
    assert index.load("b", ("1", None)) == {"withdrawn": 1, "rows": 1}
    assert index.held.open == {}
    assert "b:1" not in index.links.links
    assert index.load("b", ("1", None)) == {"unchanged": 1, "rows": 1}
    assert index.load("b", ("1", NEAR)) == {"new": 1, "rows": 1}
    assert index.held.open == {"b:1": {ann(index)}}
    assert rows_found(index) == set()


def test_child_who_can_be_found_stays_as_it_was_when_its_row_brings_what_is_near(index):
    index.load("b", ("1", TOM))
    number = index.links.links["b:1"].child
    before = index.children.stored[number]
    assert index.load("b", ("1", NEAR)) == {"changed": 1, "rows": 1}
    assert index.children.stored[number] == before
    assert index.load("b", ("1", NEAR)) == {"unchanged": 1, "rows": 1}
    assert index.links.links["b:1"].child == number
    assert index.held.rows["b:1"].number == number
    index.load("b", ("1", None))
    assert (rows_found(index), index.held.open) == (set(), {})


def test_number_of_a_shielded_child_in_the_row_of_another_is_held(index):
    index.load("b", ("1", TOM))
    index.load("b", ("1", TOM | {"nhs_number": NHS[0]}))
    [number] = index.children.stored
    assert index.children.stored[number].child.nhs_numbers == ()
    assert index.held.open == {"b:1": {ann(index)}}


def test_row_that_brings_nothing_new_to_its_child_is_not_compared(index):
    index.children.marks = frozenset()
    hidden, index.hidden.children = index.hidden.children, {}
    index.load("b", ("1", NEAR | {"nhs_number": NHS[1]}))
    index.hidden.children = hidden
    index.children.marks = frozenset({ann(index)})
    index.load("c", ("1", NEAR | {"nhs_number": NHS[1], "sex": "female"}))
    assert rows_found(index) == {("b", "1"), ("c", "1")}
    index.load("c", ("1", NEAR | {"nhs_number": NHS[1], "address": HERE}))
    assert index.held.open == {"c:1": {ann(index)}}


def test_row_is_not_held_for_the_sake_of_its_own_child_whose_shield_is_just_lifted(index):
    number, hidden = ann(index), index.hidden.children
    index.children.marks, index.hidden.children = frozenset(), {}
    index.children.stored[number] = Stored(hidden[number].child, 1)
    index.lookout._hidden = SimpleNamespace(children=hidden)
    index.load("a", ("1", ANN | {"known_as": "Nan"}))
    assert index.held.rows == {}
    assert index.children.stored[number].child.facts.known_as == "Nan"


def test_twin_of_a_shielded_child_is_loaded_as_itself(index):
    index.load("b", ("1", TWIN))
    assert (rows_found(index), index.held.open) == ({("b", "1")}, {})


def test_row_near_a_child_who_is_awaited_by_name_and_date_is_held_and_the_child_is_hidden():
    index = Memory()
    index.awaited.keys[name_key("Kelly Ann", date(2014, 3, 9))] = "s-1"
    index.load("b", ("1", said("Anne", "Kelley")), ("2", said("Ann", "Kelly")), ("3", TOM))
    assert rows_found(index) == {("b", "3")}
    assert index.held.open == {"b:1": {"s-1"}}
    assert index.awaited.arrived == [index.links.links["b:2"].child]


def test_awaited_row_is_hidden_though_it_is_near_another(index):
    index.awaited.keys["b:1"] = "s-1"
    index.load("b", ("1", NEAR))
    assert index.held.open == {}
    assert index.links.links["b:1"].child in index.hidden.children


def test_child_who_can_be_found_is_hidden_when_an_awaited_one_arrives_who_is_near():
    index = Memory()
    index.load("b", ("1", NEAR), ("2", TOM))
    number = index.links.links["b:1"].child
    index.awaited.keys[f"nhs:{NHS[0]}"] = "s-1"
    index.load("a", ("1", ANN))
    assert rows_found(index) == {("b", "2")}
    assert index.suspicion.held == {number: {ann(index)}}
    assert number in index.hidden.children


def test_dry_run_holds_nothing_and_says_the_same(index):
    index._stores = replace(index._stores, is_dry=True)
    assert index.load("b", ("1", NEAR)) == {"new": 1, "rows": 1}
    assert index.held.rows == {}


@pytest.mark.parametrize("writer", ["links", "children"])
def test_shield_set_while_a_near_row_is_written_hides_it(writer):
    """The set looked for near children before this one was there."""
    index = Memory()
    index.load("a", ("1", ANN))
    store = getattr(index, writer)
    write = store.write

    def write_and_set(what):
        store.write = write
        done = write(what)
        index.hide("a:1")
        index.lookout.events += 1
        return done

    store.write = write_and_set
    index.load("b", ("1", NEAR), ("2", TOM))
    assert rows_found(index) == {("b", "2")}
    is_held = index.held.open == {"b:1": {ann(index)}}
    assert is_held or index.suspicion.held == {index.links.links["b:1"].child: {ann(index)}}


def test_load_comes_to_its_end_while_shields_of_others_keep_being_set(index):
    """As they are when those whom thousands of shields await arrive in the same load."""
    index.lookout.is_said_still = lambda _known: False
    assert index.load("b", ("1", NEAR), ("2", TOM)) == {"new": 2, "rows": 2}
    assert rows_found(index) == {("b", "2")}
    assert index.held.open == {"b:1": {ann(index)}}


def test_children_known_by_rows_of_this_load_are_compared_by_them(index):
    index.load("a", ("1", ANN | {"family_name": "Jones", "address": THERE}))
    index.load("b", ("1", said("Ann", "Jones", "2014-09-03", address=THERE)))
    assert index.held.open == {"b:1": {ann(index)}}


class Died(Exception):
    """Nothing after this step happens."""


def dying_after(index, steps):
    left = [steps]

    def step():
        left[0] -= 1
        if left[0] < 0:
            raise Died

    for one in (index.links, index.children, index.held):
        one._step = step


FIRST = [("1", NEAR), ("2", TOM), ("3", said("Anne", "Kelly"))]
SECOND = [("1", None), ("2", TOM | {"nhs_number": NHS[0]}), ("3", said("Anna", "Kelly"))]


@pytest.mark.parametrize("before", [[], FIRST], ids=["first", "second"])
def test_load_that_dies_at_any_step_is_finished_by_the_same_command(before):
    feed, waiting = (SECOND, {"b:2", "b:3"}) if before else (FIRST, {"b:1", "b:3"})
    for steps in range(100):
        index = Memory()
        index.load("a", ("1", ANN))
        index.hide("a:1")
        index.load("b", *before)
        has_died = load_and_die(index, steps, feed)
        assert rows_found(index) == {("b", "2")}
        assert index.held.open == {key: {ann(index)} for key in waiting}
        [tom] = index.children.stored.values()
        assert tom.child.nhs_numbers == ()
        if not has_died:
            break
    assert 5 < steps < 99


def load_and_die(index, steps, feed):
    """Load twice, the first time only so many steps; return whether there are more."""
    dying_after(index, steps)
    try:
        index.load("b", *feed)
    except Died:
        dying_after(index, 10**6)
        index._loads = []
        index.load("b", *feed)
        return True
    return False


WITHDRAWN = st.lists(st.tuples(st.sampled_from("bcd"), st.sampled_from("12345")), max_size=4)
KELLY = said("Ann", address=HERE, carers=cared_for(CARERS[0]))


@settings(max_examples=300)
@given(FEEDS, FEEDS, WITHDRAWN, st.booleans())
def test_receipts_are_those_of_a_world_without_the_shielded_child(first, then, gone, is_known):
    """Every load twice; only rows of other sources than the shielded child's, and none that has
    its number: they would be about it."""
    with_child, without = Memory(), Memory()
    with_child.load("a", ("9", KELLY))
    with_child.hide("a:9")
    without._sources.add("a")
    for feeds in (first, then):
        for index_rows in _by_source(feeds, gone if feeds is then and is_known else []):
            source, rows = index_rows
            for _ in range(2):
                assert with_child.load(source, *rows) == without.load(source, *rows)
            assert with_child.links.links.keys() - {"a:9"} >= {
                key for key in without.links.links if key.split(":")[0] in "bcd"
            }
    assume(with_child.held.rows)


def _by_source(feeds, gone):
    for source in "bcd":
        rows = {record: row for one, record, row in feeds if one == source}
        rows |= {record: None for one, record in gone if one == source}
        yield source, list(rows.items())


def test_child_who_is_near_only_by_what_a_row_tells_of_the_hidden_one_is_hidden_too(index):
    index.load("b", ("1", said("Ann", "Smith", address=THERE)), ("2", TOM))
    assert rows_found(index) == {("b", "1"), ("b", "2")}
    index.load("a", ("1", said("Ann", nhs_number=NHS[0], address=THERE)))
    assert rows_found(index) == {("b", "2")}
    assert list(index.suspicion.held.values()) == [{ann(index)}]


def test_nobody_is_looked_for_when_rows_tell_a_hidden_child_nothing_new(index, monkeypatch):
    monkeypatch.setattr(index.suspicion, "look_around", None)
    assert index.load("a", ("1", {**ANN, "sex": "female"})) == {"changed": 1, "rows": 1}
