"""Writes audit entries, durably, before anything of what they tell is shown."""

from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from indexer.audit.chain import NOT_WRITTEN, process_chain
from indexer.audit.entry import Entry, entry_id
from indexer.audit.witness import witness_path
from indexer.clients import speaking_to_cluster
from indexer.errors import AuditUnavailable
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import World
from mappings.names import AUDIT, audit_index

CREATED, CONFLICT = 201, 409
TIMEOUT_SECONDS = 5
CHAIN_KEY = "audit.key"


class Trail:
    """Adds to the chain of this process. Safe to use from several threads, and after a fork."""

    def __init__(
        self, client: Elasticsearch, settings: Settings, world: World, index: str = ""
    ) -> None:
        """Write to `index`, with a chain and a witness of its own, or to the month's if none is
        given."""
        # Made once: `options` makes a client.
        self._client = client.options(request_timeout=TIMEOUT_SECONDS)
        self._index = index
        witness = witness_path(settings, index or AUDIT)
        self._mine = (settings.secret(CHAIN_KEY).encode(), witness, world)

    def write(self, event: str, actor: Actor, **details: Any) -> None:
        """Write one entry, durably. `details` are children, question, reason (why somebody looks),
        subject (the user, organisation or source that it is about) and said (what became of it).

        Raises AuditUnavailable: then nothing may be shown.
        """
        said = {
            "event": event,
            "actor": actor.name,
            "role": actor.role,
            "organisation": actor.organisation,
            **details,
        }
        process_chain(*self._mine).add(said, self._send)

    def _send(self, entries: list[Entry]) -> None:
        lines = [line for one in entries for line in ({"create": {"_id": entry_id(one)}}, one)]
        index = self._index or audit_index(datetime.fromisoformat(entries[-1]["at"]))
        with speaking_to_cluster("writing the audit", AuditUnavailable):
            answer = self._client.bulk(
                index=index,
                operations=lines,
                timeout=f"{TIMEOUT_SECONDS}s",
                filter_path="items.create.status",
            )
        statuses = [item["create"]["status"] for item in answer.get("items", ())]
        if len(statuses) < len(entries) or not {CREATED, CONFLICT}.issuperset(statuses):
            raise AuditUnavailable(NOT_WRITTEN)
