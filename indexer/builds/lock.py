"""One change of builds at a time: a lock in the index `builds` that ends with its holder."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Thread
from threading import Lock as Turn
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import CONFLICT, NOT_FOUND, speaking_to_cluster
from indexer.errors import ClusterUnavailable, ContactPointError, Refused
from indexer.holder import BEAT_EVERY, is_alive, this_machine, this_process
from indexer.world import World
from mappings.names import BUILDS

LOCK = "lock"  # the id of its document; no build is called so
JOIN_SECONDS = 60  # for a sign of life that is under way


class Lock:
    """Held by this process; a thread gives the signs of life."""

    def __init__(self, client: Elasticsearch, world: World, doing: str) -> None:
        self._client, self._world, self._doing = client, world, doing
        self._holds_loads = False
        self._version: tuple[int, int] | None = None
        self._is_lost = False
        self._ended = Event()
        self._turn = Turn()

    def check(self) -> None:
        """Raise ClusterUnavailable if another process may have taken the lock over."""
        if self._is_lost:
            raise ClusterUnavailable(
                "this command could not show that it is alive, and another may have begun: "
                "run 'contactpoint builds', then the same command again"
            )

    def hold_loads(self) -> None:
        """Let no load begin until the lock ends; for when a build of other analysers is published,
        into which the loads of before cannot write."""
        self._holds_loads = True
        self._write()

    def take(self) -> None:
        entry = _read(self._client)
        if entry and _is_held(entry["_source"], self._world):
            raise Refused(
                f"'contactpoint {entry['_source']['doing']}' is at work here: wait until it has "
                "ended, then run the command again"
            )
        self._version = (entry["_seq_no"], entry["_primary_term"]) if entry else None
        self._write()

    def beat(self) -> None:
        """Give signs of life until the end."""
        while not self._ended.wait(BEAT_EVERY.total_seconds()):
            try:
                self._write()
            except ContactPointError:
                self._is_lost = True
                return

    def end(self) -> None:
        self._ended.set()

    def free(self) -> None:
        """Let another take it; one that was lost is another's. If that cannot be written, the lock
        ends with this process."""
        if not self._is_lost:
            with suppress(ClusterUnavailable):
                self._write(is_over=True)

    def _write(self, *, is_over: bool = False) -> None:
        with self._turn:
            self._version = self._written(is_over)

    def _written(self, is_over: bool) -> tuple[int, int]:
        document: dict[str, Any] = {"seen_at": self._world.now().isoformat(timespec="seconds")}
        if not is_over:
            holder = {"machine": this_machine(), "process": this_process()}
            document |= {"doing": self._doing, "holds_loads": self._holds_loads, **holder}
        named: dict[str, Any] = {"op_type": "create"}
        if self._version:
            named = {"if_seq_no": self._version[0], "if_primary_term": self._version[1]}
        with speaking_to_cluster("taking the lock of builds"):
            answer = self._client.options(ignore_status=CONFLICT).index(
                index=BUILDS, id=LOCK, document=document, **named
            )
        if "error" in answer:
            raise Refused("another command that changes builds has begun; try again when it ended")
        return (answer["_seq_no"], answer["_primary_term"])


@contextmanager
def holding_builds(client: Elasticsearch, world: World, doing: str) -> Iterator[Lock]:
    """Hold the lock; raises Refused while another process that lives holds it."""
    lock = Lock(client, world, doing)
    lock.take()
    beating = Thread(target=lock.beat, name="lock", daemon=True)
    beating.start()
    try:
        yield lock
    finally:
        lock.end()
        beating.join(JOIN_SECONDS)
        lock.free()


def refuse_while_loads_are_held(client: Elasticsearch, world: World) -> None:
    """Raise ClusterUnavailable while a build of other analysers is being published."""
    entry = _read(client)
    held = entry and _is_held(entry["_source"], world) and entry["_source"]["holds_loads"]
    if held:
        raise ClusterUnavailable(
            "a build of other analysers is being published: run the same command again in a minute"
        )


def is_locked(client: Elasticsearch, world: World) -> bool:
    """Is a living process changing builds now?"""
    entry = _read(client)
    return entry is not None and _is_held(entry["_source"], world)


def _read(client: Elasticsearch) -> dict[str, Any] | None:
    with speaking_to_cluster("asking for the lock of builds"):
        answer = client.options(ignore_status=NOT_FOUND).get(index=BUILDS, id=LOCK)
    return answer.body if answer.get("found") else None


def _is_held(entry: Mapping[str, Any], world: World) -> bool:
    return "process" in entry and is_alive(entry, world.now())
