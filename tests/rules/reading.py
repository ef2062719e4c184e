"""Reads the project's code as text, for the rules: who imports what and calls Elasticsearch."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("mappings", "analyzers", "indexer", "webapp")


@dataclass(frozen=True)
class Module:
    """A module of the product: its dotted name and its code."""

    name: str
    code: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.code)

    def is_in(self, package: str) -> bool:
        return f"{self.name}.".startswith(f"{package}.")


@dataclass(frozen=True, order=True)
class Door:
    """One place where Elasticsearch is called: the API, and the index as the code names it."""

    module: str
    call: str
    index: str


def modules() -> list[Module]:
    files = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return [Module(_name(path), path.read_text()) for path in files]


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(module: Module) -> set[str]:
    """Every module, and every name from a module, that is imported, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def doors(module: Module) -> set[Door]:
    """Every call on something called `client`, `_client` or `…_client`."""
    found = set()
    for call in calls(module):
        path = _path_from_client(call.func)
        if path and path != "options":
            found.add(Door(module.name, path, _index_of(call)))
    return found


def _path_from_client(func: ast.expr) -> str:
    names: list[str] = []
    while isinstance(func, ast.Attribute | ast.Call):
        if isinstance(func, ast.Call):  # client.options(…).search(…)
            func = func.func.value if isinstance(func.func, ast.Attribute) else func.func
            continue
        names.append(func.attr)
        func = func.value
    names.append(func.id if isinstance(func, ast.Name) else "")
    names.reverse()
    at = next((i for i, name in enumerate(names) if name.endswith("client")), None)
    return "" if at is None else ".".join(names[at + 1 :])


def _index_of(call: ast.Call) -> str:
    named = [word.value for word in call.keywords if word.arg == "index"]
    return ast.unparse(named[0]) if named else "-"
