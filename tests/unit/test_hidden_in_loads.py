"""What loads do about a child who is hidden: nothing that anybody could find."""

import pytest

from tests.memory import Memory
from tests.unit.test_grouping import NHS, POSTCODES, UPNS, at, said

ANN = said("Ann", nhs_number=NHS[0])
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
