"""Ordinary words beside a name: ages are read, and words that may be names have their place."""

import pytest

from analyzers.ordinary import is_ordinary_beside, parse_age, sex_of_child_word


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("aged 9", 9),
        ("Age about 12", 12),
        ("9yo", 9),
        ("9 y.o.", 9),
        ("9 yrs.", 9),
        ("9 years old", 9),
        ("aged 9 years", 9),
        ("9", None),
        ("aged", None),
        ("aged 109", None),
        ("old 9", None),
    ],
)
def test_age_is_read_with_a_word_that_says_so(text, age):
    assert parse_age(text) == age


@pytest.mark.parametrize(
    ("word", "kind", "is_ordinary"),
    [
        ("D.O.B.", "date", True),
        ("b.", "date", True),
        ("no", "number", True),
        ("No", "date", False),
        ("Old", "date", False),
        ("Born", "number", False),
    ],
)
def test_word_is_ordinary_only_beside_what_it_speaks_of(word, kind, is_ordinary):
    assert is_ordinary_beside(word, kind) == is_ordinary


@pytest.mark.parametrize(
    ("word", "sex"), [("Boy", "male"), ("girl", "female"), ("baby", ""), ("ann", None)]
)
def test_boy_and_girl_say_a_sex(word, sex):
    assert sex_of_child_word(word) == sex
