"""A world with shielded children says, byte for byte, what a world without them says."""

import pytest

from tests.worlds.cast import DOUBLED
from tests.worlds.play import KINDS, Play
from tests.worlds.script import CHANGES, LOADS, QUESTIONS

SEED = 20_261
CASES = 960  # and a round after the reindex
TWICE = 104  # steps: a round
PAIRS, SHARE = 3_000, 0.3


@pytest.fixture(scope="module")
def play(theatre):
    return Play(theatre, SEED, CASES)


def test_a_world_that_is_lived_twice_says_the_same_twice(play):
    assert play.differences_of_the_same("after", TWICE) == []


@pytest.mark.parametrize("kind", KINDS)
def test_world_with_shielded_children_says_what_one_without_them_says(play, kind):
    assert play.differences(kind) == []


@pytest.mark.parametrize("kind", ["after", "before"])
def test_rows_near_the_shielded_tell_their_uploader_nothing(play, kind, record_property):
    """A row that is held, or told to a hidden child, is a child whom one world has not got: what is
    found then is counted apart. Those that were held before the script are children again."""
    mine, apart = play.lived(kind), play.apart(kind)
    assert mine.decided >= len(DOUBLED)
    record_property("kept", mine.kept)
    record_property("apart", len(apart))
    assert [said for step, said in apart if step.way == LOADS] == []
    assert bool(apart) <= bool(mine.kept)


@pytest.fixture(scope="module")
def uploads(play):
    return play.uploads()


def test_uploaders_are_told_the_same_whether_their_children_are_shielded_or_not(uploads):
    assert uploads.differences == []


def test_script_is_long_and_would_show_the_hidden(play, uploads, record_property, capsys):
    pairs, rows = sum(map(play.pairs, KINDS)), [step.rows for step in play.steps[: play.strict]]
    with capsys.disabled():
        print(f"\n{pairs:,} pairs; {uploads.share:.0%} would show a shielded child")  # noqa: T201
    record_property("share", uploads.share)
    assert pairs >= PAIRS
    assert uploads.share >= SHARE
    assert sum(map(len, rows)) >= 0.9 * CHANGES * CASES / QUESTIONS
