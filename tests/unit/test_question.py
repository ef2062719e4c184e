"""What was typed in one box is understood, or refused with what to do."""

from csv import DictReader
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.identity import Born
from indexer.errors import QuestionRefused
from webapp.search.question import parse_question

TODAY = date(2026, 11, 22)
with Path(__file__).with_name("questions.csv").open() as table:
    TYPED = list(DictReader(table))


@pytest.mark.parametrize("case", TYPED, ids=lambda case: case["typed"])
def test_one_box_is_understood(case):
    question = parse_question(case["typed"], today=TODAY)
    born = question.born and (question.born.earliest, question.born.latest)
    dates = tuple(date.fromisoformat(case[end]) for end in ("earliest", "latest") if case[end])
    assert (question.name, question.postcode, question.number) == (
        case["name"],
        case["postcode"],
        case["number"],
    )
    assert born == (dates or None)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "^Type a name or a number.$"),
        (" ;:(),| ", "^Type a name or a number.$"),
        ("j", "two letters or more"),
        ("j s", "two letters or more"),
        ("j s 2014", "two letters or more"),
        ("j s wn1", "two letters or more"),
        ("2014", "date or an age alone"),
        ("9/3/2014", "date or an age alone"),
        ("aged 9", "date or an age alone"),
        ("WN1 1AA", "postcode alone"),
        ("WN1 2014", "A date and a postcode are not enough"),
        ("***", "two letters or more"),
        ("943 476 5918", "a digit is wrong or missing"),
        ("jon smyth 999 387 1681 9/3/2014", "a digit is wrong or missing"),
        ("jon smyth 31 2 2014", "That date does not exist: check day and month"),
        ("jon smyth 2014/13/01", "That date does not exist: check day and month"),
        ("jon smyth 31 February 2014", "That date does not exist: check day and month"),
        ("jon smyth 12", "has digits in it"),
        ("jon smyth ٢٠١٤", "has digits in it"),
        ("May2014", "date or an age alone"),
        ("smith 2014-03-09 10", "has digits in it"),
        ("9 smith WN1", "has digits in it"),
        ("jon sm\udce9th", "cannot be read"),
        ("a b c d e f g h i", "at most 8 words"),
        ("x" * 41, "at most 8 words of 40 letters"),
        ("jon " * 101, "at most 400 characters"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_do(typed, told):
    with pytest.raises(QuestionRefused, match=told):
        parse_question(typed, today=TODAY)


@pytest.mark.parametrize(
    "slip",
    [
        *("wn1aa", "wn1aa.", "wn1-aa", "WN1IAA", "BS8ITH", "SE1OAA", "m1iaa", "smithWN1", "SW1AAA"),
        *("jonsmithwn11aa", "jon.smyth.wn11aa", "smyth-1", "flat3", "smyth99", "j0n", "br1en"),
        *("5months", "5mths", "5wks", "9year-old", "smith9yrs", "aged9years", "5monthsold", "1st"),
        *("smyth2nd", "dob-2nd", "9march", "9febuary", "9thmarch", "smith9mar2014", "smith9th"),
    ],
)
def test_digits_that_may_be_a_postcode_a_day_or_an_age_are_no_letters(slip):
    with pytest.raises(QuestionRefused, match="has digits in it|number is not right"):
        parse_question(f"jon {slip} smyth", today=TODAY)


@pytest.mark.parametrize("typed", ["j s 9/3/2014", "j s wn1 1aa"])
def test_initials_do_where_a_full_date_or_postcode_narrows(typed):
    assert parse_question(typed, today=TODAY).name == "j s"


def test_separate_fields_go_before_the_box():
    fields = {"date_of_birth": "2014-03-09", "sex": "male", "authority": "359", "postcode": "WN1"}
    question = parse_question("jon smyth", fields, today=TODAY)
    assert question.born == Born(date(2014, 3, 9), date(2014, 3, 9))
    assert (question.sex, question.authority, question.postcode) == ("male", "359", "WN1")


def test_field_goes_before_what_the_box_says():
    fields = {"date_of_birth": "2014-03-09", "sex": "male"}
    question = parse_question("jon smyth girl 2013", fields, today=TODAY)
    assert (question.name, question.sex) == ("jon smyth", "male")
    assert question.born == Born(date(2014, 3, 9), date(2014, 3, 9))


@pytest.mark.parametrize(
    ("typed", "name", "sex"),
    [
        ("smith boy 2014", "smith", "male"),
        ("baby girl smith 2014", "smith", "female"),
        ("Girl Ann Smith", "Ann Smith", "female"),
        ("baby ann smith", "ann smith", ""),
        ("sam boy", "sam boy", ""),
        ("boy 2014", "boy", ""),
        ("ann boy smith", "ann boy smith", ""),
    ],
)
def test_boy_and_girl_beside_a_name_say_the_sex(typed, name, sex):
    question = parse_question(typed, today=TODAY)
    assert (question.name, question.sex) == (name, sex)


def test_age_is_the_days_on_which_one_was_born():
    question = parse_question("jon smyth", {"age": "12", "age_within": "1"}, today=TODAY)
    assert question.born == Born(date(2012, 11, 23), date(2015, 11, 22))


@pytest.mark.parametrize(
    "fields",
    [
        {"shielded": "true"},
        {"date_of_birth": "soon"},
        {"age": "old"},
        {"sex": "F"},
        {"age": "٩"},
        {"age": "9", "age_within": "-1"},
        {"authority": "Wigan"},
        {"authority": "٣٥٩"},
        {"postcode": "WN1\udce9"},
        {"postcode": "here"},
        {"number": "123"},
    ],
    ids=str,
)
def test_field_that_is_not_right_is_refused(fields):
    with pytest.raises(QuestionRefused):
        parse_question("jon smyth", fields, today=TODAY)


@given(st.text(max_size=450))
def test_any_text_is_understood_or_refused_and_never_repeated(text):
    assert len(text.strip()) < 5 or text.strip() not in refusal_of(text)


def refusal_of(text):
    try:
        parse_question(text, today=TODAY)
    except QuestionRefused as refusal:
        return str(refusal)
    return ""
