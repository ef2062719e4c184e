"""Which rows are in whose hands, while some batches of one load are under way at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from indexer.children.child import Contribution
from indexer.children.likeness import Member
from indexer.feeds.rows import Row


class Claims:
    """The keys of all rows under way: numbers, and the block keys where likeness counts.

    Two rows about one child have a key in common. Were they placed at the same moment, neither
    would see the other; so of two batches the later one leaves such a row aside.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: set[str] = set()

    @contextmanager
    def of(self, rows: Sequence[Row], *, with_blocks: bool) -> Iterator[list[Row]]:
        """Claim the keys of those rows that no other batch has to do with; the others are left
        out."""
        wanted = [(row, _keys(row, with_blocks=with_blocks)) for row in rows]
        with self._lock:
            free = [(row, keys) for row, keys in wanted if self._held.isdisjoint(keys)]
            claimed = {key for _, keys in free for key in keys}
            self._held |= claimed
        try:
            yield [row for row, _ in free]
        finally:
            with self._lock:
                self._held -= claimed


def _keys(row: Row, *, with_blocks: bool) -> set[str]:
    if row.facts is None:
        return set()
    member = Member(Contribution("", row.source_record_id, "", row.facts))
    return {*member.numbers, *member.blocks} if with_blocks else set(member.numbers)
