"""The table of planted leaks speaks of the code as it is, and of tests that there are."""

import pytest

from tests.rules.reading import ROOT
from tests.worlds.planted import leaks
from tests.worlds.test_planted_leaks import SOME

FEWEST = 20


@pytest.mark.parametrize("leak", leaks(), ids=lambda leak: leak.name)
def test_text_of_a_leak_stands_once_in_its_file(leak):
    code = (ROOT / leak.file).read_text(encoding="utf-8")
    assert code.count(leak.text) == 1, "the code has changed: let tests/worlds/leaks.csv follow"
    assert leak.replacement != leak.text


@pytest.mark.parametrize("leak", leaks(), ids=lambda leak: leak.name)
def test_leak_is_caught_by_tests_that_there_are(leak):
    for test in leak.caught_by.split():
        file, _, name = test.partition("::")
        code = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {name.partition('[')[0]}" in code


def test_there_are_enough_leaks_and_some_are_planted_at_every_change():
    names = [leak.name for leak in leaks()]
    assert len(set(names)) == len(names) >= FEWEST
    assert set(SOME) <= set(names)
