"""A world with shielded children says, byte for byte, what a world without them says."""

import pytest

from tests.worlds.cast import make_cast
from tests.worlds.script import CHANGES, LOADS, QUESTIONS, make_script
from tests.worlds.trial import differences
from tests.worlds.uploads import echoes

SEED = 20_261
CASES, CASES_OF_MARKED = 1_152, 612  # and a round after the reindex
TWICE = 82  # steps
PAIRS, SHARE = 3_000, 0.3


class Play:
    """One script, and what each world said to it; a world lives once."""

    def __init__(self, theatre):
        self.theatre, self.cast = theatre, make_cast(SEED)
        self.steps = make_script(self.cast, CASES, SEED)
        self.strict = next(n for n, step in enumerate(self.steps) if step.is_near)
        self._lived = {}

    def questions(self, steps):
        return sum(step.is_question for step in self.steps[:steps])

    def steps_of(self, kind):
        """How many steps the world of this kind lives: one with marks alone, up to the reindex."""
        rounds = CASES_OF_MARKED // QUESTIONS
        starts = [n for n, step in enumerate(self.steps) if step.way == LOADS]
        return starts[rounds] if kind == "marked" else len(self.steps)

    def lived(self, kind):
        if kind not in self._lived:
            numbers = self.lived("after").numbers if kind == "without" else None
            self._lived[kind] = self.live(kind, self.steps_of(kind), numbers)
        return self._lived[kind]

    def live(self, kind, steps, numbers=None):
        return self.theatre.live(self.cast, kind, self.steps[:steps], numbers)


@pytest.fixture(scope="module")
def play(theatre):
    return Play(theatre)


def test_a_world_that_is_lived_twice_says_the_same_twice(play):
    again = play.live("after", TWICE)
    assert differences(play.steps, again, play.lived("after").first(TWICE)) == []


@pytest.mark.parametrize("kind", ["after", "before", "marked"])
def test_world_with_shielded_children_says_what_one_without_them_says(play, kind):
    count = min(play.strict, play.steps_of(kind))
    mine, theirs = play.lived(kind).first(count), play.lived("without").first(count)
    assert len(mine.said) == count
    assert differences(play.steps[:count], mine, theirs) == []


@pytest.mark.parametrize("kind", ["after", "before"])
def test_rows_near_the_shielded_tell_their_uploader_nothing(play, kind, record_property):
    """A row that is held, or told to a hidden child, is a child whom one world has not got: what is
    found then is counted apart."""
    steps, mine, theirs = play.steps, play.lived(kind), play.lived("without")
    near = slice(play.strict, None)
    apart = [
        step
        for step, one, other in zip(steps[near], mine.said[near], theirs.said[near], strict=True)
        if one != other
    ]
    record_property("kept", mine.kept)
    record_property("apart", len(apart))
    assert [step.name for step in apart if step.way == LOADS] == []
    assert bool(apart) <= bool(mine.kept)


def test_uploaders_are_told_the_same_whether_their_children_are_shielded_or_not(play):
    assert echoes(play.theatre, play.cast, ("shown", "after")) == []


def test_script_is_long_and_would_show_the_hidden(play, record_property, capsys):
    kinds = ("after", "before", "marked")
    pairs = sum(play.questions(min(play.strict, play.steps_of(kind))) for kind in kinds)
    changes = sum(len(step.rows) for step in play.steps[: play.strict])
    share = play.theatre.share(play.cast, play.steps[: play.strict])
    with capsys.disabled():
        print(f"\n{pairs:,} pairs; {share:.0%} would show a shielded child")  # noqa: T201
    record_property("share", share)
    assert pairs >= PAIRS
    assert share >= SHARE
    assert changes >= 0.9 * CHANGES * CASES / QUESTIONS
