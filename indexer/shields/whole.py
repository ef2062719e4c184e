"""Makes register and journal whole again, each from the other, and the marks from both."""

from collections import Counter
from collections.abc import Mapping

from indexer.builds.canaries import NUMBER as CANARY
from indexer.errors import JournalBroken, Refused
from indexer.shields.events import Event, Shield, hidden_numbers, shields_of
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
    about what only a person can put right: then nothing is taken off anybody."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.repaired: Counter[str] = Counter()
        self.faults: list[str] = []

    def restore(self, *, has_children: bool) -> dict[str, Shield]:
        """Bring register, journal, marks and sentinel in line; return every shield.

        Raises Refused if nothing at all tells who is shielded though there are children.
        """
        events = self._events()
        sentinel = sentinel_sequence(self._register.client, self._register.key)
        if has_children and not events and sentinel is None:
            raise Refused(
                "there are children here, but neither a register nor a journal of shields: put "
                f"the journal back where it was ({self._register.journal.path}), and try again"
            )
        shields = shields_of(events[sequence] for sequence in sorted(events))
        self._restore_marks(shields)
        self._restore_sentinel(sentinel, max(events, default=0) + 1)
        return shields

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
        hidden = hidden_numbers(shields.values())
        ids = {mark_id(key.encode(), number): number for number in hidden}
        missing = [ids[mark] for mark in ids.keys() - there]
        once = {n for one in shields.values() for n in one.numbers | one.released} - hidden
        over = [number for number in once if mark_id(key.encode(), number) in there]
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
