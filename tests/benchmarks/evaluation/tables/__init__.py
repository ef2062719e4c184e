"""The evaluation's own tables of what people type; README.md says where they are from."""

import csv
from functools import cache
from pathlib import Path


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `<name>.csv` in this folder."""
    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def both_ways(name: str, one: str, other: str) -> dict[str, tuple[str, ...]]:
    """Return name → the names beside it, in small letters, whichever column it stands in."""
    found: dict[str, dict[str, None]] = {}
    for row in table(name):
        found.setdefault(row[one].casefold(), {})[row[other]] = None
        found.setdefault(row[other].casefold(), {})[row[one]] = None
    return {key: tuple(names) for key, names in found.items()}
