"""A few rounds of the two worlds, for planted leaks: run by tests/worlds/planted.py, by name."""

import pytest

from tests.worlds.cast import make_cast
from tests.worlds.script import QUESTIONS, make_rounds
from tests.worlds.trial import differences
from tests.worlds.uploads import send_all

SEED = 7_411


@pytest.mark.parametrize("kind", ["before", "after", "marked"])
def test_world_with_shielded_children_says_what_one_without_them_says(theatre, kind):
    cast = make_cast(SEED)
    steps = make_rounds(cast, QUESTIONS, SEED)
    mine = theatre.live(cast, kind, steps)
    theirs = theatre.live(cast, "without", steps, mine.numbers)
    assert differences(steps, mine, theirs) == []


def test_uploaders_are_told_the_same(theatre):
    cast = make_cast(SEED)
    assert send_all(theatre, cast, make_rounds(cast, 1, SEED)).differences == []
