"""No shape is met for the first time by threads that run (indexer/shapes.py says why)."""

import ast

import pytest

from tests.rules.reading import Module, modules

OWN_SHAPE = {"indexer.shapes", "indexer.feeds.json_rows"}  # made and learnt before it is handed on


def learns_late(module):
    """Return whether a function of it makes msgspec learn a shape."""
    functions = [
        one
        for one in ast.walk(module.tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    ]
    return any(_learns(call) for one in functions for call in ast.walk(one))


def _learns(node):
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    typed = any(one.arg == "type" for one in node.keywords)
    is_decoder = name.endswith("Decoder") and "JSON" not in name
    return name in {"msgspec.convert", "reader"} or is_decoder or ("decode" in name and typed)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_shapes_are_learnt_where_modules_are_loaded(module):
    assert module.name in OWN_SHAPE or not learns_late(module), "make it with a reader, once"


@pytest.mark.parametrize(
    "code",
    [
        "def parse(said): return msgspec.convert(said, Child)",
        "def parse(said): return reader(Child)(said)",
        "def parse(said): return msgspec.json.decode(said, type=Child)",
        "parse = lambda said: msgspec.msgpack.Decoder(Child).decode(said)",
    ],
)
def test_each_late_way_is_found(code):
    assert learns_late(Module("planted", code))


def test_reader_of_a_module_is_not_late():
    assert not learns_late(Module("planted", "read = reader(Child)"))
