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

from indexer.clients import Credential, make_client, settled_in, speaking_to_cluster
from indexer.digests import keyed_digest
from indexer.errors import RegisterUnavailable
from indexer.settings import Settings
from indexer.shields.newest import Newest
from mappings.names import SHIELD_MARKS

SENTINEL = "sentinel"
NODES_ASKED = 2  # of three: a node that slept answers stale for seconds, but never two at once
CONFLICT, NOT_FOUND = 409, 404
TIMEOUT_SECONDS = 2  # of somebody who waits for a page
PATIENT_SECONDS = 10  # of a command: a moment's pause of Elasticsearch must not end hours of work
ROUNDS = 20
SCAN_PAGE = 10_000


class Marks:
    """Asks about marks in real time. Made once a process."""

    def __init__(
        self, clients: Sequence[Elasticsearch], key: str, newest: Newest, seconds: int
    ) -> None:
        # Made once: `options` makes a client, which takes as long as the question.
        asked = clients[:NODES_ASKED]
        self._clients = [one.options(request_timeout=seconds) for one in asked]
        self._key = key.encode()
        self._newest = newest
        self._threads = ThreadPoolExecutor(NODES_ASKED, "marks") if len(clients) > 1 else None

    @classmethod
    def for_credential(cls, settings: Settings, credential: Credential) -> "Marks":
        """Return marks read with `credential`, each node of the cluster by its own client."""
        clients = [make_client(settings, credential, (url,)) for url in settings.cluster_urls]
        key = settings.secret("register.key")
        newest = Newest(settings.register_seen, mark_id(key.encode(), SENTINEL))
        seconds = PATIENT_SECONDS if credential == "worker" else TIMEOUT_SECONDS
        return cls(clients, key, newest, seconds)

    @property
    def sequence(self) -> int:
        """The newest sentinel seen: what was decided since has another."""
        return self._newest.sequence

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
        marks = _scanned(self._clients[0])
        if SENTINEL not in marks:
            raise RegisterUnavailable("the shield register answered in part only; try again")
        return marks - {SENTINEL}

    def expect(self, sequence: int) -> None:
        """Refuse a register older than this from now on: a snapshot knew of it."""
        self._newest.see(sequence)

    def sequence_now(self) -> int:
        """Return how often the register was changed; an older register has a smaller number.

        Raises RegisterUnavailable.
        """
        self.marked(())
        return self._newest.sequence

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
        if source["sequence"] < self._newest.sequence:
            raise RegisterUnavailable(
                "the shield register is older than one seen before; put the newest copy of its "
                "journal back, and run 'shield verify'"
            )
        self._newest.see(source["sequence"])


def _mark_id(key: bytes, number: str) -> str:
    """Return the id under which a mark of `number` is kept: 32 hexadecimal digits, keyed."""
    return keyed_digest(key, number.encode())[:32]


# A load asks about a number when it is drawn and when it is written.
mark_id = lru_cache(maxsize=1 << 13)(_mark_id)


def write_mark(client: Elasticsearch, key: str, number: str) -> None:
    """Mark one child."""
    write_marks(client, key, [number])


def write_marks(client: Elasticsearch, key: str, numbers: Iterable[str]) -> None:
    """Mark these children: from now on no gate shows them and no writer leaves them in a build. The
    sentinel is moved on when all marks of an event are written."""
    lines: list[Any] = []
    for number in numbers:
        lines += [{"index": {"_id": mark_id(key.encode(), number)}}, {}]
    if lines:
        with speaking_to_cluster("writing marks"):
            answer = client.bulk(index=SHIELD_MARKS, operations=lines)
        settled_in(answer, "writing marks")


def remove_mark(client: Elasticsearch, key: str, number: str) -> None:
    """Let the child be seen again; harmless if there is no mark."""
    with speaking_to_cluster("removing a mark"):
        client.options(ignore_status=NOT_FOUND).delete(
            index=SHIELD_MARKS, id=mark_id(key.encode(), number)
        )


def raise_sentinel(client: Elasticsearch, key: str, sequence: int) -> None:
    """Let the sentinel be at `sequence` or later."""
    for _ in range(ROUNDS):
        with speaking_to_cluster("moving the sentinel on"):
            sentinel = client.get(index=SHIELD_MARKS, id=SENTINEL)
            if sentinel["_source"]["sequence"] >= sequence:
                return
            answer = client.options(ignore_status=CONFLICT).index(
                index=SHIELD_MARKS,
                id=SENTINEL,
                document=_sentinel(key, sequence),
                if_seq_no=sentinel["_seq_no"],
                if_primary_term=sentinel["_primary_term"],
            )
        if "error" not in answer:
            return
    raise RegisterUnavailable("others keep writing the sentinel; run the same command again")


def restore_sentinel(client: Elasticsearch, key: str, sequence: int) -> None:
    """Write the sentinel of a register that is whole, whatever is there."""
    with speaking_to_cluster("restoring the sentinel"):
        client.index(index=SHIELD_MARKS, id=SENTINEL, document=_sentinel(key, sequence))


def sentinel_sequence(client: Elasticsearch, key: str) -> int | None:
    """Return where the sentinel is; None if there is none, or one made with another key."""
    with speaking_to_cluster("reading the sentinel"):
        found = client.mget(index=SHIELD_MARKS, ids=[SENTINEL])["docs"][0]
    if "error" in found:
        raise RegisterUnavailable("there are no marks: run 'contactpoint init', then again")
    if not found["found"] or found["_source"] != _sentinel(key, found["_source"]["sequence"]):
        return None
    return int(found["_source"]["sequence"])


def all_marks(client: Elasticsearch) -> frozenset[str]:
    """Return the id of every mark, whatever the sentinel says; for those who put it right."""
    return _scanned(client) - {SENTINEL}


def _scanned(client: Elasticsearch) -> frozenset[str]:
    """Return the id of every document, the sentinel's too."""
    with speaking_to_cluster("reading the shield register", RegisterUnavailable):
        client.indices.refresh(index=SHIELD_MARKS)
        scan = client.open_point_in_time(index=SHIELD_MARKS, keep_alive="1m")["id"]
        try:
            return frozenset(_ids(client, scan))
        finally:
            client.close_point_in_time(id=scan)


def _ids(client: Elasticsearch, scan: str) -> Iterator[str]:
    after: list[Any] | None = None
    while hits := client.search(
        pit={"id": scan, "keep_alive": "1m"},
        sort=["_shard_doc"],
        size=SCAN_PAGE,
        source=False,
        search_after=after,
        track_total_hits=False,
        allow_partial_search_results=False,
    )["hits"]["hits"]:
        yield from (hit["_id"] for hit in hits)
        after = hits[-1]["sort"]


def _sentinel(key: str, sequence: int) -> dict[str, Any]:
    return {"sequence": sequence, "key_check": mark_id(key.encode(), SENTINEL)}
