"""Writes audit entries as a keyed hash chain, one chain a process."""

import hmac
from threading import Lock
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.errors import AuditUnavailable
from indexer.people.actor import Actor
from indexer.world import World
from mappings.names import audit_index

CREATED, CONFLICT = 201, 409
BEGINNING = "0" * 64  # what the first entry of a chain names as the one before


class Trail:
    """The audit of one process. An entry's id is chain, sequence and hash: a retry is harmless."""

    def __init__(self, client: Elasticsearch, key: str, world: World, index: str = "") -> None:
        """Write to `index`, or to the month's if none is given."""
        self._client = client
        self._index = index
        self._key = key.encode()
        self._world = world
        self._lock = Lock()
        self._chain, self._sequence, self._previous = "", 0, BEGINNING
        self._begin()

    def write(self, event: str, actor: Actor, **details: Any) -> None:
        """Write one entry, durably. `details` are children, question, reason (why somebody looks),
        subject (the user, organisation or source that it is about) and said (what became of it).

        Raises AuditUnavailable: then nothing may be shown.
        """
        now = self._world.now()
        entry = {
            "at": now.isoformat(timespec="milliseconds"),
            "event": event,
            "actor": actor.name,
            "role": actor.role,
            "organisation": actor.organisation,
            **details,
        }
        with self._lock:
            entry |= {
                "chain": self._chain,
                "sequence": self._sequence + 1,
                "previous": self._previous,
            }
            entry["hash"] = entry_hash(self._key, entry)
            try:
                self._send(self._index or audit_index(now.date()), entry)
            except AuditUnavailable:
                # Whether the entry was written cannot be known: what follows is another chain.
                self._begin()
                raise
            self._sequence, self._previous = entry["sequence"], entry["hash"]

    def _begin(self) -> None:
        self._chain = f"{self._world.below(16**16):016x}"
        self._sequence = 0
        self._previous = BEGINNING

    def _send(self, index: str, entry: dict[str, Any]) -> None:
        entry_id = f"{entry['chain']}-{entry['sequence']:08}-{entry['hash'][:16]}"
        with speaking_to_cluster("writing the audit", AuditUnavailable):
            answer = self._client.bulk(
                index=index, operations=[{"create": {"_id": entry_id}}, entry]
            )
        if answer["items"][0]["create"]["status"] not in (CREATED, CONFLICT):
            raise AuditUnavailable("the audit could not be written, so nothing is shown; try again")


def entry_hash(key: bytes, entry: dict[str, Any]) -> str:
    """Return the keyed hash of an entry without its `hash`: 64 hexadecimal digits."""
    body = {name: value for name, value in entry.items() if name != "hash"}
    return hmac.digest(key, orjson.dumps(body, option=orjson.OPT_SORT_KEYS), "sha256").hex()
