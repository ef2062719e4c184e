"""Numbers and postcodes: told apart by their own checks."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs, upn

from analyzers.numbers import (
    check_digit,
    has_known_upn_authority,
    is_contactpoint_number,
    is_nhs_number,
    is_upn,
    number_kind,
)
from analyzers.postcodes import parse_postcode

CASES = Path(__file__).parent / "cases"
ELEVEN = st.from_regex(r"\A[1-9][0-9]{10}\Z")


def postcode_rows():
    with (CASES / "postcodes_read.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("case", postcode_rows(), ids=lambda case: case["text"] or "empty")
def test_postcode_is_read_whole_or_outward(case):
    postcode = parse_postcode(case["text"])
    found = (postcode.outward, postcode.inward) if postcode else ("", "")
    assert found == (case["outward"], case["inward"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("100000000017", "child"),
        ("1000 0000 0017", "child"),
        ("100000000018", None),
        ("943 476 5919", "nhs"),
        ("943-476-5919", "nhs"),
        ("9434765918", None),
        ("A123456789012", "upn"),
        ("a123456789012", "upn"),
        ("B123456789012", None),
        ("١٢٣٤٥٦٧٨٩٠", None),
        ("smith", None),
        ("", None),
    ],
)
def test_number_is_known_by_its_check(text, kind):
    assert number_kind(text) == kind


def test_authority_of_a_upn_is_only_a_warning():
    assert number_kind("A123456789012") == "upn"
    assert not has_known_upn_authority("A123456789012")
    assert has_known_upn_authority("B801200005001")


@given(st.from_regex(r"\A[0-9]{9}\Z"))
def test_nhs_numbers_are_those_of_the_library(nine):
    for digit in "0123456789":
        assert is_nhs_number(nine + digit) == nhs.is_valid(nine + digit)


@given(st.from_regex(r"\A[0-9]{11}[0-9A-HJ-NP-RT-Z]\Z"))
def test_check_letters_of_upns_are_those_of_the_library(twelve):
    right = [letter for letter in "ABCDEFGHJKLMNPQRTUVWXYZ" if is_upn(letter + twelve)]
    assert right == [upn.calc_check_digit(twelve)]


@given(ELEVEN, st.integers(0, 11), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_no_contactpoint_number(eleven, place, digit):
    number = eleven + check_digit(eleven)
    wrong = number[:place] + digit + number[place + 1 :]
    assert is_contactpoint_number(wrong) == (wrong == number)


@given(ELEVEN, st.integers(0, 10))
def test_two_swapped_neighbours_are_no_contactpoint_number(eleven, place):
    number = eleven + check_digit(eleven)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_contactpoint_number(swapped) == (swapped == number)


def test_contactpoint_number_never_begins_with_nought():
    assert not is_contactpoint_number("0" + "1" * 10 + check_digit("0" + "1" * 10))
