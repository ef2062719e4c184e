"""How fast a reindex may go: at full speed while nobody searches, and else as searches allow."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from mappings.names import CHILDREN

PEOPLE = "people"
"""The group under which Elasticsearch counts the searches of people: the gate's, and no scan."""

LOOK_EVERY_SECONDS = 0.5
QUIET_SECONDS = 5  # without a search, until nobody is said to search
FIRST_RATE, LEAST_RATE, MOST_RATE = 2_000.0, 250.0, 4_000.0  # children a second beside searches
SLOW_MILLISECONDS = 40  # of a search inside Elasticsearch, a shard; idle it is 2 to 10
SLOWER, FASTER = 0.7, 1.05  # times the rate, at each look


@dataclass(frozen=True)
class Searches:
    """How many searches of people there were since the node began, and how long they took."""

    count: int = 0
    milliseconds: int = 0


def next_rate(rate: float | None, new: Searches, quiet_seconds: float) -> float | None:
    """Return the children a second from now on, None for no limit. Pure.

    `new` are the searches since the last look; `quiet_seconds` is how long there was none.
    """
    if not new.count:
        return None if quiet_seconds >= QUIET_SECONDS else rate
    if rate is None:
        return FIRST_RATE
    is_slow = new.milliseconds / new.count > SLOW_MILLISECONDS
    return min(MOST_RATE, max(LEAST_RATE, rate * (SLOWER if is_slow else FASTER)))


class Pace:
    """Shared by all threads of a reindex: each waits for its turn before it writes a page."""

    def __init__(self, client: Elasticsearch, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._sleep = client, sleep
        self._turn = Lock()
        self._rate: float | None = None
        self._before: Searches | None = None
        self._looked_at = self._searched_at = self._next_at = float("-inf")

    def wait(self, children: int) -> None:
        """Return when so many children more may be written; at once while nobody searches."""
        with self._turn:
            now = time.monotonic()
            if now - self._looked_at >= LOOK_EVERY_SECONDS:
                self._look(now)
            begin_at = max(now, self._next_at)
            self._next_at = begin_at + (children / self._rate if self._rate else 0)
        if begin_at > now:
            self._sleep(begin_at - now)

    def _look(self, now: float) -> None:
        searches = self._searches()
        before = self._before or searches
        new = Searches(searches.count - before.count, searches.milliseconds - before.milliseconds)
        if new.count:
            self._searched_at = now
        self._rate = next_rate(self._rate, new, now - self._searched_at)
        self._before, self._looked_at = searches, now

    def _searches(self) -> Searches:
        with speaking_to_cluster("asking how searches do"):
            answer = self._client.indices.stats(index=CHILDREN, metric="search", groups=PEOPLE)
        found = answer["_all"]["total"]["search"].get("groups", {}).get(PEOPLE, {})
        return Searches(
            found.get("query_total", 0),
            found.get("query_time_in_millis", 0) + found.get("fetch_time_in_millis", 0),
        )
