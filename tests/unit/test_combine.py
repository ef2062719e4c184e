"""One record from contributions: nothing lost, and the order of arrival plays no part."""

from datetime import date
from itertools import permutations

import pytest

from indexer.children.child import Address, Carer, Contribution, Facts, FormerName, Involvement
from indexer.children.combine import combine, renew

BORN = date(2014, 3, 9)


def contribution(source, **facts):
    said = {"family_name": "Kelly", "date_of_birth": BORN, "authority": "359"} | facts
    return Contribution(source, "1", "2026-11-22T00:00:00+00:00", Facts(**said))


HOME = Address(("1 High Street",), "Wigan", "WN1 1AA")
OLD_HOME = Address(("2 Low Road",), "Leigh", "WN7 1BB")
FOUR = [
    contribution("child-benefit", given_names="Niamh", carers=(Carer("Aoife Kelly", "mother"),)),
    contribution("gp-registration", given_names="Neve", nhs_number="9434765919", address=OLD_HOME),
    contribution("school-census", given_names="Niamh", family_name="Smith", address=OLD_HOME),
    contribution("social-care-359", given_names="Niamh", address=HOME, known_as="Nee"),
]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_record_is_the_same_whatever_the_order_of_its_contributions(order):
    assert combine("1", [FOUR[i] for i in order]) == combine("1", FOUR)


def test_every_name_of_every_source_is_kept():
    child = combine("1", FOUR)
    assert (child.facts.given_names, child.facts.family_name) == ("Niamh", "Kelly")
    assert set(child.facts.former_names) == {
        FormerName("Neve", "Kelly"),
        FormerName("Niamh", "Smith"),
    }
    assert child.facts.known_as == "Nee"


def test_address_of_the_most_trusted_source_is_current_and_the_others_are_kept():
    child = combine("1", FOUR)
    assert child.facts.address == HOME
    assert child.former_addresses == (OLD_HOME,)


def test_carers_of_several_sources_are_one_by_name_and_complete_each_other():
    first = contribution("child-benefit", carers=(Carer("Aoife Kelly", "mother"),))
    second = contribution("school-census", carers=(Carer("AOIFE KELLY", phone="01632 960001"),))
    child = combine("1", [first, second])
    assert child.facts.carers == (Carer("Aoife Kelly", "mother", "01632 960001"),)


def test_involvement_says_which_source_told_us():
    child = combine("1", [contribution("school-census", involvements=(Involvement("school"),))])
    assert child.facts.involvements == (Involvement("school", source="school-census"),)


def test_new_row_keeps_the_name_and_the_address_of_the_one_it_replaces():
    before = contribution("school-census", given_names="Ann", address=OLD_HOME)
    now = contribution("school-census", given_names="Ann", family_name="Smith", address=HOME)
    child = combine("1", [renew(before, now)])
    assert child.facts.family_name == "Smith"
    assert child.facts.former_names == (FormerName("Ann", "Kelly"),)
    assert child.former_addresses == (OLD_HOME,)


def test_name_that_comes_back_is_not_its_own_former_name():
    kelly = contribution("school-census", given_names="Ann")
    smith = contribution("school-census", given_names="Ann", family_name="Smith")
    child = combine("1", [renew(renew(kelly, smith), kelly)])
    assert child.facts.former_names == (FormerName("Ann", "Smith"),)


def test_same_row_again_changes_nothing():
    once = renew(None, FOUR[3])
    assert renew(once, FOUR[3]) == once
