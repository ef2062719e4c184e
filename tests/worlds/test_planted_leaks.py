"""Leaks that are planted are found: three here, all of them in `make prove`."""

import pytest

from tests.worlds.namespace import sweep
from tests.worlds.planted import is_caught, leaks

SOME = ("equal children come in Lucene's order", "a late answer leaves", "a view asks the store")


@pytest.mark.parametrize(
    "leak", [one for one in leaks() if one.name in SOME], ids=lambda one: one.name
)
def test_planted_leak_is_found(leak, theatre, tmp_path):
    sweep(theatre.settings, theatre.broom)
    found, said = is_caught(leak, tmp_path / "copy", theatre.settings)
    assert found, said
