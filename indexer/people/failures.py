"""Counts failed sign-ins and locks a name for a while, whether a user of that name exists or not.

The count is a document of the sessions index, as the web process may not write to users.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from elasticsearch import ConflictError, Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.errors import Unavailable
from indexer.people.documents import Stored, read_document
from indexer.world import World
from mappings.names import SESSIONS

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
ATTEMPTS = 5


@dataclass(frozen=True)
class Failures:
    """How often in a row, and when last, someone failed to sign in under one name."""

    key: str
    count: int
    last: datetime | None
    stored: Stored | None

    def is_locked(self, now: datetime) -> bool:
        return self.count >= MOST_FAILURES and not self.is_stale(now)

    def is_stale(self, now: datetime) -> bool:
        return self.last is None or now - self.last >= LOCKED_FOR


def failures_key(name: str, *, is_user: bool) -> str:
    """Return the id of a name's count.

    Names that are nobody's share 4,096 counts: whoever tries a million names fills no index, and
    as nobody can sign in under them it does not matter that they lock each other.
    """
    digest = sha256(name.encode()).hexdigest()
    return f"failures-{digest}" if is_user else f"failures-nobody-{digest[:3]}"


def read_failures(client: Elasticsearch, key: str) -> Failures:
    """Return the count of one name, zero if it never failed."""
    stored = read_document(client, SESSIONS, key)
    if stored is None:
        return Failures(key, 0, None, None)
    last = datetime.fromisoformat(stored.source["last_failure_at"])
    return Failures(key, stored.source["failures"], last, stored)


def count_attempt(client: Elasticsearch, key: str, world: World) -> bool:
    """Count one more attempt before its password is checked; say if the name is locked.

    Counted first, and only if nobody else counted in between, so that guesses sent at the same
    moment cannot share one place. A locked name is not counted on: its lock ends by itself.
    """
    for _ in range(ATTEMPTS):
        failures, now = read_failures(client, key), world.now()
        if failures.is_locked(now):
            return True
        if _is_written(client, failures, now):
            return False
    raise Unavailable("too many tries under this name at one moment; try again in a minute")


def forget_failures(client: Elasticsearch, key: str) -> None:
    """Start from zero again, after a right password."""
    with speaking_to_cluster("forgetting failed sign-ins"):
        client.options(ignore_status=404).delete(index=SESSIONS, id=key)


def _is_written(client: Elasticsearch, failures: Failures, now: datetime) -> bool:
    count = 1 if failures.is_stale(now) else failures.count + 1
    document = {"failures": count, "last_failure_at": now.isoformat()}
    with speaking_to_cluster("counting a sign-in"):
        try:
            client.index(index=SESSIONS, id=failures.key, document=document, **_place(failures))
        except ConflictError:
            return False
    return True


def _place(failures: Failures) -> dict[str, Any]:
    """Write only over what was read: nothing, or that revision."""
    if failures.stored is None:
        return {"op_type": "create"}
    return {
        "if_seq_no": failures.stored.seq_no,
        "if_primary_term": failures.stored.primary_term,
    }
