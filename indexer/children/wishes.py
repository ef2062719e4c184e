"""The index `wishes`: what practitioners said on the pages, until `contactpoint work` loads it.

The pages may add and no more: they neither read a wish nor write a child.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.child import PRACTITIONERS, Child, Contribution
from indexer.clients import settled_in, speaking_to_cluster
from indexer.errors import ClusterUnavailable
from indexer.world import World
from mappings.names import WISHES

AT_ONCE = 1_000
CREATED = 201
ID_BYTES = 16


@dataclass(frozen=True)
class Wish:
    """What a person said of a child they had opened, at a time (UTC, ISO): the involvement, with
    the fields of a feed's, or None: that they no longer work with the child."""

    child: str
    person: str
    said_at: str
    involvement: dict[str, Any] | None


def record_id(child: str, person: str) -> str:
    """Return the id of a person's row about a child: the same each time, and not their name."""
    return blake2b(f"{child}:{person}".encode(), digest_size=ID_BYTES).hexdigest()


def own_row(child: Child, person: str) -> Contribution | None:
    """Return what this person said of the child, also when it had another number."""
    own = {record_id(number, person) for number in (child.number, *child.former_numbers)}
    rows = (one for one in child.contributions if one.source == PRACTITIONERS)
    return next((one for one in rows if one.source_record_id in own), None)


def add_wish(client: Elasticsearch, wish: Wish, world: World) -> None:
    """Keep the wish. Raises ClusterUnavailable."""
    with speaking_to_cluster("recording what was said"):
        answer = client.bulk(
            index=WISHES, operations=[{"create": {"_id": world.token()}}, asdict(wish)]
        )
    if answer["items"][0]["create"]["status"] != CREATED:
        raise ClusterUnavailable("what was said could not be recorded; try again")


def waiting_wishes(client: Elasticsearch) -> dict[str, Wish | None]:
    """Return at most 1,000 that wait, the oldest first, by their ids; None for what no page wrote
    and nobody can read."""
    with speaking_to_cluster("looking for what was said"):
        client.indices.refresh(index=WISHES)
        answer = client.search(
            index=WISHES,
            size=AT_ONCE,
            sort=["said_at", "_doc"],
            track_total_hits=False,
            allow_partial_search_results=False,
        )
    return {hit["_id"]: _parse(hit["_source"]) for hit in answer["hits"]["hits"]}


def remove_wishes(client: Elasticsearch, keys: Iterable[str]) -> None:
    """Forget wishes that are done; harmless if they are gone."""
    lines = [{"delete": {"_id": key}} for key in keys]
    if lines:
        with speaking_to_cluster("forgetting what was said"):
            answer = client.bulk(index=WISHES, operations=lines)
        settled_in(answer, "forgetting what was said")


def _parse(source: dict[str, Any]) -> Wish | None:
    """What is no involvement becomes one of no service, which every row refuses."""
    said = source.get("involvement")
    involvement = said if isinstance(said, dict) or said is None else {}
    try:
        wish = Wish(source["child"], source["person"], source["said_at"], involvement)
        is_read = bool(wish.child and wish.person and datetime.fromisoformat(wish.said_at).tzinfo)
    except (KeyError, TypeError, ValueError):
        is_read = False
    return wish if is_read else None
