"""Compares the rows of a batch with the shielded children, and keeps those that are held."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from indexer.children.child import Contribution
from indexer.children.hidden import HiddenChild
from indexer.children.known import Known
from indexer.children.likeness import Member, RowKey
from indexer.children.links import row_key
from indexer.children.planned import Plan
from indexer.children.profile import build_profile
from indexer.children.stores import Stores
from indexer.errors import ClusterUnavailable
from indexer.feeds.rows import Row
from indexer.shields.lookout import profile_of

ATTEMPTS = 8  # at a held row about which an officer decides at this moment


def with_suspects(
    stores: Stores, known: Known, rows: Sequence[Row], members: Mapping[int, Member]
) -> Known:
    """Find the shielded children whom rows may be about, and the rows that are or were held; a dry
    run need not know, for nothing of it is told to anybody."""
    if stores.is_dry:
        return known
    shielded = stores.lookout.known() if members else known.shielded
    near = {
        number: found
        for number, member in (members if stores.lookout.watches() else {}).items()
        if (found := stores.lookout.near(build_profile([member.contribution])))
    }
    keys = [
        row_key(known.source, row.source_record_id)
        for row in rows
        if row.number in near or _is_held(known, row)
    ]
    return replace(known, near=near, shielded=shielded, held=stores.held.read(keys))


def _is_held(known: Known, row: Row) -> bool:
    own = known.own_link(row)
    return own is not None and own.held


def keep_held(stores: Stores, plan: Plan, links: AbstractSet[str]) -> frozenset[str]:
    """Write the held rows whose links were written; return the keys of those about which an officer
    decided meanwhile."""
    wanted = [one for one in plan.held.values() if one.key not in links]
    return frozenset(stores.held.write(wanted)) if wanted else frozenset()


def let_go(stores: Stores, rows: Iterable[RowKey]) -> None:
    """Say of rows that were told to their child, or withdrawn, that nobody need decide about
    them."""
    keys = [row_key(*key) for key in rows]
    for _ in range(ATTEMPTS):
        there = [one for one in stores.held.read(keys).values() if not one.is_over]
        if not there:
            return
        stores.held.write(one.over() for one in there)
    raise ClusterUnavailable("somebody keeps deciding about the same rows; run it again")


def near_since(
    stores: Stores, known: Known, plan: Plan, rows: Sequence[Row]
) -> Iterator[tuple[RowKey, set[str]]]:
    """Yield the rows that may be about somebody whose shield was set, or who arrived, since they
    were compared; and whom."""
    for row in rows:
        key = (known.source, row.source_record_id)
        if (says := plan.said_now(key)) is None:
            continue
        before = {one.child for one in known.near.get(row.number, ())}
        near = {one.child for one in stores.lookout.near(build_profile([says]))} - before
        if near - {plan.home(key)}:
            yield key, near


def hide_near(stores: Stores, known: Known, plan: Plan, rows: Sequence[Row]) -> None:
    """Hide the children just written who may be somebody whose shield was set meanwhile: the set
    may have looked for them before they were there."""
    found: dict[str, set[str]] = {}
    for key, near in near_since(stores, known, plan, rows):
        home = plan.hood.homes.get(key)
        if home is not None and key not in plan.held:
            found[home] = found.get(home, set()) | near
    if found:
        stores.suspicion.hold(found, known.load)
        stores.placer.hide(found)


def with_news(stores: Stores, plan: Plan) -> set[str]:
    """Return the hidden children of whom rows say something that was not known of them: somebody
    who can be found may be near only by that. Of one who has just come nothing was known."""
    there = stores.hidden.read(plan.hidden)
    said = {number: list(filter(None, rows.values())) for number, rows in plan.hidden.items()}
    return {number for number, rows in said.items() if _is_news(rows, there.get(number))}


def _is_news(rows: list[Contribution], known: HiddenChild | None) -> bool:
    if known is None:
        return bool(rows)
    return build_profile(rows).brings_to(profile_of(known))
