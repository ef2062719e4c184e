"""Signs of life of `contactpoint work`: while it does not run, what is decided on pages waits, and
nobody would see that before somebody opens such a page again."""

from datetime import datetime, timedelta

from elasticsearch import Elasticsearch

from indexer.clients import NOT_FOUND, speaking_to_cluster
from indexer.health.state import State, well
from indexer.world import World
from mappings.names import BUILDS

SIGN = "work"  # the id of its document, beside the locks with theirs; no build is called so
SILENT_AFTER = timedelta(minutes=2)  # four signs, or two runs of a timer every minute
STEP = "contactpoint work"


def give_sign(client: Elasticsearch, world: World) -> None:
    """Say that the worker has looked at what waits. Raises ClusterUnavailable."""
    document = {"seen_at": world.now().isoformat(timespec="seconds")}
    with speaking_to_cluster("giving a sign of life"):
        client.index(index=BUILDS, id=SIGN, document=document)


def look_at_work(client: Elasticsearch) -> datetime | None:
    """Return when the worker last gave a sign of life; None if it never did."""
    with speaking_to_cluster("asking for a sign of life of the worker"):
        found = client.options(ignore_status=NOT_FOUND).get(index=BUILDS, id=SIGN)
    return datetime.fromisoformat(found["_source"]["seen_at"]) if found["found"] else None


def judge_work(seen_at: datetime | None, now: datetime) -> State:
    """Yellow where it was never seen, or not for two minutes."""
    if seen_at is None:
        cause = "'contactpoint work' was never run, so nothing that is decided on a page is done"
        return State("work", "yellow", cause, STEP)
    if now - seen_at > SILENT_AFTER:
        cause = f"what is decided on pages waits: nobody looked since {seen_at:%d %B at %H:%M} UTC"
        return State("work", "yellow", cause, STEP)
    return well("work", "what is decided on pages is looked at")
