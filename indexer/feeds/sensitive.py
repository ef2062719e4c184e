"""Knows the organisations whose very name tells a secret about the child.

What stands here is hidden as if the feed had said `sensitive: true`.
"""

import csv
from functools import cache, lru_cache
from pathlib import Path

from analyzers.fold import words


@lru_cache(maxsize=1 << 16)
def is_sensitive(organisation: str) -> bool:
    """Say whether an entry's words stand in this order in the name, others between them or not."""
    name = _words(organisation)
    return any(_stand_in_order(entry, name) for entry in sensitive_words())


@cache
def sensitive_words() -> tuple[tuple[str, ...], ...]:
    """Return the folded words of each entry of sensitive_organisations.csv."""
    path = Path(__file__).with_name("sensitive_organisations.csv")
    with path.open(encoding="utf-8", newline="") as table:
        return tuple(_words(row["organisation"]) for row in csv.DictReader(table))


def _words(text: str) -> tuple[str, ...]:
    # Piece by piece: of a whole text only the first 16 words are read.
    return tuple(word for piece in text.split() for word in words(piece))


def _stand_in_order(entry: tuple[str, ...], name: tuple[str, ...]) -> bool:
    rest = iter(name)
    return all(word in rest for word in entry)
