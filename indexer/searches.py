"""Whether people search at this moment, and how long that takes them: whoever writes much asks."""

import time
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from mappings.names import CHILDREN

PEOPLE = "people"
"""The group under which Elasticsearch counts the searches of people: the gate's, and no scan."""

LOOK_EVERY_SECONDS = 0.5
QUIET_SECONDS = 5  # without a search, until nobody is said to search


@dataclass(frozen=True)
class Searches:
    """How many searches of people there were since the node began, and how long they took."""

    count: int = 0
    milliseconds: int = 0


class SearchWatch:
    """Looked at by one thread at a time."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client
        self._before: Searches | None = None
        self._looked_at = self._searched_at = float("-inf")

    def look(self) -> Searches | None:
        """Return the searches since the last look; None, and ask nobody, if that was just now.

        Raises ClusterUnavailable.
        """
        now = time.monotonic()
        if now - self._looked_at < LOOK_EVERY_SECONDS:
            return None
        there = self._count()
        before = self._before or there
        new = Searches(there.count - before.count, there.milliseconds - before.milliseconds)
        if new.count:
            self._searched_at = now
        self._before, self._looked_at = there, now
        return new

    @property
    def quiet_seconds(self) -> float:
        """How long nobody had searched at the last look."""
        return self._looked_at - self._searched_at

    def _count(self) -> Searches:
        with speaking_to_cluster("asking how searches do"):
            answer = self._client.indices.stats(index=CHILDREN, metric="search", groups=PEOPLE)
        found = answer["_all"]["total"]["search"].get("groups", {}).get(PEOPLE, {})
        return Searches(
            found.get("query_total", 0),
            found.get("query_time_in_millis", 0) + found.get("fetch_time_in_millis", 0),
        )
