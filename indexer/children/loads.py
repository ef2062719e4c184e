"""The index `loads`: a receipt for each load, and which load of a source is under way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.errors import Refused
from indexer.holder import BEAT_EVERY, is_alive, this_machine, this_process
from indexer.people.actor import Actor
from indexer.world import World
from mappings.names import LOADS

CONFLICT, NOT_FOUND = 409, 404
CLOCKS_DIFFER = timedelta(seconds=5)  # between machines, and by rounding to seconds
MOST_SOURCES = 10_000
PAGE = 5_000  # receipts
LONGEST_LOAD = timedelta(days=1)  # one that died earlier without a word is not looked for
DOUBTED = "doubted"  # it was done, but what it wrote was lost
REPEATED = "repeated"  # it was doubted, and all its rows came again


@dataclass
class Loading:
    """A load under way; `version` is that of its source's entry, to see if another took over."""

    load: str
    source: str
    actor: str
    is_new_source: bool
    started_at: str
    version: tuple[int, int]
    beaten_at: datetime


@dataclass(frozen=True)
class Receipt:
    """One load of the past, as it is kept."""

    load: str
    source: str
    state: str
    actor: str
    started_at: str
    rows: int = 0

    def in_words(self) -> str:
        """Return what loads it again; the file is known to who loaded it."""
        return (
            f"'contactpoint load FEED --source {self.source}', FEED being the file of "
            f"{self.started_at[:16].replace('T', ' ')} UTC ({self.rows:,} rows, by {self.actor})"
        )


@dataclass
class Loads:
    """One entry a source says which load of it is under way; one a load what became of it."""

    client: Elasticsearch
    world: World
    process: str = field(default_factory=this_process)
    _under_way: ClassVar[set[str]] = set()
    _states: dict[str, bool] = field(default_factory=dict)
    _not_alone: set[str] = field(default_factory=set)

    def begin(self, source: str, actor: Actor) -> Loading:
        """Take the source for a new load; raises Refused while another load of it is under way."""
        loading = self.take(source, actor)
        self.write_receipt(loading, {"state": "running"})
        return loading

    def take(self, source: str, actor: Actor) -> Loading:
        """Do so without a receipt: what officers decide about held rows is no load of anybody's."""
        entry = self._entry(source)
        if entry and entry["_source"].get("load") and self._is_alive(entry["_source"]):
            raise Refused(
                f"--source: another load of '{source}' is under way "
                f"({entry['_source']['load']}); wait until it ends, then run the command again"
            )
        self._states.clear()
        now = self.world.now()
        load = f"load-{now:%Y%m%dt%H%M%S}-{self.world.below(10**6):06}"
        version = (entry["_seq_no"], entry["_primary_term"]) if entry else None
        loading = Loading(load, source, actor.name, entry is None, _stamp(now), (0, 0), now)
        loading.version = self._write_entry(loading, version)
        self._under_way.add(load)
        return loading

    def is_known(self, source: str) -> bool:
        """Was anything of the source ever loaded?"""
        return self._entry(source) is not None

    def beat(self, loading: Loading) -> None:
        """Give a sign of life now and then; raises Refused if another load took over."""
        if self.world.now() - loading.beaten_at > BEAT_EVERY:
            loading.version = self._write_entry(loading, loading.version)
            loading.beaten_at = self.world.now()

    def end(self, loading: Loading, state: str, counts: Mapping[str, int]) -> None:
        """Write what became of the load, and free the source."""
        self._under_way.discard(loading.load)
        ended = {"state": state, "ended_at": _stamp(self.world.now()), **counts}
        self.write_receipt(loading, ended)
        self.free(loading)

    def free(self, loading: Loading) -> None:
        """Let others load the source again."""
        self._under_way.discard(loading.load)
        self._write_entry(loading, loading.version, is_over=True)

    def write_receipt(self, loading: Loading, values: Mapping[str, Any]) -> None:
        about = {"source": loading.source, "actor": loading.actor, "started_at": loading.started_at}
        with speaking_to_cluster("writing the receipt"):
            self.client.index(index=LOADS, id=loading.load, document={**about, **values})

    def is_done(self, load: str | None) -> bool:
        """Did that load come to its end? Asked once: a load that died stays dead."""
        if load is not None and load not in self._states:
            with speaking_to_cluster("reading an earlier load"):
                answer = self.client.options(ignore_status=NOT_FOUND).get(index=LOADS, id=load)
            found = answer["found"] and answer["_source"]["state"] == "done"
            self._states[load] = bool(found)
        return load is not None and self._states[load]

    def others_ran(self, source: str, since: datetime) -> bool:
        """Was a load of another source under way at any time since then?"""
        return any(self._ran(entry, since) for entry in self._others(source, MOST_SOURCES))

    def knows_others(self, source: str) -> bool:
        """Was anything of another source ever loaded, or is it being loaded? Once it was, it is
        not asked again."""
        if source not in self._not_alone and self._others(source, 1):
            self._not_alone.add(source)
        return source in self._not_alone

    def under_way(self) -> list[str]:
        """Return the sources that are being loaded."""
        entries = [one for one in self._others("", MOST_SOURCES) if "load" in one]
        return sorted(one["source"] for one in entries if self._is_alive(one))

    def since(self, moment: datetime) -> list[Receipt]:
        """Return every load that wrote anything then or later, the oldest first."""
        moment -= CLOCKS_DIFFER
        ended = {"range": {"ended_at": {"gte": _stamp(moment)}}}
        begun = {"range": {"started_at": {"gte": _stamp(moment - LONGEST_LOAD)}}}
        never_ended = {"bool": {"filter": [begun], "must_not": [{"exists": {"field": "ended_at"}}]}}
        return list(self._receipts({"bool": {"should": [ended, never_ended]}}))

    def is_known_before(self, moment: datetime) -> bool:
        """Is there a receipt of any load that began before?"""
        known = self._receipts({"range": {"started_at": {"lte": _stamp(moment)}}})
        return next(known, None) is not None

    def doubt(self, receipt: Receipt) -> None:
        """Let the rows of a load not be believed to be in: the same file brings them in again."""
        with speaking_to_cluster("changing a receipt"):
            answer = self.client.get(index=LOADS, id=receipt.load)
            now = _stamp(self.world.now())
            document = {**answer["_source"], "state": DOUBTED, "doubted_at": now}
            self.client.index(index=LOADS, id=receipt.load, document=document)

    def settle(self, loads: Iterable[str]) -> None:
        """Let loads be doubted no more: no row leads anywhere by their word."""
        with speaking_to_cluster("changing a receipt"):
            for load in loads:
                answer = self.client.get(index=LOADS, id=load)
                document = {**answer["_source"], "state": REPEATED}
                self.client.index(index=LOADS, id=load, document=document)
            self.client.indices.refresh(index=LOADS)

    def _receipts(self, clause: Mapping[str, Any]) -> Iterator[Receipt]:
        """Yield them all, the oldest first: what practitioners say is thousands of loads a day."""
        with speaking_to_cluster("reading receipts"):
            self.client.indices.refresh(index=LOADS)
            scan = self.client.open_point_in_time(index=LOADS, keep_alive="1m")["id"]
        after: list[Any] | None = None
        try:
            while hits := self._page(scan, clause, after):
                yield from map(_receipt, hits)
                after = hits[-1]["sort"]
        finally:
            with speaking_to_cluster("ending the reading of receipts"):
                self.client.close_point_in_time(id=scan)

    def _page(
        self, scan: str, clause: Mapping[str, Any], after: list[Any] | None
    ) -> list[dict[str, Any]]:
        with speaking_to_cluster("reading receipts"):
            answer = self.client.search(
                pit={"id": scan, "keep_alive": "1m"},
                query={"bool": {"filter": [clause, {"exists": {"field": "state"}}]}},
                size=PAGE,
                sort=["started_at", "_shard_doc"],
                search_after=after,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    def _others(self, source: str, most: int) -> list[dict[str, Any]]:
        """Return the entries of other sources."""
        with speaking_to_cluster("asking for other loads"):
            answer = self.client.search(
                index=LOADS,
                query={
                    "bool": {
                        "filter": [{"exists": {"field": "seen_at"}}],
                        "must_not": [{"term": {"source": source}}],
                    }
                },
                size=most,
                sort=["_doc"],
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    def _ran(self, entry: Mapping[str, Any], since: datetime) -> bool:
        seen_at = datetime.fromisoformat(entry["seen_at"])
        return seen_at > since - CLOCKS_DIFFER or ("load" in entry and self._is_alive(entry))

    def _entry(self, source: str) -> dict[str, Any] | None:
        with speaking_to_cluster("asking for other loads"):
            answer = self.client.options(ignore_status=NOT_FOUND).get(
                index=LOADS, id=f"source:{source}"
            )
        return answer.body if answer["found"] else None

    def _write_entry(
        self, loading: Loading, version: tuple[int, int] | None, *, is_over: bool = False
    ) -> tuple[int, int]:
        holder = {"load": loading.load, "machine": this_machine(), "process": self.process}
        document = {"source": loading.source, "seen_at": _stamp(self.world.now())}
        named: dict[str, Any] = {"op_type": "create"}
        if version:
            named = {"if_seq_no": version[0], "if_primary_term": version[1]}
        with speaking_to_cluster("taking the source"):
            answer = self.client.options(ignore_status=CONFLICT).index(
                index=LOADS,
                id=f"source:{loading.source}",
                document=document if is_over else {**document, **holder},
                # Others must see it before this load looks for children: see batch.py.
                refresh=True,
                **named,
            )
        if "error" in answer:
            raise Refused(
                f"--source: another load of '{loading.source}' has begun; "
                "wait until it ends, then run the command again"
            )
        return (answer["_seq_no"], answer["_primary_term"])

    def _is_alive(self, entry: Mapping[str, Any]) -> bool:
        if (entry["machine"], entry["process"]) == (this_machine(), self.process):
            return entry["load"] in self._under_way  # one of ours may not have said that it ended
        return is_alive(entry, self.world.now())


def _receipt(hit: Mapping[str, Any]) -> Receipt:
    fields = {name: hit["_source"][name] for name in ("source", "state", "actor", "started_at")}
    return Receipt(hit["_id"], **fields, rows=hit["_source"].get("rows", 0))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
