"""What is known already of the children whom a batch's rows could be about, and what the rows say
from now on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from indexer.children.child import Contribution
from indexer.children.combine import renew
from indexer.children.likeness import Member, RowKey
from indexer.children.links import Link, row_key
from indexer.children.store import Stored
from indexer.feeds.rows import Row
from indexer.shields.held import HeldRow
from indexer.shields.near_index import Near


@dataclass(frozen=True)
class Run:
    """One load of one source under way, since `began_at` (ISO form, to the second), by `actor`."""

    load: str
    source: str
    began_at: str
    actor: str = ""


@dataclass(frozen=True)
class Known:
    """What is there already: links by key, children by number, and the numbers among those of the
    links that are hidden, whose documents are elsewhere. `load` is this load, `began_at` when it
    began and `loaded_at` the time now, in ISO form; `retired` are numbers that are no more;
    `arrived` are rows of children who were awaited by a shield, with the number each is hidden
    under, and `come` the numbers of all who came, of earlier attempts and hidden before too;
    `awaited` is how new what is known of such shields is. `near` are the shielded children
    whom rows may be about, by row number, and `shielded` how new what is known of these is; `held`
    are rows that are held, or were. `actor` is who loads."""

    source: str
    load: str
    began_at: str
    loaded_at: str
    links: Mapping[str, Link]
    stored: Mapping[str, Stored]
    hidden: frozenset[str]
    retired: frozenset[str] = frozenset()
    arrived: Mapping[RowKey, str] = field(default_factory=dict)
    come: frozenset[str] = frozenset()
    awaited: int = 0
    near: Mapping[int, Sequence[Near]] = field(default_factory=dict)
    shielded: int = -1
    held: Mapping[str, HeldRow] = field(default_factory=dict)
    actor: str = ""

    def own_link(self, row: Row) -> Link | None:
        return self.links.get(row_key(self.source, row.source_record_id))


def known_members(known: Known, rows: Iterable[Row]) -> dict[int, Member]:
    """Return row number → what the source says of the child from now on, for all but withdrawn
    rows; former names and addresses come from what it said before."""
    return {row.number: member_now(known, row, _before(known, row)) for row in rows if row.facts}


def _before(known: Known, row: Row) -> Contribution | None:
    own = known.own_link(row)
    stored = known.stored.get(own.child) if own else None
    key = (known.source, row.source_record_id)
    said = stored.child.contributions if stored else ()
    return next((one for one in said if (one.source, one.source_record_id) == key), None)


def member_now(known: Known, row: Row, before: Contribution | None) -> Member:
    assert row.facts is not None  # noqa: S101 - withdrawn rows say nothing
    now = Contribution(known.source, row.source_record_id, known.loaded_at, row.facts)
    return Member(_renewed(before, now))


def _renewed(before: Contribution | None, now: Contribution) -> Contribution:
    """What says the same as before is left as it was, with the time when it was first said."""
    renewed = renew(before, now)
    if before and structs.replace(renewed, loaded_at=before.loaded_at) == before:
        return before
    return renewed
