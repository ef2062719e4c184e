"""What a question that too many children fit asks for next."""

from datetime import date

import pytest

from webapp.search.narrowing import NUMBER, hint, narrowing
from webapp.search.question import parse_question

TODAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("mohammed", "the child’s other name"),
        ("mohammed 2014", "the child’s other name"),
        ("mohammed ali", "the date of birth"),
        ("mohammed ali 2014", "the day and month of birth"),
        ("mohammed ali 9/3/2014", "the postcode"),
        ("mohammed ali 9/3/2014 WN1", "the whole postcode"),
        ("mohammed ali 9/3/2014 WN1 1AA", NUMBER),
    ],
)
def test_what_helps_most_is_named_first(typed, first):
    assert narrowing(parse_question(typed, today=TODAY))[0].startswith(first)


def test_hint_is_a_sentence_of_the_two_that_help_most():
    said = hint(parse_question("mohammed ali 2014", today=TODAY))
    assert said == (
        "Add the day and month of birth, beside the year. "
        "It also helps to add the postcode, or the start of it."
    )


def test_hint_of_a_whole_question_asks_for_a_number():
    assert hint(parse_question("mohammed ali 9/3/2014 WN1 1AA", today=TODAY)) == f"Add {NUMBER}."
