"""Elasticsearch's roles, made from credentials.yml: which process may do what, by raw action."""

from importlib.resources import files
from typing import Any

import yaml

# Shape of roles.yml: role -> {"cluster": [...], "indices": [{"names": [...], "privileges": [...]}]}
Roles = dict[str, dict[str, Any]]


def build_roles() -> Roles:
    """Return every credential's role as Elasticsearch's roles.yml wants it."""
    table = yaml.safe_load(files(__package__).joinpath("credentials.yml").read_text())
    return {name: _role(table, name) for name in table["credentials"]}


def _role(table: dict[str, Any], name: str) -> dict[str, Any]:
    own = table["credentials"][name]
    included = (
        _role(table, own["includes"]) if "includes" in own else {"cluster": [], "indices": []}
    )
    indices = [
        {"names": [pattern], "privileges": _actions(table, rights)}
        for pattern, rights in own.get("indices", {}).items()
    ]
    return {
        "cluster": [*included["cluster"], *_actions(table, own.get("cluster", []))],
        "indices": [*included["indices"], *indices],
    }


def _actions(table: dict[str, Any], rights: list[str]) -> list[str]:
    """Return the raw actions of some rights, each once."""
    return sorted({action for right in rights for action in table["rights"][right]})
