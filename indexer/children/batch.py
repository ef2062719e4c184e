"""Brings one batch of rows into the published build: link, combine, place, settle.

Every step may be the last. A link is without its digest from before its child is written until
after; so what a dead run left half done is found and finished when the same rows are loaded again.
One request a step, never a request a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.children.child import Child, Contribution
from indexer.children.combine import combine, renew
from indexer.children.links import Link, Links, Version, batch_keys, number_key, row_key
from indexer.children.match import sure_matches
from indexer.children.number import draw_number
from indexer.children.place import Placement, Placer
from indexer.children.plan import Known, Plan, build_plan, own_child
from indexer.children.store import ChildStore
from indexer.errors import ClusterUnavailable
from indexer.feeds.rows import Row
from indexer.shields.marks import Marks
from indexer.world import World

ATTEMPTS = 8  # of two loads at the same children, one always wins a round


@dataclass(frozen=True)
class Stores:
    """What a load reads and writes."""

    links: Links
    children: ChildStore
    placer: Placer
    marks: Marks
    builds: tuple[str, ...]
    world: World


def load_batch(stores: Stores, source: str, rows: Sequence[Row]) -> dict[str, int]:
    """Bring the rows in; return how many were new, changed, unchanged and withdrawn.

    Raises Unavailable; the same rows can then be loaded again.
    """
    links = stores.links.read(batch_keys(source, rows))
    outcomes = [_outcome(row, links.get(row_key(source, row.source_record_id))) for row in rows]
    left = [row for row, outcome in zip(rows, outcomes, strict=True) if outcome != "unchanged"]
    for _ in range(ATTEMPTS):
        if not left:
            return {outcome: outcomes.count(outcome) for outcome in set(outcomes)}
        keys = batch_keys(source, left)
        mine = {key: links[key] for key in keys if key in links}
        left = _attempt(stores, _known(stores, source, mine), left)
        links = stores.links.read(keys) if left else {}
    raise ClusterUnavailable("others keep writing the same children; run the same command again")


def _outcome(row: Row, link: Link | None) -> str:
    if row.facts is None:
        return "withdrawn" if link else "unchanged"
    if link and link.digest == row.digest:
        return "unchanged"
    return "changed" if link and link.digest else "new"


def _known(stores: Stores, source: str, links: Mapping[str, Link]) -> Known:
    numbers = {link.child for link in links.values()}
    stored = stores.children.read(numbers)
    absent = numbers - stored.keys()
    hidden = stores.marks.marked(absent) if absent else frozenset()
    return Known(source, links, stored, hidden)


def _attempt(stores: Stores, known: Known, rows: Sequence[Row]) -> list[Row]:
    """Place the rows; return those whose links or children somebody else wrote meanwhile."""
    unlinked = [row for row in rows if own_child(known, row) is None]
    sure = sure_matches(stores.children, known.source, unlinked)
    known = replace(known, stored={**stores.children.read(sure.values()), **known.stored})
    plan = build_plan(stores.world, rows, known, sure)
    _take_numbers(stores, plan)
    written = stores.links.write(plan.writes)
    ready = {n: mine for n, mine in plan.rows.items() if _has_links(known, mine, plan, written)}
    placements = [_placement(number, mine, known, stores.world) for number, mine in ready.items()]
    conflicts = stores.placer.place(placements, stores.builds)
    done = {number: mine for number, mine in ready.items() if number not in conflicts}
    _settle(stores.links, known, done, written)
    stores.children.refresh()
    placed = {row.number for mine in done.values() for row in mine}
    return [row for row in rows if row.number not in placed]


def _take_numbers(stores: Stores, plan: Plan) -> None:
    """Take the numbers drawn for new children; draw others for those that somebody has.

    Before any other link: a link to a number that is not ours would join two children.
    """
    wanted = set(plan.drawn)
    while wanted:
        taken = stores.links.write({number_key(number): Link(number) for number in wanted})
        again = {number for number in wanted if number_key(number) not in taken}
        wanted = set()
        for number in again:
            other = draw_number(stores.world)
            plan.rename(number, other)
            wanted.add(other)


def _has_links(
    known: Known, rows: Sequence[Row], plan: Plan, written: Mapping[str, Version]
) -> bool:
    """Were all links written that these rows asked for?"""
    asked = [key for key in batch_keys(known.source, rows) if key in plan.writes]
    return all(key in written for key in asked)


def _placement(number: str, rows: Sequence[Row], known: Known, world: World) -> Placement:
    stored = known.stored.get(number)
    loaded_at = world.now().isoformat(timespec="seconds")
    return Placement(
        number=number,
        revision=stored.revision if stored else None,
        child=_combined(number, rows, known, loaded_at),
    )


def _combined(number: str, rows: Sequence[Row], known: Known, loaded_at: str) -> Child | None:
    """Return the child with the rows' contributions in, or None where none is left."""
    source, stored = known.source, known.stored.get(number)
    before = stored.child.contributions if stored else ()
    contributions = {(one.source, one.source_record_id): one for one in before}
    for row in rows:
        key = (source, row.source_record_id)
        if row.facts is None:
            contributions.pop(key, None)
        else:
            now = Contribution(source, row.source_record_id, loaded_at, row.facts)
            contributions[key] = renew(contributions.get(key), now)
    return combine(number, contributions.values()) if contributions else None


def _settle(
    links: Links, known: Known, done: Mapping[str, Sequence[Row]], written: Mapping[str, Version]
) -> None:
    """Write the digests of rows that were placed, and remove the links of withdrawn ones.

    Only over the link as this run wrote or read it: if another load has it by now, that one's
    word stands.
    """
    settled: dict[str, Link] = {}
    released: dict[str, Link] = {}
    for number, rows in done.items():
        for row in rows:
            key = row_key(known.source, row.source_record_id)
            own = known.own_link(row)
            version = written.get(key) or (own.version if own else None)
            link = Link(number, known.source, row.source_record_id, row.digest, version)
            (settled if row.facts else released)[key] = link
    links.write(settled)
    links.release(released)
