"""docs/security.md names tests; each is there."""

import re

import pytest

from tests.rules.reading import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE)))
FEWEST = 20


@pytest.mark.parametrize("test", NAMED)
def test_named_test_is_there(test):
    file, _, name = test.partition("::")
    code = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {name or 'test_'}" in code, "the page names a test that is not there"


def test_page_names_tests():
    assert len(NAMED) >= FEWEST


def test_every_threat_has_a_test_or_a_measurement():
    held, _, _ = PAGE.partition("## What cannot be held")
    rows = [line for line in held.splitlines() if line.startswith("| ")]
    threats = [line for line in rows if not line.startswith("| threat")]
    bare = [
        line[:60] for line in threats if "tests/" not in line and "tests.benchmarks" not in line
    ]
    assert threats
    assert bare == []
