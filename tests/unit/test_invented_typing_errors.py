"""The typing errors by which search is measured: one edit each, no more and no less."""

import random

import pytest

from tests.benchmarks import corrupt


def distance(one, other):
    """Optimal string alignment: edits of one letter, and swaps of neighbours."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i, j] = min(
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
                table[i - 1, j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]


@pytest.mark.parametrize("word", ["Niamh", "Smith", "Łukasz", "Aaa", "O'Brien-Smith", "Bob"])
def test_one_edit_is_exactly_one_edit_away(word):
    rng = random.Random(5)
    for _ in range(300):
        wrong = corrupt.one_edit(word, rng)
        assert distance(word.casefold(), wrong.casefold()) == 1


def test_every_kind_of_error_is_made():
    made = {
        kind.__name__: {kind("Smith", random.Random(seed)).casefold() for seed in range(200)}
        for kind in corrupt.CORRUPTIONS
    }
    assert "smth" in made["delete"]
    assert "smiht" in made["swap_neighbours"]
    assert "smitth" in made["double_letter"]
    assert "dmith" in made["hit_next_key"]
    assert len({len(word) for word in made["insert"]}) == 1


def test_same_stream_gives_the_same_errors():
    first, second = (corrupt.one_edit_each("Amelia Jones", random.Random(9)) for _ in range(2))
    assert first == second


def test_a_word_of_two_letters_stays():
    assert corrupt.one_edit("Jo", random.Random(1)) == "Jo"
