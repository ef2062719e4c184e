"""One change of builds at a time, and one trial or removal of snapshots beside it: two locks in the
index `builds`, each of which ends with its holder."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Thread
from threading import Lock as Turn
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.links import Version
from indexer.clients import CONFLICT, NOT_FOUND, speaking_to_cluster
from indexer.errors import ClusterUnavailable, ContactPointError, Refused
from indexer.holder import BEAT_EVERY, DEAD_AFTER, Holder, parse_holder, this_machine, this_process
from indexer.world import World
from mappings.names import BUILDS

LOCK, SNAPSHOTS_LOCK = "lock", "lock-of-snapshots"  # ids; no build is called so
JOIN_SECONDS = 60  # for a sign of life that is under way
SURE_FOR = DEAD_AFTER - 2 * BEAT_EVERY  # after the last sign of life; then others may take it


class Lock:
    """Held by this process; a thread gives the signs of life."""

    def __init__(self, client: Elasticsearch, world: World, doing: str, name: str = LOCK) -> None:
        self._client, self._world, self._doing = client, world, doing
        self._name, self._begun_at = name, world.now()
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
        entry = _read(self._client, self._name)
        if entry and (holder := parse_holder(entry["_source"], self._world.now())):
            raise Refused(holder.refusal())
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
                begun = {"doing": self._doing, "begun_at": self._begun_at.isoformat()}
                document |= {**begun, "holds_loads": self._holds_loads, **holder}
            self._unanswered.append(document)
            self._version = self._written(document)
            self._unanswered.clear()
            self._seen_at = now

    def _written(self, document: Mapping[str, Any]) -> Version:
        version = self._send(document, self._version)
        if version is None and (own := self._own()):
            version = self._send(document, own)
        if version is None:
            raise Refused(
                "another command of this kind has begun; run this one again when that has ended"
            )
        return version

    def _own(self) -> Version | None:
        """Return the version of what stands there if it is ours, and only its answer was lost."""
        entry = _read(self._client, self._name)
        is_own = entry is not None and entry["_source"] in self._unanswered
        return (entry["_seq_no"], entry["_primary_term"]) if entry and is_own else None

    def _send(self, document: Mapping[str, Any], version: Version | None) -> Version | None:
        """Return the new version, None if somebody else wrote meanwhile."""
        named: dict[str, Any] = {"op_type": "create"}
        if version:
            named = {"if_seq_no": version[0], "if_primary_term": version[1]}
        with speaking_to_cluster("taking the lock of builds"):
            answer = self._client.options(ignore_status=CONFLICT).index(
                index=BUILDS, id=self._name, document=document, **named
            )
        return None if "error" in answer else (answer["_seq_no"], answer["_primary_term"])


@contextmanager
def holding_builds(client: Elasticsearch, world: World, doing: str) -> Iterator[Lock]:
    """Hold the lock; raises Refused while another process that lives holds it."""
    with _holding(Lock(client, world, doing)) as lock:
        yield lock


@contextmanager
def holding_snapshots(client: Elasticsearch, world: World, doing: str) -> Iterator[Lock]:
    """Hold the lock of who tries or removes snapshots, for hours perhaps. It keeps nobody from
    publishing a build or going back to one: these need neither a snapshot nor the disk.

    Raises Refused while another process that lives holds it, or changes builds.
    """
    with _holding(Lock(client, world, doing, SNAPSHOTS_LOCK)) as lock:
        _refuse_while_held(client, world, LOCK)
        yield lock


def refuse_while_snapshots_are_held(client: Elasticsearch, world: World) -> None:
    """For who holds the lock of builds to bring one back, or to copy one: a trial needs the same
    disk. Each takes its own lock before it asks for the other. Raises Refused."""
    _refuse_while_held(client, world, SNAPSHOTS_LOCK)


def _refuse_while_held(client: Elasticsearch, world: World, lock: str) -> None:
    if holder := look_at_lock(client, world, lock):
        raise Refused(holder.refusal())


@contextmanager
def _holding(lock: Lock) -> Iterator[Lock]:
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
    entry = _read(client, LOCK)
    is_held = entry and parse_holder(entry["_source"], world.now())
    if entry and is_held and entry["_source"]["holds_loads"]:
        raise ClusterUnavailable(
            "a build of other analysers is being published: run the same command again in a minute"
        )


def look_at_lock(client: Elasticsearch, world: World, lock: str = LOCK) -> Holder | None:
    """Return the living process that changes builds now, or, of the other lock, that tries or
    removes snapshots; None if there is none."""
    entry = _read(client, lock)
    return parse_holder(entry["_source"], world.now()) if entry else None


def _read(client: Elasticsearch, lock: str) -> dict[str, Any] | None:
    with speaking_to_cluster("asking for the lock of builds"):
        answer = client.options(ignore_status=NOT_FOUND).get(index=BUILDS, id=lock)
    return answer.body if answer.get("found") else None
