"""Children who may be one: shown to data managers, decided, taken back, and kept so by loads."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from msgspec import structs

from indexer.errors import NotAllowed, NotFound, Refused
from indexer.matches.matches import Matches
from indexer.matches.possible import match_name
from indexer.people.actor import Actor
from tests.memory import Memory
from tests.unit.test_grouping import ARRIVALS, NHS, at, loaded, said

MONA = Actor("mona", "data-manager", "359")
MILO = Actor("milo", "data-manager", "383")
REASON = "the school confirmed it"
HOME = {"address": at("WN1 1AA")}


class MemoryRecords:
    """What was decided."""

    def __init__(self):
        self.records, self._writes = {}, count(1)

    def read(self, names):
        return {name: self.records[name] for name in set(names) & self.records.keys()}

    def write(self, record):
        there = self.records.get(record.name)
        assert record.version == (there.version if there else None)
        self.records[record.name] = structs.replace(record, version=(next(self._writes), 1))


class Desk:
    """A data manager's matches over an index in memory, and what the audit was told."""

    def __init__(self, memory):
        self.memory, self.told = memory, []
        stores = replace(memory._stores, builds=lambda: SimpleNamespace(published="build"))
        scan = SimpleNamespace(of_authority=self._of_authority)
        trail = SimpleNamespace(write=lambda event, _who, **said: self.told.append((event, said)))
        self.matches = Matches(stores, MemoryRecords(), scan, trail)

    def _of_authority(self, _build, code):
        children = [one.child for one in self.memory.children.stored.values()]
        yield [one for one in children if one.facts.authority == code]

    def names(self, manager=MONA):
        return [one.name for one in self.matches.waiting(manager)]

    def decide(self, name, decision, manager=MONA, reason=REASON):
        self.matches.decide(name, decision, manager, reason)

    def undo(self, name, manager=MONA):
        self.matches.undo(name, manager, REASON)

    def name_of(self, *rows):
        return match_name(*(self.memory.links.links[row].child for row in rows))


def desk_with(*rows):
    """An index of rows (source, what it says), the first of each source called 1."""
    memory, numbers = Memory(), {}
    for source, row in rows:
        numbers[source] = numbers.get(source, 0) + 1
        memory.load(source, (str(numbers[source]), row))
    return Desk(memory)


def slip(memory_rows=()):
    """Two children whom one letter keeps apart."""
    return desk_with(("a", said("Mia", **HOME)), ("b", said("Nia", **HOME)), *memory_rows)


MIA_AND_NIA = ("a:1", "b:1")


@pytest.mark.parametrize(
    ("one", "other", "is_shown"),
    [
        (said("Mia", **HOME), said("Nia", **HOME), True),
        (said("Niamh", **HOME), said("Baby", **HOME), True),
        (said("Mia", nhs_number=NHS[0]), said("Tom", born="2016-07-01", nhs_number=NHS[0]), True),
        (said("Mia", sex="male", **HOME), said("Mia", sex="female", **HOME), False),
        (said("Ann", **HOME), said("Tom", **HOME), False),
        (said("Mia", **HOME), said("Nia", born="2016-07-01", **HOME), False),
        (said("Mia", **HOME), said("Nia", address=at("WN7 1BB")), False),
    ],
    ids=["slip", "not yet named", "number", "two sexes", "twins", "sisters", "elsewhere"],
)
def test_children_are_shown_where_one_thing_differs_and_twins_are_not(one, other, is_shown):
    desk = desk_with(("a", one), ("b", other))
    assert desk.names() == ([desk.name_of(*MIA_AND_NIA)] if is_shown else [])


def test_child_alike_to_two_of_one_source_is_shown_beside_the_one_it_did_not_join():
    home, rows = said("Ann", **HOME), ("a:1", "a:2")
    desk = desk_with(("a", home), ("a", home), ("b", home))
    assert desk.names() == [desk.name_of(*rows)]


def test_what_is_shown_says_why_and_is_in_the_audit():
    desk = slip()
    [match] = desk.matches.waiting(MONA)
    assert match.why
    assert desk.told == [("match-list", {"children": sorted(match.name.split("-"))})]


def test_same_child_becomes_one_whom_either_number_finds_and_loads_keep_it_so():
    desk = slip()
    name = desk.name_of(*MIA_AND_NIA)
    desk.decide(name, "same-child")
    memory = desk.memory
    assert (memory.groups, memory.faults) == ({frozenset({("a", "1"), ("b", "1")})}, [])
    [(number, stored)] = memory.children.stored.items()
    assert {number, *stored.child.former_numbers} == set(name.split("-"))
    memory.load("a", ("1", said("Mia", sex="female", **HOME)))
    memory.load("b", ("1", said("Nia", sex="male", **HOME)))
    assert (len(memory.groups), memory.faults) == (1, [])
    assert desk.told[-1] == (
        "match-same-child",
        {"children": sorted(name.split("-")), "reason": REASON, "said": name},
    )


def test_undo_gives_both_children_their_rows_and_numbers_back():
    desk = slip()
    name, before = desk.name_of(*MIA_AND_NIA), desk.memory.groups
    desk.decide(name, "same-child")
    desk.undo(name)
    assert (desk.memory.groups, desk.memory.faults) == (before, [])
    assert desk.names() == [name]
    assert all(not one.child.former_numbers for one in desk.memory.children.stored.values())


def test_two_children_are_shown_no_more_until_that_is_taken_back():
    desk = slip()
    name = desk.name_of(*MIA_AND_NIA)
    desk.decide(name, "another-child")
    assert (desk.names(), len(desk.memory.groups)) == ([], 2)
    with pytest.raises(Refused, match="undo"):
        desk.decide(name, "same-child")
    desk.undo(name)
    assert desk.names() == [name]


@pytest.mark.parametrize("row", MIA_AND_NIA)
def test_pair_with_a_hidden_child_is_answered_as_one_that_never_was(row):
    desk, without = slip(), desk_with(("a", said("Mia", **HOME)))
    name = desk.name_of(*MIA_AND_NIA)
    desk.memory.hide(row)
    assert desk.names() == without.names() == []
    for one in (desk, without):
        with pytest.raises(NotFound) as refused:
            one.decide(name, "same-child")
        assert str(refused.value) == "There is no such pair of children for your authority."


def test_child_who_is_marked_and_still_in_the_build_is_in_no_pair():
    desk = slip()
    name = desk.name_of(*MIA_AND_NIA)
    desk.memory.children.marks |= {name.split("-")[0]}
    assert desk.names() == []
    with pytest.raises(NotFound):
        desk.decide(name, "another-child")


def test_two_who_became_one_and_were_hidden_since_cannot_be_parted():
    desk = slip()
    name = desk.name_of(*MIA_AND_NIA)
    desk.decide(name, "same-child")
    desk.memory.hide("a:1")
    with pytest.raises(NotFound):
        desk.undo(name)
    assert desk.memory.groups == set()


@pytest.mark.parametrize("role", ["practitioner", "shield-officer", "auditor", "operator"])
def test_only_data_managers_look_and_decide(role):
    desk = slip()
    name, other = desk.name_of(*MIA_AND_NIA), Actor("x", role, "359")
    for act in (
        lambda: desk.names(other),
        lambda: desk.decide(name, "same-child", other),
        lambda: desk.undo(name, other),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("name", ["", "-", "1-2", "100000000017", "*-*"])
def test_name_of_no_pair_is_not_there(name):
    with pytest.raises(NotFound):
        slip().decide(name, "same-child")


def test_manager_of_another_authority_sees_and_decides_nothing():
    desk = slip()
    name = desk.name_of(*MIA_AND_NIA)
    assert desk.names(MILO) == []
    with pytest.raises(NotFound):
        desk.decide(name, "same-child", MILO)


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_reason_is_asked_for(reason):
    desk = slip()
    with pytest.raises(Refused, match="reason"):
        desk.decide(desk.name_of(*MIA_AND_NIA), "same-child", reason=reason)
    assert len(desk.memory.groups) == 2


STEPS = 8  # more than either takes


@pytest.mark.parametrize("step", range(STEPS))
def test_decision_that_died_at_any_write_is_finished_by_the_same_command(step):
    desk = slip()
    name, before = desk.name_of(*MIA_AND_NIA), desk.memory.groups
    if desk.memory.dies_at(step, lambda: desk.decide(name, "same-child")):
        desk.decide(name, "same-child")
    assert (len(desk.memory.groups), desk.memory.faults) == (1, [])
    if desk.memory.dies_at(step, lambda: desk.undo(name)):
        desk.undo(name)
    assert (desk.memory.groups, desk.memory.faults) == (before, [])
    desk.memory.load("a", ("1", said("Mia", sex="female", **HOME)))
    assert (desk.memory.groups, desk.memory.faults) == (before, [])


@settings(max_examples=150)
@given(ARRIVALS)
def test_any_two_children_can_become_one_and_two_again(arrivals):
    desk = Desk(loaded(arrivals))
    before, numbers = desk.memory.groups, sorted(desk.memory.children.stored)[:2]
    if len(numbers) == 2:
        desk.decide(match_name(*numbers), "same-child")
        assert (len(desk.memory.groups), desk.memory.faults) == (len(before) - 1, [])
        desk.undo(match_name(*numbers))
    assert (desk.memory.groups, desk.memory.faults) == (before, [])
