"""How much one person may search and open in an hour: counted for all processes together.

What counts is what is asked for the first time this hour: a page that is reloaded, gone back to or
turned costs nothing, and is not written either.
"""

import csv
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from elasticsearch import Elasticsearch

from indexer.clients import Credential, make_client
from indexer.digests import keyed_digest
from indexer.errors import Unavailable
from indexer.people.actor import Actor
from indexer.people.documents import Stored, read, write
from indexer.settings import Settings
from indexer.world import World
from mappings.names import BUDGETS

What = Literal["searches", "records"]
ATTEMPTS = 10
TIMEOUT_SECONDS = 2
DIGEST = 16  # hexadecimal digits; within one person's hour that is plenty
AT_ONCE = 8


@dataclass(frozen=True)
class Hour:
    """What one person asked for in one hour of UTC: digests, each once."""

    hour: str
    searches: tuple[str, ...] = ()
    records: tuple[str, ...] = ()

    def of(self, what: What) -> tuple[str, ...]:
        return self.searches if what == "searches" else self.records

    def with_one_more(self, what: What, digest: str) -> "Hour":
        more = (*self.of(what), digest)
        return replace(self, searches=more) if what == "searches" else replace(self, records=more)


@cache
def budgets() -> Mapping[str, Mapping[str, int]]:
    """Return role → what → how many an hour."""
    with Path(__file__).with_name("budgets.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {
        row["role"]: {"searches": int(row["searches"]), "records": int(row["records"])}
        for row in rows
    }


def counted(hour: Hour, what: What, digest: str, most: int) -> Hour | None:
    """Return the hour with this one in it, the same if it is in it already; None if that would be
    too many."""
    if digest in hour.of(what):
        return hour
    return hour.with_one_more(what, digest) if len(hour.of(what)) < most else None


class Budgets:
    """Made once a process; safe to use from several threads."""

    def __init__(self, settings: Settings, world: World, credential: Credential) -> None:
        client: Elasticsearch = make_client(settings, credential)
        self._client = client.options(request_timeout=TIMEOUT_SECONDS)
        self._key = settings.secret("audit.key").encode()
        self._world = world
        self._threads = ThreadPoolExecutor(AT_ONCE, "budgets")

    def ask(self, reader: Actor, what: What, asked: bytes) -> Callable[[], bool]:
        """Begin to count while the caller goes on; return what tells, when called, whether it is
        within the budget. That raises Unavailable if it cannot be counted."""
        most = budgets()[reader.role][what]
        digest = keyed_digest(self._key, asked)[:DIGEST]
        return self._threads.submit(self._count, reader.name, what, digest, most).result

    def _count(self, user: str, what: What, digest: str, most: int) -> bool:
        for _ in range(ATTEMPTS):
            stored = read(self._client, BUDGETS, user)
            before = this_hour(stored, self._world)
            after = counted(before, what, digest, most)
            if after is None or after == before:
                return after is not None
            if write(self._client, (BUDGETS, user), vars(after), stored):
                return True
        raise Unavailable("too many searches by one person at one moment; try again")


def this_hour(stored: Stored | None, world: World) -> Hour:
    """Return what was asked for in the hour that it is now."""
    hour = f"{world.now():%Y-%m-%dT%H}"
    if stored is None or stored.source["hour"] != hour:
        return Hour(hour)
    return Hour(hour, tuple(stored.source["searches"]), tuple(stored.source["records"]))
