"""The register: every event of every shield, in Elasticsearch and in the journal alike.

An event is in the journal first, then in the register, then its marks are written or removed, then
the sentinel says so. A crash between any two of these is put right by the next event, or by
`contactpoint shield verify`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from indexer.clients import CONFLICT, found_in, make_client, settled_in, speaking_to_cluster
from indexer.errors import RegisterUnavailable
from indexer.settings import Settings
from indexer.shapes import reader
from indexer.shields.events import Event, Shield, hidden_numbers, shields_of
from indexer.shields.journal import Journal
from indexer.shields.marks import raise_sentinel, remove_mark, sentinel_sequence, write_marks
from indexer.world import World
from mappings.names import SHIELD_REGISTER

PAGE = 5_000
DIFFER = "the shield register and its journal differ: run 'contactpoint shield verify'"
_read_event = reader(Event)


class Register:
    """Written by nobody else. Events are added, and never changed or taken out."""

    def __init__(
        self, client: Elasticsearch, journal: Journal, world: World, *, marks_key: str
    ) -> None:
        self.client = client
        self.journal = journal
        self.key = marks_key
        self._world = world

    @classmethod
    def for_worker(cls, settings: Settings, world: World) -> "Register":
        """Return the register under the credential `worker`."""
        key = settings.secret("register.key")
        client = make_client(settings, "worker")
        return cls(client, Journal(settings.journal, key), world, marks_key=key)

    def append(self, event: Event) -> Event:
        """Write the event, durably, with its marks; return it as it stands in the chain.

        Raises Refused if the journal cannot be written: then nothing was changed. Raises
        RegisterUnavailable: what is decided by then is finished by the same command.
        """
        with self.journal.held() as pen:
            if pen.last:
                self._catch_up(pen.last)
            event = pen.seal(replace(event, at=self._world.now().isoformat(timespec="seconds")))
            pen.write(event)
            if not self.enter([event]):
                pen.take_back()  # whose number another event has is none
                raise RegisterUnavailable(DIFFER)
            self.mark(event)
        return event

    def _catch_up(self, last: Event) -> None:
        """Finish the event before, whose process may have died after its line in the journal."""
        if last.sequence not in self._read([last.sequence]):
            if last.sequence > 1 and last.sequence - 1 not in self._read([last.sequence - 1]):
                raise RegisterUnavailable(DIFFER)  # more than a crash can have left out
            self.enter([last])
        if (sentinel_sequence(self.client, self.key) or 0) <= last.sequence:
            self.mark(last)

    def enter(self, events: Iterable[Event]) -> bool:
        """Add the events to the register; return False if another event has one's sequence."""
        wanted = {one.sequence: one for one in events}
        lines: list[Any] = []
        for one in wanted.values():
            lines += [{"create": {"_id": _id(one.sequence)}}, msgspec.to_builtins(one)]
        with speaking_to_cluster("writing the shield register", RegisterUnavailable):
            answer = self.client.bulk(index=SHIELD_REGISTER, operations=lines)
        results = settled_in(answer, "writing the shield register")
        # The client may have sent it twice, and met itself.
        taken = {int(one["_id"]) for one in results if one["status"] == CONFLICT}
        there = self._read(taken)
        return all(there.get(sequence) == wanted[sequence] for sequence in taken)

    def _read(self, sequences: Iterable[int]) -> dict[int, Event]:
        ids = [_id(one) for one in sequences]
        if not ids:
            return {}
        with speaking_to_cluster("reading the shield register", RegisterUnavailable):
            answer = self.client.mget(index=SHIELD_REGISTER, ids=ids)
        found = found_in(answer, "reading the shield register")
        return {int(one["_id"]): _read_event(one["_source"]) for one in found}

    def mark(self, event: Event) -> None:
        """Let marks and sentinel say what the event says. A child whom another shield hides too
        keeps the mark."""
        if event.kind in {"lifted", "released"}:
            hidden = hidden_numbers(self.find(numbers=event.numbers).values())
            for number in set(event.numbers) - hidden:
                remove_mark(self.client, self.key, number)
        elif event.kind in {"set", "arrived", "held"}:
            write_marks(self.client, self.key, event.numbers)
        raise_sentinel(self.client, self.key, event.sequence + 1)  # that of an empty register is 1

    def find(
        self, *, numbers: Iterable[str] = (), keys: Iterable[str] = (), names: Iterable[str] = ()
    ) -> dict[str, Shield]:
        """Return the shields that hide any of these children, or did once, wait under any of these
        keys, or are called so; the lifted ones too."""
        asked = {"numbers": list(numbers), "key": list(keys), "shield": list(names)}
        clauses = [{"terms": {field: values}} for field, values in asked.items() if values]
        said = self.events({"bool": {"should": clauses}}) if clauses else ()
        found = sorted({event.shield for event in said})
        return shields_of(self.events({"terms": {"shield": found}})) if found else {}

    def all_shields(self) -> dict[str, Shield]:
        """Return name → shield of every shield there ever was."""
        return shields_of(self.events({"exists": {"field": "shield"}}))

    def events(self, query: dict[str, Any], after: int = 0) -> Iterator[Event]:
        """Yield the events that fit, those after a sequence, in their order."""
        with speaking_to_cluster("reading the shield register", RegisterUnavailable):
            self.client.indices.refresh(index=SHIELD_REGISTER)
        while found := self._page(query, after):
            yield from found
            after = found[-1].sequence

    def _page(self, query: dict[str, Any], after: int) -> list[Event]:
        later = {"range": {"sequence": {"gt": after}}}
        with speaking_to_cluster("reading the shield register", RegisterUnavailable):
            answer = self.client.search(
                index=SHIELD_REGISTER,
                query={"bool": {"filter": [query, later]}},
                sort=["sequence"],
                size=PAGE,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return [_read_event(hit["_source"]) for hit in answer["hits"]["hits"]]


def _id(sequence: int) -> str:
    return f"{sequence:012}"
