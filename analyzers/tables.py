"""Reads the tables beside this module, each once, and says which version of them is in use."""

import csv
from functools import cache
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
TABLES_OF_TOKENS = (
    "abjad.csv",
    "nicknames.csv",
    "families.csv",
    "endings.csv",
    "small_words.csv",
    "sounds.csv",
)
"""The tables that decide what is stored; a change of one of them needs a new build."""


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a CSV table of this folder, by the names in its first line."""
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def tables_digest() -> str:
    """Return eight hex digits that change with any table that decides what is stored."""
    digest = sha256()
    for name in TABLES_OF_TOKENS:
        for row in read_table(name):
            digest.update("\t".join([name, *row.values()]).encode() + b"\n")
    return digest.hexdigest()[:8]
