"""Dates of birth: read as people write them, and close in the ways people get them wrong."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.closeness import asked_tokens, born_tokens, closeness
from analyzers.dates import age_born, is_impossible_day, parse_born
from analyzers.identity import Born

CASES = Path(__file__).parent / "cases"
DAYS = st.dates(date(2005, 1, 1), date(2029, 12, 31))


def rows(name):
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def day(text):
    found = date.fromisoformat(text)
    return Born(found, found)


@pytest.mark.parametrize("case", rows("dates_read.csv"), ids=lambda case: case["text"] or "empty")
def test_date_is_read_day_first_or_not_at_all(case):
    born = parse_born(case["text"])
    found = (born.earliest.isoformat(), born.latest.isoformat()) if born else ("", "")
    assert found == (case["earliest"], case["latest"])


@pytest.mark.parametrize(
    ("text", "impossible"),
    [("31/2/2014", True), ("2014-13-01", True), ("31 april 14", True), ("30/4/2014", False),
     ("9 smith 2014", False), ("2014", False), ("smith", False)],
)  # fmt: skip
def test_day_that_does_not_exist_is_told_from_what_is_no_date(text, impossible):
    assert is_impossible_day(text) == impossible


@pytest.mark.parametrize(
    ("asked", "stored", "kind"),
    [
        (day("2014-03-09"), "2014-03-09", "same"),
        (day("2014-03-09"), "2014-09-03", "swapped"),
        (day("2014-03-09"), "2013-03-09", "digit"),
        (day("2014-03-09"), "2014-03-08", "digit"),
        (day("2014-03-09"), "2014-03-27", "month"),
        (day("2014-03-09"), "2014-02-28", "near"),
        (day("2014-03-09"), "2014-11-20", "year"),
        (day("2014-03-09"), "2015-11-20", "next_year"),
        (day("2014-03-09"), "2017-11-20", None),
        (parse_born("2014"), "2014-11-20", "within"),
        (parse_born("2014-03"), "2014-03-20", "within"),
        (parse_born("2014-03"), "2014-04-01", "year"),
        (parse_born("2014"), "2015-01-01", "next_year"),
        (parse_born("2014"), "2016-01-01", None),
    ],
)
def test_closeness_says_how_people_got_the_date_wrong(asked, stored, kind):
    assert closeness(asked, date.fromisoformat(stored)) == kind


def first_kind_met(asked, stored):
    held = set(born_tokens(Born(stored, stored)))
    return next((kind for kind, tokens in asked_tokens(asked).items() if held & set(tokens)), None)


@given(DAYS, DAYS)
def test_search_tokens_of_a_day_say_the_same_as_closeness(asked, stored):
    assert first_kind_met(Born(asked, asked), stored) == closeness(Born(asked, asked), stored)


@given(DAYS, DAYS, DAYS)
def test_search_tokens_of_a_range_say_the_same_as_closeness(one, other, stored):
    asked = Born(min(one, other), max(one, other))
    assert first_kind_met(asked, stored) == closeness(asked, stored)


@given(DAYS, st.integers(1, 17))
def test_age_is_that_of_the_day_before_and_after_the_birthday(today, age):
    today = today.replace(day=min(today.day, 28))
    born = age_born(age, 0, today)
    assert born.latest == today.replace(year=today.year - age)
    assert born.earliest > today.replace(year=today.year - age - 1)
    assert (born.earliest - today.replace(year=today.year - age - 1)).days == 1


def test_negative_age_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        age_born(-1, 0, date(2026, 1, 1))
