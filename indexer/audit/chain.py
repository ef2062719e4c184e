"""The chain of one process: its entries in order, each with the keyed hash of the one before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

from indexer.audit.entry import BEGINNING, Entry, Line, line_of, sealed
from indexer.audit.witness import write_lines
from indexer.errors import AuditUnavailable
from indexer.holder import this_machine, this_process
from indexer.world import World

WAIT_SECONDS = 5
BEGUN = "chain-begun"


class Chain:
    """Threads share it: an entry is sealed when the one before it is stored and witnessed."""

    def __init__(self, key: bytes, witness: Path, world: World) -> None:
        self._key, self._witness, self._world = key, witness, world
        self._lock = Lock()
        self._last: Line | None = None
        self._at: datetime | None = None

    @contextmanager
    def link(self, said: Entry) -> Iterator[list[Entry]]:
        """Yield the entries to be stored: `said`, and before a chain's first the one that says when
        and by which process it was begun. They leave their lines in the witness at the end.

        Raises AuditUnavailable. Whatever is raised, also in the block, what follows is another
        chain: whether these entries are stored cannot be known.
        """
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise AuditUnavailable("the audit is too slow, so nothing is shown; try again")
        try:
            last, self._last = self._last, None
            entries = list(self._sealed(said, last))
            yield entries
            lines = [line_of(entry) for entry in entries]
            write_lines(self._witness, lines)
            self._last = lines[-1]
        finally:
            self._lock.release()

    def _sealed(self, said: Entry, last: Line | None) -> Iterator[Entry]:
        at = {"at": self._now().isoformat(timespec="milliseconds")}
        if last is None:
            first = Line(f"{self._world.below(16**16):016x}", 0, BEGINNING)
            begun = sealed(self._key, at | _begun(), first)
            yield begun
            last = line_of(begun)
        yield sealed(self._key, at | said, last)

    def _now(self) -> datetime:
        """Return the time, never before that of the entry before: clocks are put back at times."""
        now = self._world.now()
        self._at = max(now, self._at or now)
        return self._at


def _begun() -> Entry:
    who = {"actor": "", "role": "operator", "organisation": ""}
    return {"event": BEGUN, **who, "said": f"process {this_process()} of {this_machine()}"}


_chains: dict[tuple[bytes, Path, World], Chain] = {}
# A child process has a chain of its own, and a lock that nobody holds.
os.register_at_fork(after_in_child=_chains.clear)


def process_chain(key: bytes, witness: Path, world: World) -> Chain:
    """Return this process's chain of the entries that this witness sees."""
    mine = (key, witness, world)
    return _chains.get(mine) or _chains.setdefault(mine, Chain(*mine))
