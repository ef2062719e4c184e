"""The index `builds`: what became of each build, what the checks found, and who accepted what."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from elasticsearch import Elasticsearch

from indexer.clients import NOT_FOUND, found_in, speaking_to_cluster
from mappings.names import BUILDS

TRIED = "tried"  # the id of a note of its own; no build is called so

State = Literal["restoring", "filling", "filled", "refused", "published"]


@dataclass(frozen=True)
class Finding:
    """What one publish check found; `said` is a sentence, with what to do next if it refuses."""

    check: str
    passed: bool
    said: str

    def in_words(self) -> str:
        return f"{'passed' if self.passed else 'REFUSED'}  {self.check}: {self.said}"


@dataclass(frozen=True)
class Acceptance:
    """One person accepts that authorities have this many children and no fewer."""

    by: str
    at: datetime
    reason: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Restored:
    """The snapshot that a build was restored from: since when it knows nothing of what was loaded,
    and how often the register had been changed by then."""

    snapshot: str
    taken_at: datetime
    register: int


@dataclass(frozen=True)
class Tried:
    """The last trial that brought back what was taken: of which snapshots, mostly of one name, and
    when the oldest of them was begun."""

    snapshots: frozenset[str]
    taken_at: datetime


@dataclass(frozen=True)
class Record:
    """What became of a build. `failed` counts batches that could not be written; `left_at` is when
    another was last published in its place, also if it was published again since."""

    build: str
    state: State = "published"  # the first build, made empty by `init`, has no record
    actor: str = ""
    begun_at: datetime | None = None
    filled_at: datetime | None = None
    published_at: datetime | None = None
    left_at: datetime | None = None
    failed: int = 0
    findings: tuple[Finding, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    restored: Restored | None = None

    @property
    def is_old(self) -> bool:
        """Was it restored, and not searched since? It says that it is published a moment before
        it is; it has been once another took its place."""
        return self.restored is not None and self.left_at is None

    @property
    def is_half_published(self) -> bool:
        """Would it say this and not be searched? Then whoever published it died before the swap."""
        is_later = not self.left_at or (self.published_at and self.published_at > self.left_at)
        return self.state == "published" and bool(is_later)


class Records:
    """Written only by who holds the lock of builds; of a trial, by who tries."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def read(self, builds: Iterable[str]) -> dict[str, Record]:
        """Return the record of every one of `builds`."""
        names = sorted(builds)
        if not names:
            return {}
        with speaking_to_cluster("reading what became of builds"):
            answer = self._client.mget(index=BUILDS, ids=names)
        known = {one["_id"]: one["_source"] for one in found_in(answer, "reading builds")}
        return {name: parse_record(name, known.get(name, {})) for name in names}

    def write(self, record: Record) -> None:
        with speaking_to_cluster("writing what became of a build"):
            self._client.index(index=BUILDS, id=record.build, document=build_record(record))

    def tried(self) -> Tried | None:
        """Return which snapshots were last tried, and brought back what was taken."""
        with speaking_to_cluster("asking which snapshot was tried"):
            found = self._client.options(ignore_status=NOT_FOUND).get(index=BUILDS, id=TRIED)
        return parse_tried(found["_source"]) if found["found"] else None

    def write_tried(self, tried: Tried) -> None:
        with speaking_to_cluster("noting that a snapshot was tried"):
            self._client.index(index=BUILDS, id=TRIED, document=build_tried(tried))

    def forget(self, build: str) -> None:
        """Remove the record of a build that is no more."""
        with speaking_to_cluster("forgetting a build"):
            self._client.options(ignore_status=404).delete(index=BUILDS, id=build)


def build_record(record: Record) -> dict[str, Any]:
    """Return the document to store."""
    document = asdict(record)
    del document["build"]
    return {name: value for name, value in document.items() if value not in (None, "", ())}


def parse_record(build: str, source: Mapping[str, Any]) -> Record:
    """Return the record that `build_record` wrote."""
    stamps = {name: datetime.fromisoformat(source[name]) for name in _STAMPS if name in source}
    return Record(
        build=build,
        state=source.get("state", "published"),
        actor=source.get("actor", ""),
        failed=source.get("failed", 0),
        findings=tuple(Finding(**one) for one in source.get("findings", ())),
        accepted=tuple(
            Acceptance(**{**one, "at": datetime.fromisoformat(one["at"])})
            for one in source.get("accepted", ())
        ),
        restored=_parse_restored(source["restored"]) if "restored" in source else None,
        **stamps,
    )


def build_tried(tried: Tried) -> dict[str, Any]:
    """Return the document to store."""
    taken_at = tried.taken_at.isoformat()
    return {"restored": {"snapshot": sorted(tried.snapshots), "taken_at": taken_at}}


def parse_tried(source: Mapping[str, Any]) -> Tried | None:
    """Return what `build_tried` wrote; None of a note that does not say which snapshot it was."""
    if "restored" not in source:
        return None
    parts = source["restored"]
    return Tried(frozenset(parts["snapshot"]), datetime.fromisoformat(parts["taken_at"]))


def _parse_restored(source: Mapping[str, Any]) -> Restored:
    return Restored(**{**source, "taken_at": datetime.fromisoformat(source["taken_at"])})


_STAMPS = ("begun_at", "filled_at", "published_at", "left_at")
