"""The index `shielded-children`: the children who are in no build, kept up to date all the same.

The one handle to them, for loads, `place` and what officers decide.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from indexer.children.child import Child, Contribution
from indexer.children.combine import combine, renew
from indexer.children.document import build_document
from indexer.children.links import Version, number_keys
from indexer.clients import CONFLICT, found_in, settled_in, speaking_to_cluster
from indexer.shapes import reader
from mappings.names import SHIELDED_CHILDREN

PAGE = 1_000

RowKey = tuple[str, str]


class HiddenChild(msgspec.Struct, frozen=True):
    """A shielded child, by its rows.

    `evidence` is what rows said that say something else now, or nothing: a shielded child is known
    by all that was ever known. `build_revision` is the highest the child had in a build, so that a
    child who comes back follows it. `version` is None for one not stored yet.
    """

    number: str
    contributions: tuple[Contribution, ...] = ()
    evidence: tuple[Contribution, ...] = ()
    former_numbers: tuple[str, ...] = ()
    build_revision: int = 0
    version: Version | None = None

    @property
    def child(self) -> Child | None:
        """The record; None if every source withdrew its row."""
        if not self.contributions:
            return None
        return replace(combine(self.number, self.contributions), former_numbers=self.former_numbers)

    def has_ever_said(self, key: str) -> bool:
        """Is the child known by this NHS number or UPN, or was it since it was hidden?"""
        said = (*self.contributions, *self.evidence)
        return any(key in number_keys(one.facts) for one in said)


_read_hidden = reader(HiddenChild)


def told(hidden: HiddenChild, said: Mapping[RowKey, Contribution | None]) -> HiddenChild:
    """Return the child after rows said this of it; None withdraws a row."""
    rows = {_key(one): one for one in hidden.contributions}
    lost: list[Contribution] = []
    for key, now in said.items():
        before = rows.pop(key, None)
        if now is None:
            lost += [before] if before else []
            continue
        rows[key] = _renewed(before, now)
        lost += [before] if before and before != rows[key] else []
    return replace(
        hidden,
        contributions=tuple(rows[key] for key in sorted(rows)),
        evidence=_distinct([*hidden.evidence, *lost]),
    )


def _renewed(before: Contribution | None, now: Contribution) -> Contribution:
    """What says the same as before is left as it was, as in a build."""
    renewed = renew(before, now)
    is_same = before and replace(renewed, loaded_at=before.loaded_at) == before
    return before if before and is_same else renewed


def united(hidden: HiddenChild, child: Child, build_revision: int) -> HiddenChild:
    """Return the hidden child with what a document of a build says too: of two contributions of one
    row the later counts.

    A copy no newer than one that is known is evidence alone: its rows may have been withdrawn, or
    have moved to another child, since. Builds of other analysers, and snapshots, hold such copies.
    """
    if build_revision <= hidden.build_revision:
        known = {_key(one): one.facts for one in hidden.contributions}
        older = [one for one in child.contributions if known.get(_key(one)) != one.facts]
        return replace(hidden, evidence=_distinct([*hidden.evidence, *older]))
    rows = {_key(one): one for one in hidden.contributions}
    lost: list[Contribution] = []
    for one in child.contributions:
        other = rows.get(_key(one))
        if other is None or other.loaded_at <= one.loaded_at:
            rows[_key(one)] = one
        lost += [older for older in (other, one) if older and older.facts != rows[_key(one)].facts]
    former = {*hidden.former_numbers, *child.former_numbers}
    return replace(
        hidden,
        contributions=tuple(rows[key] for key in sorted(rows)),
        evidence=_distinct([*hidden.evidence, *lost]),
        former_numbers=tuple(sorted(former)),
        build_revision=max(hidden.build_revision, build_revision),
    )


def _key(contribution: Contribution) -> RowKey:
    return (contribution.source, contribution.source_record_id)


def _distinct(evidence: Iterable[Contribution]) -> tuple[Contribution, ...]:
    """Return what was said, each once, whenever it was."""
    said = {(_key(one), msgspec.json.encode(one.facts)): one for one in evidence}
    return tuple(said.values())


class HiddenChildren:
    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def read(self, numbers: Iterable[str]) -> dict[str, HiddenChild]:
        """Return the children of those `numbers` that are here; one request, in real time."""
        ids = sorted(set(numbers))
        if not ids:
            return {}
        with speaking_to_cluster("reading shielded children"):
            answer = self._client.mget(index=SHIELDED_CHILDREN, ids=ids)
        found = found_in(answer, "reading shielded children")
        return {one["_id"]: _parse(one) for one in found}

    def write(self, children: Iterable[HiddenChild]) -> set[str]:
        """Write each unless somebody else did since it was read; return the numbers of those."""
        lines: list[Any] = []
        for one in children:
            lines += [_header(one), _document(one)]
        return self._send(lines)

    def remove(self, children: Iterable[HiddenChild]) -> set[str]:
        """Delete each as it was read; return the numbers of those that were written since."""
        return self._send([{"delete": _as_read(one)} for one in children])

    def numbers(self) -> Iterator[set[str]]:
        """Yield the numbers of all, a page at a time, as of the last write."""
        for hits in self._scan(source=False):
            yield {hit["_id"] for hit in hits}

    def all(self) -> Iterator[list[HiddenChild]]:
        """Yield all by what was ever said of them, a page at a time, as of the last write."""
        for hits in self._scan(source={"includes": ["number", "contributions", "evidence"]}):
            yield [_read_hidden(hit["_source"]) for hit in hits]

    def _scan(self, source: bool | dict[str, list[str]]) -> Iterator[list[dict[str, Any]]]:
        with speaking_to_cluster("listing shielded children"):
            self._client.indices.refresh(index=SHIELDED_CHILDREN)
        after: list[Any] | None = None
        while hits := self._page(source, after):
            yield hits
            after = hits[-1]["sort"]

    def _page(
        self, source: bool | dict[str, list[str]], after: list[Any] | None
    ) -> list[dict[str, Any]]:
        with speaking_to_cluster("listing shielded children"):
            answer = self._client.search(
                index=SHIELDED_CHILDREN,
                size=PAGE,
                sort=["number"],
                search_after=after,
                source=source,
                track_total_hits=False,
                allow_partial_search_results=False,
            )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    def _send(self, lines: list[Any]) -> set[str]:
        if not lines:
            return set()
        with speaking_to_cluster("writing shielded children"):
            answer = self._client.bulk(index=SHIELDED_CHILDREN, operations=lines)
        results = settled_in(answer, "writing shielded children")
        return {result["_id"] for result in results if result["status"] == CONFLICT}


def _header(hidden: HiddenChild) -> dict[str, Any]:
    kind = "create" if hidden.version is None else "index"
    return {kind: _as_read(hidden)}


def _as_read(hidden: HiddenChild) -> dict[str, Any]:
    if hidden.version is None:
        return {"_id": hidden.number}
    seq_no, term = hidden.version
    return {"_id": hidden.number, "if_seq_no": seq_no, "if_primary_term": term}


def _document(hidden: HiddenChild) -> dict[str, Any]:
    """The document of a build, so that officers can search as everyone does; but it says that it is
    shielded, wherever it may turn up."""
    child = hidden.child
    return {
        **(build_document(child) if child else {"number": hidden.number}),
        "shielded": True,
        "former_numbers": hidden.former_numbers,
        "evidence": hidden.evidence,
        "build_revision": hidden.build_revision,
    }


def _parse(found: dict[str, Any]) -> HiddenChild:
    hidden = _read_hidden(found["_source"])
    return replace(hidden, version=(found["_seq_no"], found["_primary_term"]))
