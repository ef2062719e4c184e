"""Reads the strict mapping of an index from the JSON file of the same name."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def index_body(name: str) -> dict[str, Any]:
    """Return `{"settings": …, "mappings": …}` for index `name`; callers must not change it."""
    body: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_text())
    return body
