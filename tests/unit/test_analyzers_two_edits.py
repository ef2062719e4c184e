"""Two wrong letters: every common name is found, and a rare one typed with a letter too many."""

from random import Random
from string import ascii_lowercase

import pytest
from jellyfish import damerau_levenshtein_distance

from analyzers.tables import read_table
from analyzers.tiers import edit_tokens
from analyzers.two_edits import SHORTEST, common_names_near, without_two

COMMON = sorted({row["word"] for row in read_table("commonness.csv")})


def one_edit(word, chance):
    place = chance.randrange(len(word) - 1)
    letter = chance.choice(ascii_lowercase)
    return chance.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )


@pytest.mark.parametrize("seed", range(20))
def test_common_name_is_found_with_any_two_letters_wrong(seed):
    chance = Random(seed)
    names = chance.sample([name for name in COMMON if len(name) > SHORTEST + 1], 50)
    for name in names:
        typed = one_edit(one_edit(name, chance), chance)
        is_two_away = damerau_levenshtein_distance(typed, name) == 2
        assert (name in common_names_near(typed)) == is_two_away, (typed, name)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("featherstonnhaughh", "featherstonhaugh"),  # two letters too many
        ("okonjwwo", "okonkwo"),  # one too many and one wrong
        ("wojceichowskki", "wojciechowski"),  # one too many and two swapped
        ("szczepannik", "szczepaniek"),  # one too many and one left out
    ],
)
def test_rare_name_is_met_with_a_letter_too_many_and_another_wrong(typed, stored):
    assert {*without_two(typed), *edit_tokens(typed)} & set(edit_tokens(stored))


@pytest.mark.parametrize("word", ["", "ann", "mary"])
def test_short_word_with_two_letters_wrong_is_any_name(word):
    assert (common_names_near(word), without_two(word)) == ((), ())


def test_word_of_five_letters_is_taken_for_longer_names_only():
    found = common_names_near("brioe")
    assert "brodie" in found
    assert all(len(name) >= SHORTEST for name in found)
