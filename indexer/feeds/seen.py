"""Remembers which record ids a file has had, in flat memory: 11 million take about 100 MB."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from indexer.errors import Unavailable

CACHE_KB = 64_000


class Seen:
    """Record ids as 64-bit hashes in a private temporary database, gone with this object.

    Two ids of a file of 11 million have the same hash once in 300,000 files; such a row would be
    rejected, never lost unsaid. Python's own hash is used: another one in every process.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._batch = 0
        with _writing():
            for setting in (f"cache_size=-{CACHE_KB}", "journal_mode=OFF", "synchronous=OFF"):
                self._database.execute(f"PRAGMA {setting}")
            self._database.execute("CREATE TABLE seen (record INTEGER PRIMARY KEY, batch INTEGER)")

    def add(self, record_ids: Iterable[str]) -> set[str]:
        """Remember them, and return those that had been seen before this call."""
        hashes = {hash(one): one for one in record_ids}
        self._batch += 1
        with _writing():
            before = self._database.total_changes
            # One statement: after each, a thread waits for its turn. Neighbours share a page.
            self._database.execute(
                "INSERT OR IGNORE INTO seen SELECT value, ? FROM json_each(?)",
                (self._batch, str(sorted(hashes))),
            )
            if self._database.total_changes - before == len(hashes):
                return set()  # the rule: nothing to ask
            return {hashes[one] for one in self._stored(hashes, self._batch)}

    def which(self, record_ids: Iterable[str]) -> set[str]:
        """Return those of the record ids that the file has had, in a rejected row or a good one."""
        hashes = {hash(one): one for one in record_ids}
        with _writing():
            return {hashes[one] for one in self._stored(hashes, self._batch + 1)}

    def _stored(self, hashes: Iterable[int], before_batch: int) -> list[int]:
        found = self._database.execute(
            "SELECT record FROM seen, json_each(?) WHERE record = value AND batch < ?",
            (str(list(hashes)), before_batch),
        )
        return [row[0] for row in found]


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable(
            "the record ids of the file cannot be remembered in the folder for temporary files "
            f"({error}): make room there, or name another with SQLITE_TMPDIR, and run the command "
            "again"
        ) from None
