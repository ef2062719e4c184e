"""Rules of the house that no linter knows."""

import ast

import pytest

from tests.rules.reading import Module, calls, modules

MAKES_CLIENTS = "indexer.clients"
READS_ENVIRONMENT = "indexer.settings"
WRITES_CHILDREN = "indexer.children.place"
PROMISES = ({"version", "version_type"}, {"if_seq_no", "if_primary_term"})
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


def headers_without_promise(code):
    """The bulk headers that carry neither the next revision, nor `create`, nor what was read."""
    dicts = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Dict)]
    created = [
        value
        for node in dicts
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "create"
    ]
    headers = [node for node in dicts if "_index" in _constants(node)]
    assert headers, "no header is written here any more: look at this rule again"
    return [
        ast.unparse(node)
        for node in headers
        if node not in created and not any(one <= _constants(node) for one in PROMISES)
    ]


def _constants(node):
    return {key.value for key in node.keys if isinstance(key, ast.Constant)}


def test_every_child_is_written_with_a_revision_or_where_there_is_none():
    code = next(module.code for module in modules() if module.name == WRITES_CHILDREN)
    assert headers_without_promise(code) == []


@pytest.mark.parametrize(
    "code",
    ["{'index': {'_index': build, '_id': n}}", "{'delete': {'_index': build, 'version': 1}}"],
)
def test_write_without_a_revision_is_found(code):
    assert headers_without_promise(code) != []
