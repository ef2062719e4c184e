"""Folding: the same plain words for every way of writing a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.fold import MOST_WORDS, WORD_LETTERS, fold, read_words, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Zoë", "zoe"),
        ("Łukasz", "lukasz"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("O`Brien", "obrien"),
        ("Mary-Jane", "mary jane"),
        ("Mary\u2011Jane", "mary jane"),
        ("McKay", "mackay"),
        ("Mackay", "mackay"),
        ("St. John", "saint john"),
        ("Mr J.P. Smith", "j p smith"),
        ("Miss", "miss"),
        ("Владимир", "vladimir"),
        ("王小明", "wang xiao ming"),
        ("J0hn", "jhn"),
        ("😀 Sam", "sam"),
        ("12 * ?", ""),
        ("", ""),
    ],
)
def test_name_folds_to_plain_words(written, folded):
    assert fold(written) == folded


def test_words_keep_the_way_they_are_written():
    assert [word.written for word in read_words("Zoë O’Brien-Smith")] == ["Zoë", "O’Brien", "Smith"]


@given(st.text(max_size=300))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=3000))
def test_any_text_gives_few_short_words_of_plain_letters(text):
    found = words(text)
    assert len(found) <= MOST_WORDS
    assert all(word.isascii() and word.isalpha() and word.islower() for word in found)
    assert all(len(word) <= WORD_LETTERS for word in found)


@given(st.lists(st.sampled_from(["mr", "st", "mc", "Mc'", "van", "-", "miss", "ó"]), max_size=25))
def test_folding_twice_changes_nothing_where_the_rules_meet(pieces):
    assert fold(fold(" ".join(pieces))) == fold(" ".join(pieces))
