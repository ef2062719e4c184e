"""The index `held-rows`: rows that may be about a shielded child, kept from every build until an
officer decides."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from indexer.children.child import Contribution
from indexer.children.links import Version, row_key
from indexer.clients import CONFLICT, found_in, settled_in, speaking_to_cluster
from indexer.shapes import reader
from mappings.names import HELD_ROWS

PAGE = 1_000
Decision = Literal["", "same-child", "another-child"]


class Suspect(msgspec.Struct, frozen=True, omit_defaults=True):
    """A shielded child whom the row may be about, or the name of a shield that awaits one; `why` is
    what speaks for it, and `decision` what an officer said, if anything."""

    child: str
    why: tuple[str, ...] = ()
    decision: Decision = ""


class HeldRow(msgspec.Struct, frozen=True):
    """One row by its newest version: what it says is in `contribution`.

    `number` is the child it belongs to as far as anybody can see: a child who can be found and has
    an older version of it, or one there never was. `is_over` if nothing is left to do: decided and
    done, withdrawn, or overtaken by a shield of the child it belongs to.
    """

    contribution: Contribution
    digest: str
    number: str
    held_at: str
    uploader: str
    suspects: tuple[Suspect, ...]
    is_over: bool = False
    version: Version | None = None

    @property
    def key(self) -> str:
        return row_key(self.contribution.source, self.contribution.source_record_id)

    @property
    def same_child(self) -> str:
        """The child whom an officer said it is about; "" for nobody."""
        same = (one.child for one in self.suspects if one.decision == "same-child")
        return next(same, "")

    @property
    def is_open(self) -> bool:
        """Does it wait for an officer?"""
        is_undecided = any(not one.decision for one in self.suspects)
        return is_undecided and not self.is_over and not self.same_child

    @property
    def is_pending(self) -> bool:
        """Has what was decided still to be done?"""
        return not self.is_over and not self.is_open

    def others(self) -> frozenset[str]:
        """Return the children of whom an officer said that it is not about them."""
        return frozenset(one.child for one in self.suspects if one.decision == "another-child")

    def suspected(self, suspects: Iterable[Suspect]) -> tuple[Suspect, ...]:
        """Return the suspects with these: what was decided of one is in question again."""
        return tuple({one.child: one for one in (*self.suspects, *suspects)}.values())

    def decided(self, decisions: Mapping[str, Decision]) -> "HeldRow":
        """Return the row after decisions about some of its suspects, to be carried out."""
        suspects = tuple(
            replace(one, decision=decisions.get(one.child, one.decision)) for one in self.suspects
        )
        return replace(self, suspects=suspects, is_over=False)

    def renamed(self, names: Iterable[str], child: str) -> "HeldRow":
        """Return the row as held for the sake of a child who was awaited under these names."""
        gone = set(names)
        suspects = (replace(s, child=child) if s.child in gone else s for s in self.suspects)
        return replace(self, suspects=tuple({one.child: one for one in suspects}.values()))

    def over(self) -> "HeldRow":
        """Return the row as one with which nothing is left to do."""
        return replace(self, is_over=True)


_read_row = reader(HeldRow)


class HeldRows:
    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def read(self, keys: Iterable[str]) -> dict[str, HeldRow]:
        """Return the held rows, also those long decided, by the keys of their links; in real
        time."""
        ids = sorted(set(keys))
        if not ids:
            return {}
        with speaking_to_cluster("reading held rows"):
            answer = self._client.mget(index=HELD_ROWS, ids=ids)
        return {one["_id"]: _parse(one) for one in found_in(answer, "reading held rows")}

    def write(self, rows: Iterable[HeldRow]) -> set[str]:
        """Write each unless somebody else did since it was read; return the keys of those."""
        lines: list[Any] = []
        for one in rows:
            lines += [_header(one), _document(one)]
        if not lines:
            return set()
        with speaking_to_cluster("writing held rows"):
            answer = self._client.bulk(index=HELD_ROWS, operations=lines)
        results = settled_in(answer, "writing held rows")
        return {result["_id"] for result in results if result["status"] == CONFLICT}

    def waiting(self, children: Iterable[str]) -> Iterator[HeldRow]:
        """Yield the open rows that may be about one of these children, the oldest first."""
        yield from self._find(_open_clause(), {"terms": {"children": sorted(children)}})

    def about(self, children: Iterable[str]) -> Iterator[HeldRow]:
        """Yield all that were ever held for the sake of these children, the oldest first."""
        yield from self._find({"terms": {"children": sorted(children)}})

    def open_since(self, moment: datetime) -> Iterator[HeldRow]:
        """Yield the rows that have been open since then or longer."""
        yield from self._find(_open_clause(), {"range": {"held_at": {"lte": moment.isoformat()}}})

    def held_since(self, moment: datetime) -> Iterator[HeldRow]:
        """Yield all that were held since then, whatever became of them."""
        yield from self._find({"range": {"held_at": {"gt": moment.isoformat()}}})

    def pending(self, source: str = "") -> Iterator[HeldRow]:
        """Yield the rows, of one source or of all, with a decision that was not carried out yet."""
        of_source = [{"term": {"source": source}}] if source else []
        yield from self._find({"term": {"is_pending": True}}, *of_source)

    def _find(self, *clauses: dict[str, Any]) -> Iterator[HeldRow]:
        with speaking_to_cluster("looking for held rows"):
            self._client.indices.refresh(index=HELD_ROWS)
        after: list[Any] | None = None
        while hits := self._page(clauses, after):
            yield from map(_parse, hits)
            after = hits[-1]["sort"]

    def _page(
        self, clauses: Iterable[dict[str, Any]], after: list[Any] | None
    ) -> list[dict[str, Any]]:
        with speaking_to_cluster("looking for held rows"):
            answer = self._client.search(
                index=HELD_ROWS,
                query={"bool": {"filter": list(clauses)}},
                size=PAGE,
                sort=["held_at", "key"],
                search_after=after,
                seq_no_primary_term=True,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits


def _open_clause() -> dict[str, Any]:
    return {"term": {"is_open": True}}


def _header(row: HeldRow) -> dict[str, Any]:
    if row.version is None:
        return {"create": {"_id": row.key}}
    seq_no, term = row.version
    return {"index": {"_id": row.key, "if_seq_no": seq_no, "if_primary_term": term}}


def _document(row: HeldRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "source": row.contribution.source,
        "uploader": row.uploader,
        "children": [one.child for one in row.suspects],
        "is_open": row.is_open,
        "is_pending": row.is_pending,
        "held_at": row.held_at,
        "row": replace(row, version=None),
    }


def _parse(found: dict[str, Any]) -> HeldRow:
    row = _read_row(found["_source"]["row"])
    return replace(row, version=(found["_seq_no"], found["_primary_term"]))
