"""Loads one feed: from its lines to a receipt that says what happened to every row."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from indexer.audit.trail import Trail
from indexer.builds.builds import open_builds
from indexer.children.batch import Stores, load_batch
from indexer.children.links import Links
from indexer.children.place import Placer
from indexer.children.store import ChildStore
from indexer.clients import make_client, speaking_to_cluster
from indexer.errors import FeedRefused, Refused
from indexer.feeds.rows import Reject, Row, RowReader
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.marks import Marks
from indexer.world import World
from mappings.names import LOADS

BATCH_ROWS = 1_000
SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEY_KINDS = ("nhs", "upn", "child")  # the other kinds of key in `links`: no source may be called so
OUTCOMES = ("new", "changed", "unchanged", "withdrawn", "rejected")


@dataclass(frozen=True)
class Receipt:
    """What happened to the rows of one feed. It counts rows, never children: a difference between
    the two would tell of the hidden."""

    load: str
    source: str
    is_new_source: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    rejected: int
    seconds: float


class Loader:
    """Loads feeds as one actor; made once a process."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._client = make_client(settings, "worker")
        self._world = world
        marks = Marks.for_credential(settings, "worker")
        children = ChildStore(self._client)
        self._trail = Trail(self._client, settings.secret("audit.key"), world)
        self._stores = Stores(
            links=Links(self._client),
            children=children,
            placer=Placer(self._client, children, marks),
            marks=marks,
            builds=open_builds(self._client),
            world=world,
        )

    def load(
        self,
        lines: Iterable[tuple[int, bytes]],
        source: str,
        actor: Actor,
        on_rejects: Callable[[list[Reject]], None],
        on_progress: Callable[[int], None] = lambda _rows: None,
    ) -> Receipt:
        """Load the rows and return the receipt; `on_progress` gets the rows read so far.

        Raises FeedRefused (the rows before the one named are in), Unavailable (the same).
        """
        check_source_name(source)
        load = f"load-{self._world.now():%Y%m%dt%H%M%S}-{self._world.below(10**6):06}"
        is_new = self._is_new_source(source)
        started = time.monotonic()
        counts: Counter[str] = Counter()
        self._write_receipt(load, source, actor, {"state": "running", "started_at": self._now()})
        try:
            for batch in _batches(RowReader(self._world.today()).read(lines)):
                rejects = [one for one in batch if isinstance(one, Reject)]
                on_rejects(rejects)
                rows = [one for one in batch if isinstance(one, Row)]
                counts.update(load_batch(self._stores, source, rows))
                counts.update({"rejected": len(rejects), "rows": len(batch)})
                on_progress(counts["rows"])
        except BaseException:  # also Ctrl-C: no receipt is left "running"
            self._end(load, source, actor, counts, "stopped")
            raise
        self._end(load, source, actor, counts, "done")
        totals = {name: counts[name] for name in ("rows", *OUTCOMES)}
        return Receipt(load, source, is_new, **totals, seconds=time.monotonic() - started)

    def _end(self, load: str, source: str, actor: Actor, counts: Counter[str], state: str) -> None:
        totals = {name: counts[name] for name in ("rows", *OUTCOMES)}
        self._write_receipt(
            load, source, actor, {**totals, "state": state, "ended_at": self._now()}
        )
        self._trail.write("load", actor, subject=source, said=f"{load} {state}")

    def _write_receipt(self, load: str, source: str, actor: Actor, values: dict[str, Any]) -> None:
        document = {"source": source, "actor": actor.name, **values}
        with speaking_to_cluster("writing the receipt"):
            self._client.index(index=LOADS, id=load, document=document)

    def _is_new_source(self, source: str) -> bool:
        with speaking_to_cluster("reading earlier loads"):
            self._client.indices.refresh(index=LOADS)
            answer = self._client.search(index=LOADS, query={"term": {"source": source}}, size=1)
        return not answer["hits"]["hits"]

    def _now(self) -> str:
        return self._world.now().isoformat(timespec="seconds")


def check_source_name(source: str) -> None:
    """Raise Refused unless `source` can be the name of a source for ever."""
    if not SOURCE_NAME.fullmatch(source) or source in KEY_KINDS:
        raise Refused(
            "--source: use 1 to 40 small letters, digits and hyphens, as in 'school-census' "
            "('nhs', 'upn' and 'child' are taken)"
        )


def _batches(rows: Iterator[Row | Reject]) -> Iterator[list[Row | Reject]]:
    """Yield the rows in batches; what was read before a file breaks off is still a batch."""
    batch: list[Row | Reject] = []
    broken: FeedRefused | None = None
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH_ROWS:
                yield batch
                batch = []
    except FeedRefused as error:
        broken = error
    if batch:
        yield batch
    if broken:
        raise broken
