"""Reads the CSV tables of invented England: what there is, and how often."""

import csv
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `<table>.csv` in this folder, each as column → text."""
    text = (files(__name__) / f"{table}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def parts(text: str) -> tuple[str, ...]:
    """Split a text at spaces; `-` stands for an empty part."""
    return tuple("" if part == "-" else part for part in dict.fromkeys(text.split()))


READERS: dict[object, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: lambda text: text == "yes",
    tuple[str, ...]: parts,
}


def records(table: str, kind: type[T]) -> tuple[T, ...]:
    """Return the rows as dataclasses of a kind; a field's type says how its column is read."""
    readers = {name: READERS[hint] for name, hint in get_type_hints(kind).items()}
    return tuple(
        kind(**{name: readers[name](row[name]) for name in readers}) for row in rows(table)
    )


@cache
def words(table: str, part: str) -> tuple[str, ...]:
    """Return the column `word` of the rows whose `part` it is."""
    return tuple(row["word"] for row in rows(table) if row["part"] == part)


@cache
def rates(table: str, column: str = "percent") -> dict[str, float]:
    """Return kind → how many in 100."""
    return {row["kind"]: float(row[column]) for row in rows(table)}


@cache
def grouped(table: str, key: str) -> dict[str, list[dict[str, str]]]:
    """Return the rows of a table by the text of one column."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows(table):
        groups.setdefault(row[key], []).append(row)
    return groups
