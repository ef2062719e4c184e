"""One change of builds at a time: a lock in the index `builds` that ends with its holder."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Thread
from threading import Lock as Turn
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.links import Version
from indexer.clients import CONFLICT, NOT_FOUND, speaking_to_cluster
from indexer.errors import ClusterUnavailable, ContactPointError, Refused
from indexer.holder import BEAT_EVERY, DEAD_AFTER, is_alive, this_machine, this_process
from indexer.world import World
from mappings.names import BUILDS

LOCK = "lock"  # the id of its document; no build is called so
JOIN_SECONDS = 60  # for a sign of life that is under way
SURE_FOR = DEAD_AFTER - 2 * BEAT_EVERY  # after the last sign of life; then others may take it


class Lock:
    """Held by this process; a thread gives the signs of life."""

    def __init__(self, client: Elasticsearch, world: World, doing: str) -> None:
        self._client, self._world, self._doing = client, world, doing
        self._holds_loads = False
        self._version: Version | None = None
        self._unanswered: list[dict[str, Any]] = []  # what was written, perhaps
        self._seen_at = world.now()
        self._is_lost = False
        self._ended = Event()
        self._turn = Turn()

    def check(self) -> None:
        """Raise ClusterUnavailable if another process may have taken the lock over."""
        if self._is_lost or self._world.now() - self._seen_at > SURE_FOR:
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
        """Give signs of life until the end. One that could not be written is made up for by the
        next: others wait for two minutes."""
        while not self._ended.wait(BEAT_EVERY.total_seconds()):
            try:
                with suppress(ClusterUnavailable):
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
            with suppress(ContactPointError):
                self._write(is_over=True)

    def _write(self, *, is_over: bool = False) -> None:
        with self._turn:
            now = self._world.now()
            document: dict[str, Any] = {"seen_at": now.isoformat(timespec="seconds")}
            if not is_over:
                holder = {"machine": this_machine(), "process": this_process()}
                document |= {"doing": self._doing, "holds_loads": self._holds_loads, **holder}
            self._unanswered.append(document)
            self._version = self._written(document)
            self._unanswered.clear()
            self._seen_at = now

    def _written(self, document: Mapping[str, Any]) -> Version:
        version = self._send(document, self._version)
        if version is None and (own := self._own()):
            version = self._send(document, own)
        if version is None:
            raise Refused("another command that changes builds has begun; try again when it ended")
        return version

    def _own(self) -> Version | None:
        """Return the version of what stands there if it is ours, and only its answer was lost."""
        entry = _read(self._client)
        is_own = entry is not None and entry["_source"] in self._unanswered
        return (entry["_seq_no"], entry["_primary_term"]) if entry and is_own else None

    def _send(self, document: Mapping[str, Any], version: Version | None) -> Version | None:
        """Return the new version, None if somebody else wrote meanwhile."""
        named: dict[str, Any] = {"op_type": "create"}
        if version:
            named = {"if_seq_no": version[0], "if_primary_term": version[1]}
        with speaking_to_cluster("taking the lock of builds"):
            answer = self._client.options(ignore_status=CONFLICT).index(
                index=BUILDS, id=LOCK, document=document, **named
            )
        return None if "error" in answer else (answer["_seq_no"], answer["_primary_term"])


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
