"""How fast a reindex may go: at full speed while nobody searches, and else as searches allow."""

import time
from collections.abc import Callable
from threading import Lock

from elasticsearch import Elasticsearch

from indexer.searches import QUIET_SECONDS, Searches, SearchWatch

FIRST_RATE, LEAST_RATE, MOST_RATE = 2_000.0, 250.0, 4_000.0  # children a second beside searches
SLOW_MILLISECONDS = 40  # of a search inside Elasticsearch, a shard; idle it is 2 to 10
SLOWER, FASTER = 0.7, 1.05  # times the rate, at each look


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
        self._watch, self._sleep = SearchWatch(client), sleep
        self._turn = Lock()
        self._rate: float | None = None
        self._next_at = float("-inf")

    def wait(self, children: int) -> None:
        """Return when so many children more may be written; at once while nobody searches."""
        with self._turn:
            new = self._watch.look()
            if new is not None:
                self._rate = next_rate(self._rate, new, self._watch.quiet_seconds)
            now = time.monotonic()
            begin_at = max(now, self._next_at)
            self._next_at = begin_at + (children / self._rate if self._rate else 0)
        if begin_at > now:
            self._sleep(begin_at - now)
