"""Rules of the house that no linter knows."""

import ast

import pytest

from tests.rules.reading import Module, calls, modules

MAKES_CLIENTS = "indexer.clients"
READS_ENVIRONMENT = "indexer.settings"
WRITES_CHILDREN = "indexer.children.place"
VAGUE = {"utils", "util", "helpers", "helper", "manager", "common", "data", "misc"}


def broken_rules(module: Module) -> list[str]:
    return [
        message
        for rule in (clients_elsewhere, environment_elsewhere, clients_by_other_names, vague_name)
        if (message := rule(module))
    ]


def clients_elsewhere(module: Module) -> str:
    made = [call for call in calls(module) if _name(call.func) == "Elasticsearch"]
    return "make clients in indexer/clients.py" if made and module.name != MAKES_CLIENTS else ""


def environment_elsewhere(module: Module) -> str:
    words = {node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}
    reads = words & {"environ", "getenv"}
    return (
        "read settings in indexer/settings.py" if reads and module.name != READS_ENVIRONMENT else ""
    )


def clients_by_other_names(module: Module) -> str:
    """doors.csv finds calls by the word `client`, so nothing else may hold one."""
    named = [
        target
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and _name(node.value.func) == "make_client"
        for target in node.targets
    ]
    named += [
        argument
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        for argument in (*node.args.args, *node.args.kwonlyargs)
        if argument.annotation and ast.unparse(argument.annotation) == "Elasticsearch"
    ]
    wrong = [one for one in named if not _name(one).endswith("client")]
    return "call what holds an Elasticsearch client `client` or `…_client`" if wrong else ""


def vague_name(module: Module) -> str:
    return "name the module for what is in it" if module.name.split(".")[-1] in VAGUE else ""


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.arg):
        return node.arg
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_module_keeps_the_house_rules(module):
    assert broken_rules(module) == []


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_module_opens_with_a_sentence_saying_what_it_is_for(module):
    assert ast.get_docstring(module.tree)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("webapp.pages.search", "client = Elasticsearch('http://127.0.0.1')"),
        ("webapp.app", "import os\nhome = os.environ['HOME']"),
        ("indexer.children.load", "worker = make_client(settings, 'worker')"),
        ("indexer.children.load", "def f(cluster: Elasticsearch): ..."),
        ("indexer.utils", ""),
    ],
)
def test_broken_house_rule_is_found(name, code):
    assert broken_rules(Module(name, code)) != []


def test_every_header_of_a_written_child_has_a_revision_or_refuses_what_is_there():
    code = next(module.code for module in modules() if module.name == WRITES_CHILDREN)
    assert code.count('"version_type": "external"') == 1
    assert code.count('"_index":') == 1, "make every header in _header, where the revision is set"
