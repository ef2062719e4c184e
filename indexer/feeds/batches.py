"""Rows in batches: what is judged, remembered and loaded at once."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from indexer.errors import FeedRefused

BATCH_ROWS = 1_000

T = TypeVar("T")


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield the rows in batches; what was read before a file breaks off is still a batch."""
    batch: list[T] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH_ROWS:
                yield batch
                batch = []
    except FeedRefused:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
