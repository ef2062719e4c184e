"""Numbers of invented people: valid by another's code, and never given twice."""

import pytest
from stdnum.gb import nhs, upn

from indexer.invented import numbers


@pytest.mark.parametrize("start", [0, 899_000, 900_000, 10_999_000, 32_999_000])
def test_nhs_numbers_check_and_are_unique(start):
    given = [numbers.nhs_number(person) for person in range(start, start + 1_000)]
    assert all(nhs.is_valid(number) for number in given)
    assert len(set(given)) == 1_000


def test_the_whole_range_for_tests_is_used_before_the_next():
    given = {numbers.nhs_number(person) for person in range(numbers.IN_RANGE)}
    assert len(given) == numbers.IN_RANGE
    assert {number[:3] for number in given} == {"999"}
    assert numbers.nhs_number(numbers.IN_RANGE).startswith("998")


@pytest.mark.parametrize("person", [0, 1, 12_345, 9_999_999, 10_000_000, 10_999_999, 32_999_999])
def test_upns_have_the_right_check_letter(person):
    made = numbers.upn(person, "359", 2021)
    assert len(made) == 13
    assert made[0] == upn.calc_check_digit(made[1:])
    assert made[1:4] == "359"
    assert made[8:10] == "21"


def test_upns_of_one_authority_and_year_are_unique():
    people = [*range(20_000), *range(9_990_000, 10_030_000)]
    assert len({numbers.upn(person, "359", 2021) for person in people}) == len(people)


def test_record_ids_of_two_sources_have_no_digits_in_common_but_by_chance():
    same = sum(
        numbers.record_id("SC", person)[3:] == numbers.record_id("GP", person)[3:]
        for person in range(1_000)
    )
    assert same == 0
