"""Brings one batch of rows into the published build: link, combine, place, settle.

A run that dies anywhere leaves links without a digest; the same rows loaded again find those links,
and so the same children, and finish. One request a step, never a request a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from indexer.children.child import Child, Contribution, Facts
from indexer.children.combine import combine, renew
from indexer.children.link import (
    batch_keys,
    child_by_numbers,
    is_unchanged,
    linked_child,
    new_links,
    settled_link,
)
from indexer.children.links import Link, Links, number_key, row_key
from indexer.children.match import sure_matches
from indexer.children.number import draw_number
from indexer.children.place import Placement, Placer
from indexer.children.store import ChildStore, Stored
from indexer.errors import ClusterUnavailable
from indexer.feeds.rows import Row
from indexer.world import World

ATTEMPTS = 8  # of two loads at the same children, one always wins a round


@dataclass(frozen=True)
class Stores:
    """What a load reads and writes."""

    links: Links
    children: ChildStore
    placer: Placer
    builds: tuple[str, ...]
    world: World


@dataclass
class Plan:
    """What a batch will do: which rows are about which child, and the links that asks for."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    claims: dict[str, Link] = field(default_factory=dict)
    overlay: dict[str, Link] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)

    def rename(self, old: str, new: str) -> None:
        """Give the rows of a drawn number another one."""
        self.rows[new] = self.rows.pop(old)
        for key, link in self.claims.items():
            if link.child == old:
                self.claims[key] = replace(link, child=new)


def load_batch(stores: Stores, source: str, rows: Sequence[Row]) -> dict[str, int]:
    """Bring the rows in; return how many were new, changed, unchanged and withdrawn.

    Raises Unavailable; the same rows can then be loaded again.
    """
    links = stores.links.read(batch_keys(source, rows))
    outcomes = [_outcome(row, links.get(row_key(source, row.source_record_id))) for row in rows]
    left = [row for row, outcome in zip(rows, outcomes, strict=True) if outcome != "unchanged"]
    for _ in range(ATTEMPTS):
        left = _attempt(stores, source, left, links)
        if not left:
            return {outcome: outcomes.count(outcome) for outcome in set(outcomes)}
        links = stores.links.read(batch_keys(source, left))
    raise ClusterUnavailable("others keep writing the same children; run the same command again")


def _outcome(row: Row, link: Link | None) -> str:
    if row.facts is None:
        return "withdrawn" if link else "unchanged"
    if is_unchanged(row, link):
        return "unchanged"
    return "changed" if link and link.digest else "new"


def _attempt(
    stores: Stores, source: str, rows: Sequence[Row], links: Mapping[str, Link]
) -> list[Row]:
    """Place the rows; return those whose links or children somebody else wrote meanwhile."""
    if not rows:
        return []
    unlinked = [row for row in rows if not links.keys() & batch_keys(source, [row])]
    sure = sure_matches(stores.children, source, unlinked)
    stored = stores.children.read([*(link.child for link in links.values()), *sure.values()])
    plan = _plan(stores.world, source, rows, Known(links, stored, sure))
    _take_numbers(stores, plan)
    taken = stores.links.claim(plan.claims)
    ready = {
        number: mine for number, mine in plan.rows.items() if not _lost(source, mine, plan, taken)
    }
    placements = [
        _placement(number, mine, (source, stores.world), stored.get(number))
        for number, mine in ready.items()
    ]
    conflicts = stores.placer.place(placements, stores.builds)
    done = {number: mine for number, mine in ready.items() if number not in conflicts}
    _settle(stores.links, source, done)
    stores.children.refresh()
    placed = {row.number for mine in done.values() for row in mine}
    return [row for row in rows if row.number not in placed]


@dataclass(frozen=True)
class Known:
    """What is there already: links by key, children by number, sure matches by row number."""

    links: Mapping[str, Link]
    stored: Mapping[str, Stored]
    sure: Mapping[int, str]


def _take_numbers(stores: Stores, plan: Plan) -> None:
    """Take the numbers drawn for new children; draw others for those that somebody has.

    Before any other link: a link to a number that is not ours would join two children.
    """
    wanted = set(plan.drawn)
    while taken := stores.links.claim({number_key(one): Link(one) for one in wanted}):
        wanted = set()
        for link in taken.values():
            number = draw_number(stores.world)
            plan.rename(link.child, number)
            wanted.add(number)


def _plan(world: World, source: str, rows: Sequence[Row], known: Known) -> Plan:
    """Give every row its child; rows of the batch see each other through the overlay."""
    plan = Plan(overlay=dict(known.links))
    facts = {number: one.child.facts for number, one in known.stored.items()}
    for row in rows:
        number = _child_of(row, source, plan.overlay, facts) or known.sure.get(row.number)
        if row.facts is None:
            if number:
                plan.rows.setdefault(number, []).append(row)
            continue
        if number is None:
            number = draw_number(world)
            plan.drawn.add(number)
        plan.rows.setdefault(number, []).append(row)
        wanted = new_links(row, source, number)
        fresh = {key: link for key, link in wanted.items() if key not in plan.overlay}
        plan.overlay.update(fresh)
        plan.claims.update(fresh)
        facts.setdefault(number, row.facts)
    return plan


def _child_of(
    row: Row, source: str, links: Mapping[str, Link], facts: Mapping[str, Facts]
) -> str | None:
    """A settled link decides; one without a digest is a reservation, and numbers come first."""
    own = links.get(row_key(source, row.source_record_id))
    if own and (own.digest or row.facts is None):
        return own.child
    return child_by_numbers(row, links, facts) or linked_child(row, source, links)


def _lost(source: str, rows: Sequence[Row], plan: Plan, taken: Mapping[str, Link]) -> bool:
    """Has somebody else taken a link that these rows asked for, for another child?"""
    keys = [key for key in batch_keys(source, rows) if key in taken]
    return any(taken[key].child != plan.claims[key].child for key in keys if key in plan.claims)


def _placement(
    number: str, rows: Sequence[Row], by: tuple[str, World], stored: Stored | None
) -> Placement:
    source, world = by
    before = list(stored.child.contributions) if stored else []
    loaded = (source, world.now().isoformat(timespec="seconds"))
    return Placement(
        number=number,
        revision=stored.revision if stored else None,
        child=_combined(number, before, rows, loaded),
    )


def _combined(
    number: str, before: Sequence[Contribution], rows: Sequence[Row], loaded: tuple[str, str]
) -> Child | None:
    """Return the child with the rows' contributions in, or None where none is left."""
    source, loaded_at = loaded
    contributions = {(one.source, one.source_record_id): one for one in before}
    for row in rows:
        key = (source, row.source_record_id)
        if row.facts is None:
            contributions.pop(key, None)
        else:
            now = Contribution(source, row.source_record_id, loaded_at, row.facts)
            contributions[key] = renew(contributions.get(key), now)
    return combine(number, contributions.values()) if contributions else None


def _settle(links: Links, source: str, done: Mapping[str, Sequence[Row]]) -> None:
    settled: dict[str, Link] = {}
    released: list[str] = []
    for number, rows in done.items():
        for row in rows:
            if row.facts is None:
                released.append(row_key(source, row.source_record_id))
            else:
                settled.update(settled_link(row, source, number))
    links.settle(settled)
    links.release(released)
