"""Who may import whom, from one table."""

from csv import DictReader
from pathlib import Path

import pytest

from tests.rules.reading import Module, imports, modules

with Path(__file__).with_name("imports.csv").open() as table:
    RULES = list(DictReader(table))

PLANTED = [
    Module("mappings.planted", "from analyzers import fold"),
    Module("analyzers.planted", "import elasticsearch"),
    Module("analyzers.fold", "def late():\n    from indexer.settings import Settings"),
    Module("indexer.planted", "from webapp.search.gate import Gate"),
    Module("indexer.children.load", "from flask import request"),
    Module("indexer.invented.mistakes", "from analyzers.sounds import sound"),
    Module("webapp.search.rank", "import flask"),
    Module("webapp.commands.search", "from flask import g"),
    Module("webapp.pages.results", "from indexer.children.store import ChildStore"),
    Module("webapp.pages.results", "from indexer.clients import make_client"),
    Module("webapp.pages.record", "from webapp.search.query import ChildSearch"),
    Module("webapp.commands.show", "from webapp.search import query"),
    Module("indexer.people.users", "from indexer.children.place import Placer"),
]


def forbidden_imports(module: Module) -> list[str]:
    found = imports(module)
    return [
        f"{module.name} imports {name}: {rule['because']}"
        for rule in RULES
        if module.is_in(rule["who"])
        and not any(module.is_in(allowed) for allowed in rule["except"].split())
        for banned in rule["may_not_import"].split()
        for name in sorted(found)
        if f"{name}.".startswith(f"{banned}.") and name != module.name
    ]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_module_imports_only_what_its_layer_may(module):
    assert forbidden_imports(module) == []


@pytest.mark.parametrize("module", PLANTED, ids=lambda module: f"{module.name}: {module.code}")
def test_forbidden_import_is_found(module):
    assert forbidden_imports(module) != []
