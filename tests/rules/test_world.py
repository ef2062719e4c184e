"""Time and chance come from the World that is passed in, so that two worlds can be compared."""

import ast
from csv import DictReader
from pathlib import Path

import pytest

from tests.rules.reading import Module, modules

with Path(__file__).with_name("chance.csv").open() as table:
    ALLOWED = {(row["module"], row["source"]) for row in DictReader(table)}  # a package's too

CLOCKS_AND_CHANCE = {"time", "uuid", "secrets", "random"}
OF_THE_MOMENT = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("os", "urandom")}


def sources(module: Module) -> set[str]:
    """The modules and functions by which the module asks for time, ids or chance itself."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & CLOCKS_AND_CHANCE
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} & CLOCKS_AND_CHANCE
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of = (node.value.id, node.attr)
            found |= {".".join(of)} if of in OF_THE_MOMENT else set()
    return found


def allowing(module: Module, source: str) -> set[tuple[str, str]]:
    """The rows of the table that let the module ask so."""
    return {row for row in ALLOWED if row[1] == source and module.is_in(row[0])}


FOUND = [(module, source) for module in modules() for source in sorted(sources(module))]


def test_time_and_chance_are_asked_of_the_world_alone():
    strange = [(one.name, source) for one, source in FOUND if not allowing(one, source)]
    assert strange == [], "take a World and ask it, or say in tests/rules/chance.csv why not"


def test_every_row_of_the_table_is_in_the_code():
    used = {row for one, source in FOUND for row in allowing(one, source)}
    assert sorted(ALLOWED - used) == [], "take the row out of tests/rules/chance.csv"


@pytest.mark.parametrize(
    "code",
    [
        "from uuid import uuid4",
        "def late():\n    import time",
        "from datetime import datetime\nnow = datetime.now(UTC)",
        "today = date.today()",
        "import os\nsalt = os.urandom(16)",
    ],
)
def test_source_of_its_own_is_found(code):
    assert sources(Module("webapp.pages.planted", code))
