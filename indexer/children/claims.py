"""Which rows are in whose hands, while some batches of one load are under way at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from indexer.children.child import Contribution
from indexer.children.likeness import Member
from indexer.children.links import number_keys
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
    def of(
        self, rows: Sequence[Row], *, with_blocks: bool
    ) -> Iterator[tuple[list[Row], list[Row]]]:
        """Claim the keys of those rows that no other batch has to do with; yield these rows, and
        the others."""
        wanted = [(row, _keys(row, with_blocks=with_blocks)) for row in rows]
        free: list[Row] = []
        taken: list[Row] = []
        claimed: set[str] = set()
        with self._lock:
            for row, keys in wanted:
                if self._held.isdisjoint(keys):
                    free.append(row)
                    claimed |= keys
                else:
                    taken.append(row)
            self._held |= claimed
        try:
            yield free, taken
        finally:
            with self._lock:
                self._held -= claimed


def _keys(row: Row, *, with_blocks: bool) -> set[str]:
    if row.facts is None or not with_blocks:
        return set(number_keys(row.facts))
    member = Member(Contribution("", row.source_record_id, "", row.facts))
    return {*member.numbers, *member.blocks}
