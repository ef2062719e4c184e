"""What loads do about a child who is hidden: nothing that anybody could find."""

from dataclasses import replace
from datetime import date

import pytest

from indexer.shields.events import name_key
from tests.memory import Memory
from tests.unit.test_grouping import NHS, POSTCODES, UPNS, at, said

ANN = said("Ann", nhs_number=NHS[0])
ANN_OF_TWO = ANN | {"upn": UPNS[0]}
TOM = said("Tom", "Smith", "2016-07-01")


@pytest.fixture
def index():
    return Memory()


def rows_found(index):
    return set().union(*index.groups)


def test_row_that_was_withdrawn_and_sent_again_finds_its_hidden_child(index):
    row = ("1", said("Ann", address=at(POSTCODES[0])))
    index.load("a", row)
    index.hide("a:1")
    index.load("a", ("1", None))
    index.load("a", row)
    assert rows_found(index) == set()


def test_number_that_a_hidden_child_gets_leads_to_it(index):
    index.load("a", ("1", said("Ann")))
    index.hide("a:1")
    index.load("a", ("1", ANN))
    index.load("b", ("1", ANN))
    assert rows_found(index) == set()


def test_row_of_a_visible_child_with_a_hidden_ones_number_stays_where_it_is(index):
    index.load("a", ("1", ANN))
    index.hide("a:1")
    index.load("b", ("1", TOM))
    index.load("b", ("1", TOM | {"nhs_number": NHS[0]}))
    index.load("b", ("1", TOM | {"nhs_number": NHS[1]}))
    assert rows_found(index) == {("b", "1")}
    index.load("b", ("1", None))
    assert rows_found(index) == set()


def test_row_with_the_numbers_of_a_visible_and_a_marked_child_joins_nobody_to_the_marked(index):
    """The mark is there and the document too: a shield is being set, or its setting died."""
    index.load("b", ("1", ANN))
    index.load("c", ("1", said("Ann", upn=UPNS[0])))
    index.children.marks |= {index.links.links["c:1"].child}
    index.load("a", ("1", ANN | {"upn": UPNS[0]}))
    together = next((group for group in index.groups if ("b", "1") in group), set())
    assert ("c", "1") not in together


def test_row_that_is_led_on_to_a_hidden_child_is_not_found(index):
    index.load("b", ("1", ANN))
    index.load("d", ("1", ANN))
    index.load("c", ("1", said("Ann", upn=UPNS[0])))
    stale = index.links.links["c:1"]
    index.load("a", ("1", ANN | {"upn": UPNS[0]}))
    index.links.links["c:1"] = stale  # as a run leaves it that dies before it writes this link
    index.hide("a:1")
    index.load("c", ("1", said("Annie")))
    assert rows_found(index) == set()


def test_hidden_child_keeps_its_number_when_others_with_it_move(index):
    index.load("a", ("1", ANN))
    index.load("b", ("1", TOM | {"nhs_number": NHS[0], "upn": UPNS[0]}))
    index.hide("a:1")
    index.load("c", ("1", TOM | {"nhs_number": NHS[1]}))
    index.load("d", ("1", TOM | {"nhs_number": NHS[1], "upn": UPNS[0]}))
    index.load("e", ("1", ANN))
    assert ("e", "1") not in rows_found(index)


def test_child_who_is_marked_while_a_load_dies_is_taken_out_by_the_same_command(index):
    write = index.children.write

    def die(placements):
        write(placements)
        index.children.marks |= {one.number for one in placements}
        raise KeyboardInterrupt

    index.children.write = die
    with pytest.raises(KeyboardInterrupt):
        index.load("a", ("1", ANN))
    index.children.write = write
    index._loads = []
    index.load("a", ("1", ANN))
    assert rows_found(index) == set()


@pytest.mark.parametrize("later", [said("Ann", nhs_number=NHS[1]), None], ids=["corrected", "gone"])
def test_number_that_a_hidden_child_has_no_more_takes_nobody_along(index, later):
    index.load("a", ("1", ANN), ("2", said("Ann")))
    index.load("b", ("1", said("Ann", upn=UPNS[0], address=at(POSTCODES[0]))))
    index.load("a", ("1", later))
    assert index.faults == []
    if later:
        index.hide("a:1")
    index.load("c", ("1", TOM | {"nhs_number": NHS[0]}))
    assert ("c", "1") in rows_found(index)


def test_number_of_a_child_whose_document_is_still_there_stays_with_it(index):
    index.load("b", ("1", ANN))
    index.load("c", ("1", said("Ann", upn=UPNS[0])))
    index.children.marks |= {index.links.links["c:1"].child}
    index.load("a", ("1", ANN | {"upn": UPNS[0]}))
    assert index.links.links["c:1"].child in index.links.links[f"upn:{UPNS[0]}"].children


def test_rows_of_a_hidden_child_keep_it_up_to_date(index):
    index.load("a", ("1", ANN))
    number = index.links.links["a:1"].child
    index.hide("a:1")
    index.load("a", ("1", ANN | {"family_name": "Smith"}))
    index.load("b", ("1", said("Ann", nhs_number=NHS[0], address=at(POSTCODES[1]))))
    hidden = index.hidden.children[number]
    assert rows_found(index) == set()
    assert {one.source for one in hidden.contributions} == {"a", "b"}
    assert hidden.child.facts.family_name == "Smith"
    assert [one.facts.family_name for one in hidden.evidence] == ["Kelly"]
    assert hidden.child.contributions[0].facts.former_names[0].family_name == "Kelly"


def test_row_of_a_hidden_child_that_is_withdrawn_is_only_evidence(index):
    index.load("a", ("1", ANN))
    number = index.links.links["a:1"].child
    index.hide("a:1")
    index.load("b", ("1", ANN))
    index.load("a", ("1", None))
    hidden = index.hidden.children[number]
    assert [one.source for one in hidden.contributions] == ["b"]
    assert [one.source for one in hidden.evidence] == ["a"]
    index.load("b", ("1", None))
    assert index.hidden.children[number].child is None
    index.load("b", ("1", ANN))
    assert index.hidden.children[number].child is not None
    assert rows_found(index) == set()


def test_child_whose_shield_is_set_while_its_only_row_is_withdrawn_is_not_lost(index):
    """The set finds nobody to move any more, and the row must not come back as a new child."""
    index.load("a", ("1", said("Ann")))
    number = index.links.links["a:1"].child
    write = index.children.write

    def write_and_mark(placements):
        conflicts = write(placements)
        index.children.marks |= {number}
        return conflicts

    index.children.write = write_and_mark
    index.load("a", ("1", None))
    assert [one.source for one in index.hidden.children[number].evidence] == ["a"]
    index.load("a", ("1", said("Ann")))
    assert rows_found(index) == set()
    assert index.hidden.children[number].child is not None


def test_same_rows_of_a_hidden_child_write_nothing(index):
    index.load("a", ("1", ANN))
    number = index.links.links["a:1"].child
    index.hide("a:1")
    index.load("b", ("1", ANN))
    before = index.hidden.children[number]
    index._done.clear()
    index.load("b", ("1", ANN))
    assert index.hidden.children[number] == before


def test_child_whose_shield_is_being_lifted_is_told_where_it_is(index):
    """The mark is gone, and the document is not yet back."""
    index.load("a", ("1", ANN))
    number = index.links.links["a:1"].child
    index.hide("a:1")
    index.children.marks = frozenset()
    index.load("a", ("1", ANN | {"family_name": "Smith"}))
    assert rows_found(index) == set()
    assert index.hidden.children[number].child.facts.family_name == "Smith"


def test_child_whose_shield_is_lifted_while_its_first_row_is_written_is_not_left_hidden(index):
    index.load("a", ("1", ANN))
    index.hide("a:1")
    index.hidden.children.clear()
    write = index.hidden.write

    def write_and_lift(children):
        conflicts = write(children)
        index.children.marks = frozenset()
        return conflicts

    index.hidden.write = write_and_lift
    index.load("a", ("1", ANN | {"family_name": "Smith"}))
    assert index.hidden.children == {}
    assert rows_found(index) == {("a", "1")}


AWAITED = {
    "row": ("a:1", said("Ann")),
    "NHS number": (f"nhs:{NHS[0]}", ANN),
    "UPN": (f"upn:{UPNS[0]}", said("Ann", upn=UPNS[0])),
    "name": (name_key("KELLY Ann", date(2014, 3, 9)), said("Ann")),
    "known as": (name_key("Nan Kelly", date(2014, 3, 9)), said("Ann", known_as="Nan")),
}


@pytest.mark.parametrize("how", AWAITED)
def test_awaited_child_is_never_in_a_build(index, how):
    key, row = AWAITED[how]
    index.awaited.keys[key] = "s-1"
    seen = []
    write = index.children.write
    index.children.write = lambda placements: seen.extend(placements) or write(placements)
    index.load("a", ("1", row), ("2", TOM))
    assert rows_found(index) == {("a", "2")}
    number = index.links.links["a:1"].child
    assert number in index.children.marks
    assert index.hidden.children[number].child.facts.given_names == "Ann"
    assert number not in {one.number for one in seen}


def test_awaited_child_takes_along_who_shares_its_number_in_the_same_feed(index):
    index.awaited.keys["a:1"] = "s-1"
    index.load("a", ("1", ANN), ("2", ANN))
    assert rows_found(index) == set()
    assert len(index.awaited.arrived) == 1


def test_child_who_can_be_found_is_hidden_whole_when_a_row_brings_what_a_shield_waits_for(index):
    index.load("a", ("1", said("Ann", address=at(POSTCODES[0]))))
    number = index.links.links["a:1"].child
    index.awaited.keys[f"nhs:{NHS[0]}"] = "s-1"
    index.load("b", ("1", ANN | {"address": at(POSTCODES[0])}))
    assert rows_found(index) == set()
    assert {one.source for one in index.hidden.children[number].contributions} == {"a", "b"}


@pytest.mark.parametrize("step", ["links", "children"])
def test_shield_set_while_the_awaited_childs_row_is_written_hides_it(index, step):
    """The set said so, and looked too early: the load must see it."""
    writer = index.links if step == "links" else index.children
    write = writer.write

    def write_and_set(what):
        done = write(what)
        index.awaited.keys["a:1"] = "s-1"
        return done

    writer.write = write_and_set
    index.load("a", ("1", ANN), ("2", TOM))
    assert rows_found(index) == {("a", "2")}
    assert len(index.hidden.children) == 1


def test_awaited_row_of_a_child_who_is_hidden_already_tells_its_own_shield(index):
    """Another shield holds the child: let go by that one, it must stay hidden by its own; and who
    else may be it is looked for, as about any who comes."""
    index.load("a", ("1", ANN), ("2", said("Ann", address=at(POSTCODES[0]))))
    index.hide("a:1")
    index.awaited.keys["b:1"] = "s-2"
    for born in ("2014-03-09", "2014-03-10"):
        index.load("b", ("1", ANN | {"date_of_birth": born}), ("2", TOM))
    assert rows_found(index) == {("b", "2")}
    assert index.awaited.arrived == [index.links.links["a:1"].child]  # and once


def test_dry_run_hides_nobody(index):
    index.awaited.keys["a:1"] = "s-1"
    index._stores = replace(index._stores, is_dry=True)
    index.load("a", ("1", ANN))
    assert (index.awaited.arrived, index.hidden.children) == ([], {})


@pytest.mark.parametrize("later", [ANN_OF_TWO | {"nhs_number": NHS[1]}, None], ids=["says", "gone"])
@pytest.mark.parametrize("again", [True, False], ids=["finished", "left so"])
@pytest.mark.parametrize("step", range(6))
def test_number_lost_in_a_load_that_died_takes_nobody_along(index, step, again, later):
    """Ann's number was Tom's; the load that says so dies at any write, and Ann is hidden since."""
    index.load("a", ("1", ANN_OF_TWO))
    index.load("b", ("1", said("Ann", upn=UPNS[0])))
    if index.dies_at(step, lambda: index.load("a", ("1", later))) and again:
        index.load("a", ("1", later))
    [child] = [one.child for one in index.children.stored.values()]
    index.hide("b:1")
    index.load("c", ("1", TOM | {"nhs_number": NHS[0]}))
    assert (("c", "1") in rows_found(index)) == (NHS[0] not in child.nhs_numbers)


@pytest.mark.parametrize(
    "key", ["nhs:" + NHS[0], "b:1", name_key("Ann Kelly", date(2014, 3, 9))], ids=str
)
def test_child_who_was_awaited_hides_a_double_that_was_there_before(index, key):
    index.load("a", ("1", said("Ann", address=at(POSTCODES[0]))))
    index.awaited.keys[key] = "a shield"
    index.load("b", ("1", said("Ann", nhs_number=NHS[0], address=at(POSTCODES[1]))))
    assert rows_found(index) == set()
