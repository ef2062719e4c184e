"""Reads the CSV tables of invented England: what there is, and how often."""

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `<table>.csv` in this folder, each as column → text."""
    text = (files(__name__) / f"{table}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def words(table: str, part: str) -> tuple[str, ...]:
    """Return the column `word` of the rows whose `part` it is."""
    return tuple(row["word"] for row in rows(table) if row["part"] == part)


def grouped(table: str, key: str) -> dict[str, list[dict[str, str]]]:
    """Return the rows of a table by the text of one column."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows(table):
        groups.setdefault(row[key], []).append(row)
    return groups
