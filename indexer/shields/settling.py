"""Carries out what officers decided about held rows; each step can be the last, and is done again.

What is decided stands in `held-rows` first, and is over there when it is done. A row without a link
was withdrawn meanwhile, and is not brought back.
"""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import structs

from indexer.children.batch import Left, load_alone
from indexer.children.hidden import HiddenChild, told
from indexer.children.known import Run
from indexer.children.links import Link, number_keys
from indexer.children.loads import Loading
from indexer.children.stores import Stores
from indexer.errors import ClusterUnavailable, Refused
from indexer.feeds.rows import Row
from indexer.people.actor import Actor
from indexer.shields.held import HeldRow

ATTEMPTS = 20


def carry_out(stores: Stores, rows: Iterable[HeldRow], officer: Actor) -> set[str]:
    """Carry out what was decided about these rows; return the sources that are being loaded, whose
    rows are settled when that load ends. Raises Unavailable; the same call then finishes it."""
    by_source = defaultdict(list)
    for row in rows:
        by_source[row.contribution.source].append(row)
    busy = set()
    for source, some in by_source.items():
        try:
            loading = stores.loads.take(source, officer)
        except Refused:
            busy.add(source)
            continue
        try:
            settle(stores, loading, some)
        finally:
            stores.loads.free(loading)
    return busy


def settle(stores: Stores, loading: Loading, rows: Iterable[HeldRow]) -> None:
    """Carry out the decisions about these rows of one source, which `loading` has taken.

    Raises Unavailable; the same call then finishes it.
    """
    for row in rows:
        link = stores.links.read([row.key]).get(row.key)
        if row.same_child:
            is_done = link and not link.held and link.children == (row.same_child,)
            if not is_done:
                _give(stores, loading, row, link)
        elif link and link.digest:
            _load(stores, loading, row)
        _end(stores, row.key)


def _load(stores: Stores, loading: Loading, row: HeldRow) -> None:
    """Load the row as it would have been. If it is near somebody shielded since, it is held."""
    run = Run(loading.load, loading.source, loading.started_at, row.uploader)
    left = [Left(_row(row), is_late=False, is_counted=False)]
    while left:
        left = load_alone(stores, run, left, is_last=True)[1]
    stores.children.refresh()


def _row(held: HeldRow) -> Row:
    said = held.contribution
    return Row(1, said.source_record_id, held.digest, said.facts)


def _give(stores: Stores, loading: Loading, row: HeldRow, link: Link | None) -> None:
    """Let the shielded child have the row: told first, so that it is never nowhere."""
    child = row.same_child
    _tell(stores, child, row)
    if link and link.held and row.number in stores.children.read([row.number]):
        # What it said before stands in a child who can be found, and must not stay there.
        run = Run(loading.load, loading.source, loading.started_at, row.uploader)
        gone = structs.replace(_row(row), facts=None)
        load_alone(stores, run, [Left(gone, is_late=False, is_counted=False)], is_last=True)
        stores.children.refresh()
    _lead(stores, loading, row, child)


def _tell(stores: Stores, child: str, row: HeldRow) -> None:
    said = row.contribution
    for _ in range(ATTEMPTS):
        there = stores.hidden.read([child]).get(child) or HiddenChild(child)
        after = told(there, {(said.source, said.source_record_id): said})
        if after == there or not stores.hidden.write([after]):
            return
    raise ClusterUnavailable("others keep writing the same child; run the same command again")


def _lead(stores: Stores, loading: Loading, row: HeldRow, child: str) -> None:
    """Let the row's link lead to the child, and numbers that nobody has."""
    for _ in range(ATTEMPTS):
        keys = number_keys(row.contribution.facts)
        there = stores.links.read([row.key, *keys])
        own = there.get(row.key)
        if own and own.children == (child,) and not own.held:
            return
        version = own.version if own else None
        source = row.contribution.source
        wanted = {row.key: Link((child,), source, row.digest, loading.load, version=version)}
        wanted |= {key: Link((child,), load=loading.load) for key in keys if key not in there}
        if row.key in stores.links.write(wanted):
            return
    raise ClusterUnavailable("others keep writing the same links; run the same command again")


def _end(stores: Stores, key: str) -> None:
    """Say that it is done, unless the row is held anew."""
    for _ in range(ATTEMPTS):
        row = stores.held.read([key]).get(key)
        if row is None or not row.is_pending:
            return
        if not stores.held.write([row.over()]):
            return
    raise ClusterUnavailable("somebody keeps deciding about the same row; run it again")
