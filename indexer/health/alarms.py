"""Alarms: what somebody must have seen, even if it was put right at once.

There is one open alarm a kind at most: who raises it again while it is open changes nothing. Who
acknowledged it, and why, is in the audit.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.clients import CONFLICT, NOT_FOUND, found_in, speaking_to_cluster
from indexer.errors import ClusterUnavailable, Refused
from indexer.health.state import State, well
from indexer.people.actor import Actor
from indexer.world import World
from mappings.names import ALARMS

CREATED = 201
MOST = 100
KINDS = {
    "register": "builds and shield register did not agree; what can be put right was, at once",
    "audit": "an entry of the audit is missing, or was changed",
    "work": "what was decided on a page waits: 'contactpoint work' does not run",
    "decisions": "something has waited for a shield officer for over two days",
    "probing": "rows of one sender were kept for shield officers again and again",
}
"""Kind → what it means, in words that every operator may read: of nobody, and not of how many."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Alarm:
    """`at` is when it was first raised."""

    kind: str
    at: datetime


class Alarms:
    def __init__(self, client: Elasticsearch, world: World) -> None:
        self._client = client
        self._world = world

    def raise_alarm(self, kind: str) -> None:
        """Leave an open alarm of this kind, and nothing else: a client that may only add can.

        If it cannot be written it is in the log alone: the answer that made it must not wait.
        """
        log.error("alarm", kind=kind)
        entry = {"at": self._world.now().isoformat(timespec="seconds")}
        try:
            with speaking_to_cluster("raising an alarm"):
                answer = self._client.bulk(
                    index=ALARMS, operations=[{"create": {"_id": kind}}, entry]
                )
        except ClusterUnavailable:
            log.error("alarm_not_written", kind=kind)
            return
        if answer["items"][0]["create"]["status"] not in (CREATED, CONFLICT):
            log.error("alarm_not_written", kind=kind)

    def open_alarms(self) -> tuple[Alarm, ...]:
        """Return the open alarms, the oldest first; in real time, kind by kind."""
        with speaking_to_cluster("reading alarms"):
            answer = self._client.mget(index=ALARMS, ids=list(KINDS))
        found = [
            Alarm(one["_id"], datetime.fromisoformat(one["_source"]["at"]))
            for one in found_in(answer, "reading alarms")
        ]
        return tuple(sorted(found, key=lambda one: one.at))

    def acknowledge(self, kind: str, actor: Actor, reason: str, trail: Trail) -> None:
        """End an open alarm; who did and why is in the audit first. Raises Refused, Unavailable."""
        if kind not in {one.kind for one in self.open_alarms()}:
            raise Refused(f"there is no open alarm '{kind}': 'contactpoint alarms' lists them")
        if not reason.strip():
            raise Refused("--reason: say what was found out, and done")
        trail.write("acknowledge-alarm", actor, subject=kind, reason=reason.strip())
        with speaking_to_cluster("acknowledging an alarm"):
            self._client.options(ignore_status=NOT_FOUND).delete(index=ALARMS, id=kind)


def judge_alarms(alarms: tuple[Alarm, ...]) -> State:
    if not alarms:
        return well("alarms", "no alarm is open")
    first = alarms[0]
    many = "1 alarm is open" if len(alarms) == 1 else f"{len(alarms)} alarms are open"
    return State(
        "alarms",
        "red",
        f"{many}; {first.kind}, since {first.at:%d %B at %H:%M} UTC: {KINDS[first.kind]}",
        f"contactpoint alarms --acknowledge {first.kind} --reason TEXT",
    )
