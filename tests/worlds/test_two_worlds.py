"""A world with shielded children says, byte for byte, what a world without them says."""

import pytest

from tests.worlds.play import KINDS, Play
from tests.worlds.script import CHANGES, LOADS, QUESTIONS
from tests.worlds.uploads import echoes

SEED = 20_261
CASES = 1_152  # and a round after the reindex
TWICE = 82  # steps
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
    found then is counted apart."""
    mine, apart = play.lived(kind), play.apart(kind)
    record_property("kept", mine.kept)
    record_property("apart", len(apart))
    assert [step.name for step in apart if step.way == LOADS] == []
    assert bool(apart) <= bool(mine.kept)


def test_uploaders_are_told_the_same_whether_their_children_are_shielded_or_not(play):
    assert echoes(play.theatre, play.cast, ("shown", "after")) == []


def test_script_is_long_and_would_show_the_hidden(play, record_property, capsys):
    pairs, share = sum(map(play.pairs, KINDS)), play.share()
    changes = sum(len(step.rows) for step in play.steps[: play.strict])
    with capsys.disabled():
        print(f"\n{pairs:,} pairs; {share:.0%} would show a shielded child")  # noqa: T201
    record_property("share", share)
    assert pairs >= PAIRS
    assert share >= SHARE
    assert changes >= 0.9 * CHANGES * CASES / QUESTIONS
