"""Who is named beside a child as a possible brother, sister or twin, and who is not."""

from datetime import date

import pytest

from indexer.children.child import Address, Carer, Child, Facts
from webapp.search.siblings import find_siblings, twins_among

HOME = Address(("1 High Street",), "Wigan", "WN1 1AA")
NEXT_DOOR = Address(("3 High Street",), "Wigan", "WN1 1AA")
NO_LINE = Address((), "Wigan", "WN1 1AA")
ELSEWHERE = Address(("1 High Street",), "Leigh", "WN7 1BB")
BORN = date(2014, 3, 9)
AOIFE, MOTHER = Carer("Aoife O'Brien"), Carer("Mother")


def child(number, given, *, born=BORN, home=HOME, **said):
    said = {"family_name": "Kelly", "authority": "359"} | said
    return Child(number, Facts(date_of_birth=born, given_names=given, address=home, **said), ())


ANN = child("1", "Ann", carers=(AOIFE, MOTHER))


@pytest.mark.parametrize(
    "other",
    [
        child("2", "Mary"),
        child("2", "Mary", family_name="Smith"),
        child("2", "Mary", home=NEXT_DOOR, family_name="Smith", carers=(Carer("AOIFE OBRIEN"),)),
        child("2", "Mary", home=NO_LINE),
    ],
    ids=["address", "another name", "carer near by", "postcode and name"],
)
def test_child_of_the_same_home_is_named(other):
    assert [one.child for one in find_siblings([ANN, other])] == ["2"]


@pytest.mark.parametrize(
    "other",
    [
        child("2", "Mary", home=NEXT_DOOR),
        child("2", "Mary", home=ELSEWHERE, carers=(AOIFE,)),
        child("2", "Mary", home=None, carers=(AOIFE,)),
        child("2", "Mary", home=NO_LINE, family_name="Smith"),
        child("2", "Mary", home=NEXT_DOOR, carers=(MOTHER,)),
    ],
    ids=["neighbour", "carer far away", "no address", "postcode alone", "carer without a name"],
)
def test_child_of_another_home_is_not(other):
    assert find_siblings([ANN, other]) == ()


def test_eldest_stands_first_and_one_born_the_next_day_is_perhaps_a_twin():
    found = find_siblings(
        [
            ANN,
            child("2", "Mary", born=date(2014, 3, 10)),
            child("3", "Tom", born=date(2010, 1, 1)),
        ]
    )
    assert [(one.given_names, one.is_twin) for one in found] == [("Tom", False), ("Mary", True)]


def test_children_of_a_home_with_many_are_no_family():
    assert find_siblings([ANN, *(child(str(n), f"Child {n}") for n in range(2, 15))]) == ()


def test_of_nobody_nobody_is_named():
    assert find_siblings([]) == ()


def test_twins_of_the_results_are_those_of_one_home_with_different_given_names():
    mary, double = child("2", "Mary"), child("3", "Ann")
    assert twins_among([ANN, mary]) == {"1", "2"}
    assert twins_among([ANN, double]) == frozenset()
    assert twins_among([ANN, child("2", "Mary", home=NEXT_DOOR)]) == frozenset()
    assert twins_among([ANN, child("2", "Mary", born=date(2014, 3, 10))]) == frozenset()
