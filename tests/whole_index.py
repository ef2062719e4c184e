"""All that a load leaves behind, in a form in which two loads of the same rows are equal.

ContactPoint numbers, load ids and times are left out: they differ between any two loads. What a
child's document says, which rows it holds and where every key leads must not.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from indexer.builds.builds import open_builds
from indexer.children.links import Link, parse_link
from indexer.clients import make_client
from indexer.settings import Settings
from mappings.names import CHILDREN, HELD_ROWS, LINKS, LOADS, SHIELDED_CHILDREN

PAGE = 5_000
LEFT_OUT = {"number", "former_numbers", "loaded_at"}

Document = dict[str, Any]
RowKeys = frozenset[str]
"""`source:source_record_id` of every row of one child, or of several."""


@dataclass(frozen=True)
class WholeIndex:
    """Children as documents, and where each link leads; equal if no reader could tell them apart.

    `children` counts equal documents; `links` is key → digest and the rows of the children that
    the key leads to. `faults` are sentences about what no index may hold, whatever was loaded.
    """

    children: Counter[str] = field(repr=False)
    links: dict[str, tuple[str, RowKeys]] = field(repr=False)
    faults: list[str]

    @property
    def groups(self) -> set[RowKeys]:
        """The rows of each child."""
        return {rows_of(orjson.loads(one)) for one in self.children}


def read_whole_index(settings: Settings) -> WholeIndex:
    """Read every document of the published build and of `links`, as the worker."""
    children = {hit["_id"]: hit["_source"] for hit in _all(settings, CHILDREN)}
    links = {hit["_id"]: parse_link(hit) for hit in _all(settings, LINKS)}
    rows = {number: rows_of(one) for number, one in children.items()}
    return WholeIndex(
        Counter(_canonical(one) for one in children.values()),
        {
            key: (link.digest or "", frozenset().union(*(rows.get(n, ()) for n in link.children)))
            for key, link in links.items()
            if not key.startswith("child:")
        },
        sorted(_faults(children, links)),
    )


def difference(one: WholeIndex, other: WholeIndex) -> str:
    """Return what differs, short enough to read; empty if the two are equal and without fault."""
    said = [
        *(f"first: {fault}" for fault in one.faults),
        *(f"second: {fault}" for fault in other.faults),
        *(f"only in the first: {sorted(rows)}" for rows in _sorted(one.groups - other.groups)),
        *(f"only in the second: {sorted(rows)}" for rows in _sorted(other.groups - one.groups)),
        *(
            f"link {key}: {_link(one, key)} / {_link(other, key)}"
            for key in sorted(one.links.keys() | other.links.keys())
            if one.links.get(key) != other.links.get(key)
        ),
    ]
    if not said and one.children != other.children:
        said += [f"first says: {text}" for text in one.children - other.children]
        said += [f"second says: {text}" for text in other.children - one.children]
    more = [f"… and {len(said) - 20} more"] if len(said) > 20 else []
    return "\n".join([*said[:20], *more])


def rows_of(document: Document) -> RowKeys:
    return frozenset(map(_row, document["contributions"]))


def empty_index(settings: Settings) -> None:
    """Leave nothing of any load: no children, also none hidden, no links, no receipts. What `init`
    made stays."""
    builds = open_builds(make_client(settings, "worker"))
    empty(settings, LINKS, LOADS, SHIELDED_CHILDREN, HELD_ROWS, *builds)


def empty(settings: Settings, *indices: str) -> None:
    client = make_client(settings, "worker").options(request_timeout=120)
    for index in indices:
        hits = list(_all(settings, index, has_source=False))
        for some in (hits[start : start + PAGE] for start in range(0, len(hits), PAGE)):
            client.bulk(index=index, operations=[{"delete": {"_id": hit["_id"]}} for hit in some])
        client.indices.refresh(index=index)


def _all(settings: Settings, index: str, *, has_source: bool = True) -> Iterator[Document]:
    client = make_client(settings, "worker").options(request_timeout=120)
    client.indices.refresh(index=index)
    scan = client.open_point_in_time(index=index, keep_alive="5m")["id"]
    after = None
    try:
        while hits := _page(client, scan, after, has_source):
            yield from hits
            after = hits[-1]["sort"]
    finally:
        client.close_point_in_time(id=scan)


def _page(client, scan, after, has_source) -> list[Document]:
    answer = client.search(
        pit={"id": scan, "keep_alive": "5m"},
        sort=["_shard_doc"],
        size=PAGE,
        search_after=after,
        source=has_source,
        seq_no_primary_term=True,
        track_total_hits=False,
        allow_partial_search_results=False,
    )
    return answer["hits"]["hits"]


def _canonical(document: Document) -> str:
    return orjson.dumps(_without_chance(document), option=orjson.OPT_SORT_KEYS).decode()


def _without_chance(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_chance(one) for k, one in value.items() if k not in LEFT_OUT}
    return [_without_chance(one) for one in value] if isinstance(value, list) else value


def _faults(children: dict[str, Document], links: dict[str, Link]) -> Iterator[str]:
    rows = {number: rows_of(one) for number, one in children.items()}
    for row, times in Counter(row for some in rows.values() for row in some).items():
        if times > 1:
            yield f"{row} is in {times} children"
    for number, document in children.items():
        yield from _faults_of(number, document, links, rows)
    for key, link in links.items():
        if link.source and key not in rows.get(link.child, ()):
            yield f"{key} leads to a child without this row"


def _faults_of(
    number: str, document: Document, links: dict[str, Link], rows: dict[str, RowKeys]
) -> Iterator[str]:
    own = sorted(rows[number])
    for key in _keys_of(document):
        if key not in links or number not in links[key].children:
            yield f"{key} does not lead to the child of {own}"
    for former in document.get("former_numbers", ()):
        if former in rows:
            yield f"{own} bear the number of {sorted(rows[former])} as former"


def _keys_of(document: Document) -> set[str]:
    said = [one["facts"] for one in document["contributions"]]
    nhs = {f"nhs:{one['nhs_number']}" for one in said if one.get("nhs_number")}
    upn = {f"upn:{one['upn']}" for one in said if one.get("upn")}
    return rows_of(document) | nhs | upn


def _row(contribution: Document) -> str:
    return f"{contribution['source']}:{contribution['source_record_id']}"


def _link(index: WholeIndex, key: str) -> str:
    digest, rows = index.links.get(key, ("none", frozenset()))
    return f"{digest[:6]} {sorted(rows)}"


def _sorted(groups: set[RowKeys]) -> list[RowKeys]:
    return sorted(groups, key=sorted)
