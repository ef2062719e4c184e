"""Every path by which a shield could come off has a test, by name."""

from csv import DictReader

import pytest

from tests.rules.reading import ROOT

with (ROOT / "tests" / "rules" / "shield_paths.csv").open() as table:
    PATHS = {row["path"]: row["test"] for row in DictReader(table)}


@pytest.mark.parametrize("path", PATHS)
def test_path_has_its_test(path):
    file, _, name = PATHS[path].partition("::")
    assert f"def {name}(" in (ROOT / file).read_text()
