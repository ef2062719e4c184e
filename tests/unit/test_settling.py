"""What officers decide about held rows, carried out: given to the shielded child, or loaded."""

from datetime import UTC, datetime
from itertools import count

import pytest

from indexer.children.loads import Loading
from indexer.errors import Refused
from indexer.shields.events import Event, shields_of
from indexer.shields.settling import settle
from indexer.shields.takeback import take_back
from indexer.shields.waiting import waiting_children
from tests.memory import Memory
from tests.unit.test_grouping import NHS, POSTCODES, UPNS, at, said
from tests.unit.test_held_rows import ANN, NEAR, TOM, Died, ann, dying_after, rows_found

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DECISIONS = count()


@pytest.fixture
def index():
    """One shielded child, Ann, and one row that may be about her, b:1."""
    index = Memory()
    index.load("a", ("1", ANN))
    index.hide("a:1")
    index.load("b", ("1", NEAR | {"upn": UPNS[0]}))
    return index


def decide(index, decision, key="b:1"):
    """Write down what an officer decided, as webapp does before anything is done."""
    row = index.held.rows[key]
    index.held.write([row.decided({one.child: decision for one in row.suspects})])


def settle_all(index, source="b"):
    name = f"decision-{next(DECISIONS)}"
    loading = Loading(name, source, "olga", False, NOW.isoformat(), (0, 0), NOW)
    pending = [row for row in index.held.rows.values() if row.is_pending]
    settle(index._stores, loading, pending)
    index.children.refresh()


def sources_of(index):
    hidden = index.hidden.children[ann(index)]
    return {one.source for one in hidden.contributions}


def test_row_of_the_same_child_is_the_shielded_childs_from_now_on(index):
    decide(index, "same-child")
    settle_all(index)
    assert sources_of(index) == {"a", "b"}
    assert index.held.open == {}
    assert index.load("b", ("1", NEAR | {"upn": UPNS[0]})) == {"unchanged": 1, "rows": 1}
    assert index.load("b", ("1", TOM)) == {"changed": 1, "rows": 1}
    index.load("c", ("1", said("Bo", "Lee", upn=UPNS[0])))
    assert rows_found(index) == set()
    assert sources_of(index) == {"a", "b", "c"}


def test_row_of_another_child_is_loaded_as_it_would_have_been(index):
    number = index.links.links["b:1"].child
    decide(index, "another-child")
    settle_all(index)
    assert rows_found(index) == {("b", "1")}
    assert set(index.children.stored) == {number}
    assert index.faults == []
    assert sources_of(index) == {"a"}
    row = NEAR | {"upn": UPNS[0]}
    assert index.load("b", ("1", row)) == {"unchanged": 1, "rows": 1}
    assert index.load("b", ("1", row | {"sex": "female"})) == {"changed": 1, "rows": 1}
    assert index.held.open == {}
    assert rows_found(index) == {("b", "1")}


def test_row_of_another_child_joins_who_came_meanwhile(index):
    index.load("c", ("1", said("Anneliese", "Fox", upn=UPNS[0])))
    assert rows_found(index) == {("c", "1")}
    decide(index, "another-child")
    settle_all(index)
    assert index.groups == {frozenset({("b", "1"), ("c", "1")})}


def test_row_of_another_child_is_held_again_if_it_brings_news_and_when_it_comes_back_only_then(
    index,
):
    decide(index, "another-child")
    settle_all(index)
    row = NEAR | {"upn": UPNS[0]}
    index.load("b", ("1", None))
    index.load("b", ("1", row))
    assert (rows_found(index), index.held.open) == ({("b", "1")}, {})
    index.load("b", ("1", row | {"address": at(POSTCODES[0])}))
    assert index.held.open == {"b:1": {ann(index)}}
    assert rows_found(index) == {("b", "1")}
    [child] = index.children.stored.values()
    assert child.child.facts.address.postcode == POSTCODES[1]


def test_older_version_of_a_row_given_away_is_with_nobody_who_can_be_found(index):
    index.load("b", ("2", TOM | {"nhs_number": NHS[1]}))
    index.load("b", ("2", NEAR))
    decide(index, "same-child", "b:2")
    settle_all(index)
    assert rows_found(index) == set()
    assert {one.source_record_id for one in index.hidden.children[ann(index)].contributions} == {
        "1",
        "2",
    }
    index.load("c", ("1", TOM | {"nhs_number": NHS[1]}))
    assert rows_found(index) == {("c", "1")}


def test_newer_version_that_comes_before_a_decision_is_carried_out_follows_it(index):
    decide(index, "same-child")
    index.load("b", ("1", NEAR | {"sex": "female"}))
    settle_all(index)
    assert (rows_found(index), sources_of(index)) == (set(), {"a", "b"})
    [row] = [one for one in index.hidden.children[ann(index)].contributions if one.source == "b"]
    assert row.facts.sex == "female"


def test_row_withdrawn_after_the_decision_is_not_brought_back(index):
    decide(index, "another-child")
    index.load("b", ("1", None))
    settle_all(index)
    assert rows_found(index) == set()
    assert not index.held.rows["b:1"].is_pending


def test_row_near_two_shielded_children_waits_for_both():
    index = Memory()
    index.load("a", ("1", ANN), ("2", said("Annie")))
    index.hide("a:1")
    index.hide("a:2")
    index.load("b", ("1", NEAR))
    both = {index.links.links[key].child for key in ("a:1", "a:2")}
    assert index.held.open == {"b:1": both}
    row = index.held.rows["b:1"]
    one = sorted(both)[0]
    index.held.write([row.decided({one: "another-child"})])
    assert index.held.open == {"b:1": both}
    assert not index.held.rows["b:1"].is_pending


def test_taken_back_from_the_shielded_child_the_row_is_a_hidden_child_of_its_own(index):
    decide(index, "same-child")
    settle_all(index)
    number = take_back(index._stores, index.held.rows["b:1"], hold=[].append)
    assert sources_of(index) == {"a"}
    assert index.hidden.children[ann(index)].evidence == ()
    assert [one.source for one in index.hidden.children[number].contributions] == ["b"]
    assert index.links.links["b:1"].child == number
    assert index.links.links[f"upn:{UPNS[0]}"].children == (number,)


def test_taken_back_from_a_child_who_can_be_found_it_is_that_child_who_is_to_be_held(index):
    decide(index, "another-child")
    settle_all(index)
    [number] = index.children.stored
    held = []
    assert take_back(index._stores, index.held.rows["b:1"], held.append) == number
    assert held == [number]
    index.load("b", ("1", None))
    with pytest.raises(Refused):
        take_back(index._stores, index.held.rows["b:1"], held.append)


def given_away():
    """An index whose row was given to the shielded child, with that row."""
    index = Memory()
    index.load("a", ("1", ANN))
    index.hide("a:1")
    index.load("b", ("1", NEAR | {"upn": UPNS[0]}))
    decide(index, "same-child")
    settle_all(index)
    return index, index.held.rows["b:1"]


def test_row_whose_taking_back_died_at_any_step_is_in_one_hidden_child_who_is_held():
    for steps in range(100):
        (index, row), held, has_died = given_away(), set(), False
        dying_after(index, steps)
        try:
            take_back(index._stores, row, held.add)
        except Died:
            has_died = True
        assert index.hidden.children.keys() <= {*held, ann(index)}
        dying_after(index, 10**6)
        number = take_back(index._stores, row, held.add)
        assert (held, index.links.links["b:1"].child) == ({number}, number)
        assert index.hidden.children.keys() == {number, ann(index)}
        if not has_died:
            break
    assert 3 < steps < 99


def settle_and_die(index, steps):
    """Settle twice, the first time only so many steps; return whether there are more."""
    dying_after(index, steps)
    try:
        settle_all(index)
    except Died:
        dying_after(index, 10**6)
        settle_all(index)
        return True
    return False


@pytest.mark.parametrize("decision", ["same-child", "another-child"])
@pytest.mark.parametrize("before", [[], [("1", TOM)]], ids=["new row", "row of one who is there"])
def test_decision_that_dies_at_any_step_is_carried_out_by_the_next_try(decision, before):
    is_same = decision == "same-child"
    for steps in range(100):
        index = Memory()
        index.load("a", ("1", ANN))
        index.hide("a:1")
        index.load("b", *before)
        index.load("b", ("1", NEAR | {"upn": UPNS[0]}))
        decide(index, decision)
        has_died = settle_and_die(index, steps)
        assert rows_found(index) == (set() if is_same else {("b", "1")})
        assert sources_of(index) == ({"a", "b"} if is_same else {"a"})
        assert index.faults == []
        if not has_died:
            break
    assert 3 < steps < 99


def shield_with(held, **more):
    """A shield as its events leave it, that hides these children until somebody decides."""
    at = NOW.isoformat()
    events = [
        Event("set", "s-1", "olga", "359", "order", "359", at=at, **more),
        Event("held", "s-1", numbers=held, at=at),
    ]
    return shields_of(events)["s-1"]


def test_held_child_waits_beside_whom_it_may_be_or_the_shield_that_awaits_one(index):
    index.load("c", ("1", said("Tom")))
    index.hide("c:1")
    tom = index.links.links["c:1"].child
    [found] = waiting_children(index._stores.hidden, [shield_with((tom,), numbers=(ann(index),))])
    assert (found.name, [one.child for one in found.suspects]) == (tom, [ann(index)])
    assert "no Tom in this record" in found.suspects[0].why
    [found] = waiting_children(
        index._stores.hidden, [shield_with((tom,), key="name|ann kelly|2014-03-09")]
    )
    assert (found.name, [one.child for one in found.suspects]) == (tom, ["s-1"])
