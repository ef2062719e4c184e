"""The chain of one process: its entries in order, each with the keyed hash of the one before."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from indexer.audit.entry import BEGINNING, Entry, Line, line_of, sealed
from indexer.audit.witness import write_lines
from indexer.errors import AuditUnavailable
from indexer.holder import this_machine, this_process
from indexer.world import World

WAIT_SECONDS = 5
AT_ONCE = 8  # entries: as many as threads that answer people
BEGUN = "chain-begun"
NOT_WRITTEN = "the audit could not be written, so nothing is shown; try again"

Send = Callable[[list[Entry]], None]
"""Stores entries, all of them or none; raises AuditUnavailable where that cannot be known."""


@dataclass(eq=False)
class _Waiting:
    said: Entry
    send: Send
    is_taken: bool = False
    is_stored: bool = False


class Chain:
    """Threads share it: entries are sealed when those before them are stored and witnessed. Who
    waits for that is taken along by the next: one slow write is not waited for eight times."""

    def __init__(self, key: bytes, witness: Path, world: World) -> None:
        self._key, self._witness, self._world = key, witness, world
        self._lock = Lock()
        self._waiting: list[_Waiting] = []
        self._last: Line | None = None
        self._at: datetime | None = None

    def add(self, said: Entry, send: Send) -> None:
        """Store an entry with `send`, and before a chain's first the one that says when and by
        which process it was begun; return once the witness has their lines.

        Raises AuditUnavailable. Whatever is raised, also by `send`, what follows is another chain:
        whether these entries are stored cannot be known.
        """
        mine = _Waiting(said, send)
        self._waiting.append(mine)
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            self._forget(mine)
            raise AuditUnavailable("the audit is too slow, so nothing is shown; try again")
        try:
            if not mine.is_taken:
                self._store(mine)
        finally:
            self._lock.release()
        if not mine.is_stored:
            raise AuditUnavailable(NOT_WRITTEN)

    def _store(self, mine: _Waiting) -> None:
        """Store this entry and others that wait and are stored in the same way."""
        others = [one for one in self._waiting if one is not mine and one.send == mine.send]
        taken = [mine, *others[: AT_ONCE - 1]]
        for one in taken:
            one.is_taken = True
            self._forget(one)
        last, self._last = self._last, None
        entries = list(self._sealed([one.said for one in taken], last))
        mine.send(entries)
        lines = [line_of(entry) for entry in entries]
        write_lines(self._witness, lines)
        self._last = lines[-1]
        for one in taken:
            one.is_stored = True

    def _forget(self, one: _Waiting) -> None:
        """It waits no more: it was taken along, or gave up at that very moment."""
        with suppress(ValueError):
            self._waiting.remove(one)

    def _sealed(self, said: Iterable[Entry], last: Line | None) -> Iterator[Entry]:
        at = {"at": self._now().isoformat(timespec="milliseconds")}
        if last is None:
            first = Line(f"{self._world.below(16**16):016x}", 0, BEGINNING)
            begun = sealed(self._key, at | _begun(), first)
            yield begun
            last = line_of(begun)
        for one in said:
            entry = sealed(self._key, at | one, last)
            yield entry
            last = line_of(entry)

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
