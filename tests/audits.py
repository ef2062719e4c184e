"""An audit without Elasticsearch: the chains of processes that live and die, and what they leave in
the index and with the witness."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import orjson

from indexer.audit.chain import Chain
from indexer.audit.entry import entry_id
from indexer.audit.verification import Verification
from indexer.audit.witness import read_lines
from indexer.errors import AuditUnavailable
from indexer.world import World

KEY = b"a key of tests"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone, at this very point."""


class Ticking:
    """A world in which every look at the clock is a second later, and chance is counted."""

    def __init__(self, start=NOON):
        self.looks, self.draws, self.start = 0, 0, start
        self.world = World(self._now, self._below, lambda: "")

    def _now(self):
        self.looks += 1
        return self.start + timedelta(seconds=self.looks)

    def _below(self, limit):
        self.draws += 1
        return (self.draws * 0x9E3779B97F4A7C15) % limit


class Audit:
    """`stored` is id → entry as it comes back from the index."""

    def __init__(self, folder):
        self.witness = folder / "audit.witness"
        self.stored = {}
        self.world = Ticking().world
        self.processes = {}

    def write(self, process, what="stored"):
        """Let a process write an entry; say if what it tells may be shown."""
        chain = self.processes.setdefault(process, Chain(KEY, self.witness, self.world))
        said = {"event": "search", "actor": process, "children": ["100000000017"]}
        try:
            chain.add(said, lambda entries: self._send(entries, what))
        except AuditUnavailable:
            return False
        except Killed:
            del self.processes[process]
            return False
        return True

    def _send(self, entries, what):
        if what == "killed before":
            raise Killed
        if what == "refused":
            raise AuditUnavailable("no")
        for entry in entries:
            self.stored[entry_id(entry)] = orjson.loads(msgspec.json.encode(entry))
        if what == "killed after":
            raise Killed
        if what == "no answer":
            raise AuditUnavailable("no answer")

    def lines(self):
        with suppress(FileNotFoundError):
            return list(read_lines(self.witness, self.witness.stat().st_size))
        return []

    def verdict(self, stored=None, lines=None):
        """What is found of the entries given as (id, entry), and these lines."""
        verification = Verification(KEY)
        for stored_as, entry in self.stored.items() if stored is None else stored:
            verification.read(stored_as, entry)
        for line in self.lines() if lines is None else lines:
            verification.compare(line)
        return verification.verdict()
