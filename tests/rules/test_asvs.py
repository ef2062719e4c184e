"""docs/asvs.csv answers for every requirement of level 1, and each test it names is there."""

import ast
import csv
import re

import pytest

from tests.rules.reading import ROOT

REQUIREMENTS = 70  # of level 1 in version 5.0.0
STATUSES = {"met", "not met", "not applicable"}
with (ROOT / "docs" / "asvs.csv").open(newline="", encoding="utf-8") as lines:
    ROWS = list(csv.DictReader(lines))
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")


def functions_of(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def place(row):
    return [int(part) for part in row["id"].split(".")]


def test_every_requirement_is_there_once_and_in_order():
    places = [place(row) for row in ROWS]
    assert len(ROWS) == REQUIREMENTS
    assert places == sorted(places)
    assert len({row["id"] for row in ROWS}) == REQUIREMENTS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_requirement_is_met_with_a_test_or_says_why_not(row):
    assert row["status"] in STATUSES
    if row["status"] == "met":
        assert TEST.fullmatch(row["evidence"]), "name the test that shows it"
    else:
        assert not row["evidence"]
        assert row["note"], "say why"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_test_that_is_named_is_there(row):
    for path, name in TEST.findall(f"{row['evidence']} {row['note']}"):
        assert name in functions_of(path)
