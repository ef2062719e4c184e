"""What auditors read: who searched, who opened which record and why. Reading is audited itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from indexer.audit.pages import BY_TIME, hits
from indexer.audit.trail import Trail
from indexer.errors import NotAllowed, Refused
from indexer.people.actor import Actor, Role
from indexer.settings import Settings
from indexer.world import World
from mappings.names import AUDIT_MONTHS, AUDIT_SEALED

LONGEST = timedelta(days=31)
READ = "audit-read"
READERS: Mapping[str, frozenset[Role]] = {
    AUDIT_MONTHS: frozenset({"auditor"}),
    AUDIT_SEALED: frozenset({"shield-officer", "inspector"}),
}


@dataclass(frozen=True)
class Asked:
    """Entries of one person, about one child, or both, or of everybody; from the first day to the
    last, both included, in UTC. `index` is that of the months or that of the sealed entries."""

    first: date
    last: date
    person: str = ""
    child: str = ""
    index: str = AUDIT_MONTHS

    def in_words(self) -> str:
        return f"{self.first.isoformat()} to {self.last.isoformat()}"


@dataclass(frozen=True)
class Seen:
    """One entry, as auditors see it. `reason` is why somebody looked, `said` what became of it."""

    at: datetime
    event: str
    actor: str
    role: str
    organisation: str
    children: tuple[str, ...] = ()
    subject: str = ""
    reason: str = ""
    said: str = ""
    question: Mapping[str, Any] = field(default_factory=dict)


class AuditReader:
    """Reads with a credential that may: the desk's. Made once a process."""

    def __init__(self, client: Elasticsearch, settings: Settings, world: World) -> None:
        self._client = client
        self._trails = {
            AUDIT_MONTHS: Trail(client, settings, world),
            AUDIT_SEALED: Trail(client, settings, world, AUDIT_SEALED),
        }

    def read(self, asked: Asked, reader: Actor) -> Iterator[Seen]:
        """Return the entries by time, once it is in the audit that they are read.

        Auditors see what the people of their own organisation did; of a child, who was shown it
        whatever their organisation. Of the sealed entries officers see those of their own
        authority, an inspector those of all.
        Raises NotAllowed, Refused, AuditUnavailable; while they are read, ClusterUnavailable.
        """
        refuse_reading(asked, reader)
        children = [asked.child] if asked.child else []
        self._trails[asked.index].write(
            READ, reader, subject=asked.person, children=children, said=asked.in_words()
        )
        found = hits(self._client, asked.index, reading_clause(asked, reader), BY_TIME)
        return (parse_seen(hit["_source"], asked.child) for hit in found)


def refuse_reading(asked: Asked, reader: Actor) -> None:
    """Raise NotAllowed if the role reads no audit, Refused if the days cannot be."""
    if reader.role not in READERS[asked.index]:
        raise NotAllowed(f"The role {reader.role} does not read this audit.")
    if asked.last < asked.first:
        raise Refused("the last day is before the first")
    if asked.last - asked.first >= LONGEST and not (asked.person or asked.child):
        raise Refused(f"name a person or a child, or at most {LONGEST.days} days")


def reading_clause(asked: Asked, reader: Actor) -> dict[str, Any]:
    """Return the question to Elasticsearch; what the reader may see is part of it."""
    until = asked.last + timedelta(days=1)
    days = {"range": {"at": {"gte": asked.first.isoformat(), "lt": until.isoformat()}}}
    is_own = not asked.child
    if asked.index == AUDIT_SEALED:
        is_own = reader.role != "inspector"
    terms = {
        "actor": asked.person,
        "children": asked.child,
        "organisation": reader.organisation if is_own else "",
    }
    named = [{"term": {name: value}} for name, value in terms.items() if value]
    return {"bool": {"filter": [days, *named]}}


def parse_seen(entry: Mapping[str, Any], child: str = "") -> Seen:
    """Return what is shown of a stored entry; where one child was asked for, no other's number."""
    children = entry.get("children", ())
    return Seen(
        at=datetime.fromisoformat(entry["at"]),
        event=entry["event"],
        actor=entry["actor"],
        role=entry["role"],
        organisation=entry["organisation"],
        children=tuple(one for one in children if child in {"", one}),
        **{
            name: entry[name] for name in ("subject", "reason", "said", "question") if name in entry
        },
    )
