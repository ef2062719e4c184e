"""Makes register and journal whole again, each from the other, and the marks from both.

Who is among the shielded is hidden: if no event tells of a child who is there, events are lost, and
nobody is shown for the lack of them.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from elasticsearch import Elasticsearch

from indexer.builds.builds import find_builds, hidden_builds
from indexer.builds.canaries import NUMBER as CANARY
from indexer.children.hidden import HiddenChildren
from indexer.children.links import Links
from indexer.errors import JournalBroken, Refused
from indexer.shields.events import Event, Shield, hidden_numbers, once_hidden, shields_of
from indexer.shields.journal import check_chain
from indexer.shields.marks import (
    all_marks,
    mark_id,
    raise_sentinel,
    remove_mark,
    restore_sentinel,
    sentinel_sequence,
    write_marks,
)
from indexer.shields.register import Register

Events = dict[int, Event]


class Whole:
    """One comparison. `repaired` counts what was put right, by its name; `faults` are sentences
    about what only a person can put right: then nothing is taken off anybody. `strays` are among
    the shielded though no event tells of them; `freed` are those whom no shield hides any more, and
    nobody where there are faults."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._hidden = HiddenChildren(register.client)
        self.repaired: Counter[str] = Counter()
        self.faults: list[str] = []
        self.strays: set[str] = set()
        self.freed: set[str] = set()

    def restore(self) -> dict[str, Shield]:
        """Bring register, journal, marks and sentinel in line; return every shield.

        Raises Refused if nothing at all tells who is shielded though there are children.
        """
        events = self._events()
        shields = shields_of(events[sequence] for sequence in sorted(events))
        sentinel = sentinel_sequence(self._register.client, self._register.key)
        self.strays = self._find_strays(shields)
        if not events:
            self._refuse_if_forgotten(sentinel)
        if self.strays:
            self.faults.append(
                f"children are shielded of whom no event tells: {len(self.strays)}. They stay "
                f"hidden. Put the newest copy of the journal in its place ({self._path}); if there "
                "is none, an inspector finds their numbers in the sealed audit, and officers must "
                "shield them anew"
            )
        self._restore_marks(shields)
        self._restore_sentinel(sentinel, max(events, default=0) + 1)
        if not self.faults:
            self.freed = once_hidden(shields.values()) - hidden_numbers(shields.values())
        return shields

    @property
    def _path(self) -> Path:
        return self._register.journal.path

    def _find_strays(self, shields: Mapping[str, Shield]) -> set[str]:
        """Return who is among the shielded though no event tells of them. A shield that was set
        since the events were read has been entered by now: it is before the child moves."""
        told = once_hidden(shields.values()) | {CANARY}
        strays: set[str] = set()
        for page in self._hidden.numbers():
            unknown = page - told
            strays |= unknown - once_hidden(self._register.find(numbers=unknown).values())
        return strays

    def _refuse_if_forgotten(self, sentinel: int | None) -> None:
        """Raise Refused unless there never was a shield, as far as anything here tells."""
        if self.strays:
            raise Refused(
                "there are shielded children here, but no event of a shield, in register or "
                "journal: nothing was changed, and they stay hidden. Put the journal back where "
                f"it was ({self._path}), and try again"
            )
        is_said = sentinel is not None or (self._register.journal.is_there and not self.faults)
        if not is_said and _has_children(self._register.client):
            raise Refused(
                "there are children here, but neither a register nor a journal of shields that can "
                f"be read: put the journal back where it was ({self._path}), and try again. An "
                "empty file there says that no shield was ever set: make one only if that is so"
            )

    def _events(self) -> Events:
        """Return every event that the register or the journal has, each written to the other."""
        kept = {one.sequence: one for one in self._register.events({"match_all": {}})}
        written = self._journal()
        if any(written[one] != kept[one] for one in written.keys() & kept.keys()):
            self.faults.append("register and journal tell different things of one event")
        both = {**kept, **written}
        self._check(both)
        if not self.faults:
            self._complete(kept, written)
        return both

    def _journal(self) -> Events:
        try:
            return {one.sequence: one for one in self._register.journal.read()}
        except JournalBroken as error:
            self.faults.append(f"the journal: {error}")
            return {}

    def _check(self, events: Events) -> None:
        try:
            check_chain((events[one] for one in sorted(events)), self._register.key)
        except JournalBroken as error:
            self.faults.append(f"the register: {error}")

    def _complete(self, kept: Mapping[int, Event], written: Mapping[int, Event]) -> None:
        lost = [written[one] for one in sorted(written.keys() - kept.keys())]
        if lost and not self._register.enter(lost):
            self.faults.append("the register has other events than its journal")
        self.repaired["events written into the register"] += len(lost)
        unwritten = [kept[one] for one in sorted(kept.keys() - written.keys())]
        if unwritten:
            with self._register.journal.held() as pen:
                for event in unwritten:
                    if event.sequence == (pen.last.sequence if pen.last else 0) + 1:
                        pen.write(event)
                        self.repaired["events written into the journal"] += 1

    def _restore_marks(self, shields: Mapping[str, Shield]) -> None:
        client, key = self._register.client, self._register.key
        there = all_marks(client) - {mark_id(key.encode(), CANARY)}
        hidden = hidden_numbers(shields.values()) | self.strays
        ids = {mark_id(key.encode(), number): number for number in hidden}
        missing = [ids[mark] for mark in ids.keys() - there]
        freed = once_hidden(shields.values()) - hidden
        over = [number for number in freed if mark_id(key.encode(), number) in there]
        if unknown := len(there) - (len(ids) - len(missing)) - len(over):
            self.faults.append(f"marks of children whom no shield of the register hides: {unknown}")
        write_marks(client, key, missing)
        self.repaired["marks written"] += len(missing)
        if not self.faults:
            for number in over:
                remove_mark(client, key, number)
            self.repaired["marks removed"] += len(over)

    def _restore_sentinel(self, there: int | None, sequence: int) -> None:
        client, key = self._register.client, self._register.key
        if there is None:
            restore_sentinel(client, key, sequence)
            self.repaired["sentinels written"] += sequence > 1
        elif there > sequence:
            self.faults.append(
                "the sentinel tells of events that neither the register nor the journal has"
            )
        else:
            self.repaired["sentinels moved on"] += there < sequence
            raise_sentinel(client, key, sequence)


def _has_children(client: Elasticsearch) -> bool:
    """Was anything ever loaded here, though its builds may be lost? `init` makes an empty one."""
    return bool(find_builds(client) or hidden_builds(client)) or not Links(client).is_empty()
