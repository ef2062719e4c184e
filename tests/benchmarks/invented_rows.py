"""Rows of invented England without files: any block of it, as the sources would send it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson

from analyzers.profile import Profile
from indexer.children.child import Contribution
from indexer.children.profile import build_profile
from indexer.feeds.rows import Row, read_row
from indexer.invented.chance import stream
from indexer.invented.households import make_block
from indexer.invented.sources import Case, build_row, sources

TODAY = date(2026, 11, 22)
SOURCE = "child-benefit"
"""It knows the carers of every child."""


def households(block: int, seed: int = 5) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of the children of each household of a block."""
    rng, source = stream(seed, block, "rows"), sources()[SOURCE]
    for one in make_block(seed, block, TODAY):
        yield [plain(build_row(rng, source, Case(one, child, TODAY))) for child in one.children]


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row as it is read from a file."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(row))
    return read


def profile_of(row: dict[str, Any] | None) -> Profile | None:
    """Return what the row says; None for no row, or one that a load would reject."""
    read = read_row(1, plain(row), "", TODAY) if row else None
    if not isinstance(read, Row) or read.facts is None:
        return None
    return build_profile([Contribution(SOURCE, read.source_record_id, "", read.facts)])
