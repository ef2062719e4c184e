"""The index `links`: which child a row, an NHS number, a UPN or a child's number belongs to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import Struct

from indexer.children.child import Facts
from indexer.children.writing import Operation, Writer
from indexer.clients import FIRST_FAILURE, found_in, speaking_to_cluster
from indexer.feeds.rows import Row
from mappings.names import LINKS

SCAN_PAGE = 5_000  # links in one page of a scan

Version = tuple[int, int]
"""Sequence number and primary term: the state in which a link was read or written."""


class Link(Struct, frozen=True):
    """What one key leads to.

    A row's link leads to its child, and says which load wrote it and the digest of the row; that
    the child was written too is certain only once that load is done. A number's link leads to every
    child who has the number: mostly one. The link of a ContactPoint number that is no more leads to
    the child who took its place, or to none. `held` is True of a row whose newest version awaits an
    officer (docs/decisions/0012-held-rows.md): the child it leads to has not got it. `lost` is True
    of a number that a load was about to take from a child: it may have died in between. `version`
    is None for a link that is not there yet.
    """

    children: tuple[str, ...]
    source: str | None = None
    digest: str | None = None
    load: str | None = None
    held: bool = False
    lost: bool = False
    version: Version | None = None

    @property
    def child(self) -> str:
        """The child of a row's link; "" if that child left the index."""
        return self.children[0] if self.children else ""

    def body(self) -> dict[str, Any]:
        child = self.children[0] if len(self.children) == 1 else self.children
        fields: dict[str, Any] = {"source": self.source, "digest": self.digest, "load": self.load}
        fields |= {"held": self.held, "lost": self.lost}
        return {"child": child, **{name: value for name, value in fields.items() if value}}


class RowLink(Struct, frozen=True):
    """Which child a row is part of; "" if that child left the index. `is_in` is False for a row
    that was withdrawn though its link stays; `load` is the one that wrote the link. Of a row that
    `is_held` the child has not got the newest version."""

    source: str
    source_record_id: str
    child: str
    is_in: bool
    load: str = ""
    is_held: bool = False


def parse_link(document: dict[str, Any]) -> Link:
    """Return the link that `body` wrote, from an answer of `mget`."""
    source = document["_source"]
    child = source.pop("child")
    children = (child,) if isinstance(child, str) else tuple(child)
    return Link(children, **source, version=(document["_seq_no"], document["_primary_term"]))


def row_key(source: str, source_record_id: str) -> str:
    return f"{source}:{source_record_id}"


def nhs_key(number: str) -> str:
    return f"nhs:{number}"


def upn_key(number: str) -> str:
    return f"upn:{number}"


def number_key(number: str) -> str:
    """Return the key of a ContactPoint number that is no more, and is never drawn again."""
    return f"child:{number}"


def number_keys(facts: Facts | None) -> list[str]:
    """Return the keys of the NHS number and the UPN that a row gives, in the order of trust."""
    if facts is None:
        return []
    keys = [nhs_key(facts.nhs_number)] if facts.nhs_number else []
    return [*keys, upn_key(facts.upn)] if facts.upn else keys


def batch_keys(source: str, rows: Iterable[Row]) -> list[str]:
    """Return every key that the rows of a batch could be linked by."""
    keys: list[str] = []
    for row in rows:
        keys.append(row_key(source, row.source_record_id))
        keys += number_keys(row.facts)
    return keys


class Links:
    """Keys are document ids: reads are in real time, and no two loads can own one key."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client
        self._writer = Writer(
            client, "writing links", lambda texts: client.bulk(index=LINKS, operations=texts)
        )

    def read(self, keys: Iterable[str]) -> dict[str, Link]:
        """Return the links of those `keys` that have one; one request."""
        ids = sorted(set(keys))
        if not ids:
            return {}
        with speaking_to_cluster("reading links"):
            answer = self._client.mget(index=LINKS, ids=ids)
        return {one["_id"]: parse_link(one) for one in found_in(answer, "reading links")}

    def write(self, links: Mapping[str, Link]) -> set[str]:
        """Write each link unless somebody wrote it since it was read; return the keys written.

        A link without a version is created; one with a version replaces that very version.
        """
        return self._send(
            [
                (_header("index" if link.version else "create", key, link), link.body())
                for key, link in links.items()
            ]
        )

    def release(self, links: Mapping[str, Link]) -> None:
        """Remove links that are no more, but none that somebody wrote meanwhile."""
        self._send([(_header("delete", key, link),) for key, link in links.items()])

    def is_empty(self) -> bool:
        """Was nothing ever loaded here?"""
        with speaking_to_cluster("asking for links"):
            self._client.indices.refresh(index=LINKS)
            return not self._client.search(index=LINKS, size=1, source=False)["hits"]["hits"]

    def scan(self, source: str | None = None) -> Iterator[RowLink]:
        """Yield where every row leads, or every row of one source, in no order."""
        clause = {"term": {"source": source}} if source else {"exists": {"field": "source"}}
        with speaking_to_cluster("scanning links"):
            self._client.indices.refresh(index=LINKS)
            scan = self._client.open_point_in_time(index=LINKS, keep_alive="5m")["id"]
        after: list[Any] | None = None
        try:
            while hits := self._page(scan, clause, after):
                yield from map(_row_link, hits)
                after = hits[-1]["sort"]
        finally:
            with speaking_to_cluster("ending the scan of links"):
                self._client.close_point_in_time(id=scan)

    def _page(
        self, scan: str, clause: dict[str, Any], after: list[Any] | None
    ) -> list[dict[str, Any]]:
        with speaking_to_cluster("scanning links"):
            answer = self._client.search(
                pit={"id": scan, "keep_alive": "5m"},
                query={"bool": {"filter": [clause]}},
                sort=["_shard_doc"],
                size=SCAN_PAGE,
                search_after=after,
                track_total_hits=False,
            )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    def _send(self, operations: Sequence[Operation]) -> set[str]:
        results = self._writer.write(operations)
        return {result["_id"] for result in results if result["status"] < FIRST_FAILURE}


def _row_link(hit: dict[str, Any]) -> RowLink:
    source, _, record_id = hit["_id"].partition(":")
    document = hit["_source"]
    child, load = document["child"] or "", document.get("load", "")
    is_held = document.get("held", False)
    return RowLink(source, record_id, child, "digest" in document, load, is_held)


def _header(kind: str, key: str, link: Link) -> dict[str, Any]:
    if not link.version:
        return {kind: {"_id": key}}
    seq_no, term = link.version
    return {kind: {"_id": key, "if_seq_no": seq_no, "if_primary_term": term}}
