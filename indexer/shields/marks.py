"""The marks by which the gate and every writer know that a child is shielded.

A mark is a document of `shield-marks` whose id is a keyed digest of the child's number. `mget`
answers "not found" for an index that is missing, emptied or older as readily as for a child who is
not shielded; so every question also asks for the sentinel, which must be there, made with our key,
and no older than one seen before.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import Credential, make_client, speaking_to_cluster
from indexer.errors import RegisterUnavailable
from indexer.settings import Settings
from mappings.names import SHIELD_MARKS

SENTINEL = "sentinel"
NODES_ASKED = 2  # of three: a node that slept answers stale for seconds, but never two at once
CONFLICT = 409
TIMEOUT_SECONDS = 2
SCAN_PAGE = 10_000


class Marks:
    """Asks about marks in real time. Made once a process: remembers the newest sentinel seen."""

    def __init__(self, clients: Sequence[Elasticsearch], key: str) -> None:
        # Made once: `options` makes a client, which takes as long as the question.
        asked = clients[:NODES_ASKED]
        self._clients = [one.options(request_timeout=TIMEOUT_SECONDS) for one in asked]
        self._key = key.encode()
        self._newest = 0
        self._threads = ThreadPoolExecutor(NODES_ASKED, "marks") if len(clients) > 1 else None

    @classmethod
    def for_credential(cls, settings: Settings, credential: Credential) -> "Marks":
        """Return marks read with `credential`, each node of the cluster by its own client."""
        clients = [make_client(settings, credential, (url,)) for url in settings.cluster_urls]
        return cls(clients, settings.secret("register.key"))

    def marked(self, numbers: Iterable[str]) -> frozenset[str]:
        """Return those of `numbers` that are shielded by any node's word.

        Raises RegisterUnavailable when that cannot be known for certain, never a smaller answer.
        """
        ids = {mark_id(self._key, number): number for number in numbers}
        question = [SENTINEL, *ids]
        answers = (
            self._threads.map(lambda client: self._ask(client, question), self._clients)
            if self._threads
            else [self._ask(client, question) for client in self._clients]
        )
        return frozenset(ids[mark] for answer in answers for mark in answer)

    def all(self) -> frozenset[str]:
        """Return every mark there is; for checks of whole builds, by who may read the register.

        Raises RegisterUnavailable when that cannot be known for certain.
        """
        self.marked(())  # or the sentinel might be another's
        with speaking_to_cluster("reading the shield register", RegisterUnavailable):
            self._clients[0].indices.refresh(index=SHIELD_MARKS)
            marks = frozenset(_scan(self._clients[0]))
        if SENTINEL not in marks:
            raise RegisterUnavailable("the shield register answered in part only; try again")
        return marks - {SENTINEL}

    def sequence(self) -> int:
        """Return how often the register was changed; an older register has a smaller number.

        Raises RegisterUnavailable.
        """
        self.marked(())
        return self._newest

    def among(self, marks: frozenset[str], numbers: Iterable[str]) -> list[str]:
        """Return those of `numbers` whose mark is one of `marks`."""
        return [one for one in numbers if _mark_id(self._key, one) in marks]

    def _ask(self, client: Elasticsearch, ids: list[str]) -> set[str]:
        with speaking_to_cluster("asking the shield register", RegisterUnavailable):
            answer = client.mget(index=SHIELD_MARKS, ids=ids, preference="_local")
        documents = {one["_id"]: one for one in answer["docs"]}
        self._check_sentinel(documents[SENTINEL])
        if any("error" in one for one in documents.values()):
            raise RegisterUnavailable("the shield register answered in part only; try again")
        return {name for name, one in documents.items() if one["found"] and name != SENTINEL}

    def _check_sentinel(self, document: dict[str, Any]) -> None:
        source = document.get("_source") if document.get("found") else None
        if source is None:
            raise RegisterUnavailable("the shield register has no sentinel; see 'shield verify'")
        if not hmac.compare_digest(source["key_check"], mark_id(self._key, SENTINEL)):
            raise RegisterUnavailable("the shield register was made with another key")
        if source["sequence"] < self._newest:
            raise RegisterUnavailable("the shield register is older than one seen before")
        self._newest = max(self._newest, source["sequence"])


def _mark_id(key: bytes, number: str) -> str:
    """Return the id under which a mark of `number` is kept: 32 hexadecimal digits, keyed."""
    return hmac.digest(key, number.encode(), "sha256").hex()[:32]


# A load asks about a number when it is drawn and when it is written.
mark_id = lru_cache(maxsize=1 << 13)(_mark_id)


def _scan(client: Elasticsearch) -> Iterator[str]:
    scan = client.open_point_in_time(index=SHIELD_MARKS, keep_alive="1m")["id"]
    after: list[Any] | None = None
    try:
        while True:
            hits = client.search(
                pit={"id": scan, "keep_alive": "1m"},
                sort=["_shard_doc"],
                size=SCAN_PAGE,
                source=False,
                search_after=after,
                track_total_hits=False,
                allow_partial_search_results=False,
            )["hits"]["hits"]
            if not hits:
                return
            yield from (hit["_id"] for hit in hits)
            after = hits[-1]["sort"]
    finally:
        client.close_point_in_time(id=scan)


def write_first_sentinel(client: Elasticsearch, key: str) -> None:
    """Make the sentinel of an empty register; leaves one that is there alone."""
    with speaking_to_cluster("making the register's sentinel"):
        client.options(ignore_status=CONFLICT).create(
            index=SHIELD_MARKS, id=SENTINEL, document=_sentinel(key, 1)
        )


def add_mark(client: Elasticsearch, key: str, number: str) -> None:
    """Mark one child as shielded, then move the sentinel on, so that an older copy shows.

    From the moment this returns no gate shows the child and no writer leaves it in a build.
    """
    with speaking_to_cluster("writing a mark"):
        client.index(index=SHIELD_MARKS, id=mark_id(key.encode(), number), document={})
        sentinel = client.get(index=SHIELD_MARKS, id=SENTINEL)
        client.index(
            index=SHIELD_MARKS,
            id=SENTINEL,
            document=_sentinel(key, sentinel["_source"]["sequence"] + 1),
            if_seq_no=sentinel["_seq_no"],
            if_primary_term=sentinel["_primary_term"],
        )


def _sentinel(key: str, sequence: int) -> dict[str, Any]:
    return {"sequence": sequence, "key_check": mark_id(key.encode(), SENTINEL)}
