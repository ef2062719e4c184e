"""Writes what was planned for a batch: links, then hidden children, then those who can be found."""

from collections.abc import Sequence
from dataclasses import replace

from indexer.children.arrivals import awaited_children
from indexer.children.comparing import hide_near, keep_held, let_go, near_since, with_news
from indexer.children.conflicts import Conflicts
from indexer.children.gone import hidden_meanwhile, release, retire
from indexer.children.hidden import HiddenChild, told
from indexer.children.known import Known
from indexer.children.links import row_key
from indexer.children.moves import write_moves
from indexer.children.number_links import lost_links, settle_numbers
from indexer.children.placements import placement
from indexer.children.planned import Plan
from indexer.children.stores import Stores
from indexer.feeds.rows import Row


def write_plan(stores: Stores, known: Known, plan: Plan, rows: Sequence[Row]) -> Conflicts:
    """Write links first, so that of two loads one has each key; then children; return conflicts.

    A shield set at this moment looks where the links lead after it is said, and here it is looked
    whether one was said after the links are written: of the two at least one sees the other. A
    shield by names looks for children, so it is looked again when these are written.
    """
    asked = plan.links | lost_links(stores.links, known, plan)
    links = frozenset(asked.keys() - stores.links.write(asked))
    if not stores.awaited.is_still(known.awaited) and awaited_children(stores, known, plan, rows):
        return Conflicts(is_all=True)
    if not stores.lookout.is_said_still(known.shielded):
        # As if another had written their links: they are planned again, and all else is written.
        links |= {row_key(*key) for key, _ in near_since(stores, known, plan, rows)}
    links |= keep_held(stores, plan, links)
    # A row that is withdrawn has no link any more after which it could be found again.
    let_go(stores, plan.let_go - plan.hood.homes.keys())
    looked_around_for = with_news(stores, plan).union(known.come)
    conflicts = _write(stores, known, plan, links)
    let_go(
        stores, (one for one in plan.let_go if plan.home(one) not in {None, *conflicts.children})
    )
    if not stores.lookout.is_said_still(known.shielded):
        hide_near(stores, known, plan, rows)
    if looked_around_for:
        stores.placer.hide(stores.suspicion.look_around(looked_around_for, known.load))
    if not stores.awaited.is_said_still(known.awaited):
        is_all = conflicts.is_all or bool(awaited_children(stores, known, plan, rows))
        return replace(conflicts, is_all=is_all)
    return conflicts


def _write(stores: Stores, known: Known, plan: Plan, links: frozenset[str]) -> Conflicts:
    """Write hidden children, then those who can be found.

    Where rows move between children nothing is done by halves: a row is in its new child before
    it leaves the old one.
    """
    told_later = _tell_hidden(stores, plan, links)
    if plan.moved:
        return write_moves(stores, known, plan, links | told_later)
    wanted = [
        one
        for one in plan.hood.changed
        if not links or links.isdisjoint(_keys_of(known, plan, one))
    ]
    retire(stores.links, known, plan)
    # Asked of all whose rows these are: a run that died may have written them and asked nothing.
    asked = {home for key, home in plan.hood.homes.items() if key[0] == known.source}
    placements = [found for one in wanted if (found := placement(known, plan, one))]
    written_by_others = stores.placer.place(placements, stores.builds, asked | known.hidden)
    children = told_later.union(written_by_others)
    left = children.union(plan.hood.changed.difference(wanted), hidden_meanwhile(stores, plan))
    release(stores, known, plan, left)
    settle_numbers(stores, known, plan, left)
    return Conflicts(links, left)


def _tell_hidden(stores: Stores, plan: Plan, links: frozenset[str]) -> frozenset[str]:
    """Let the hidden children know what rows say of them; return those whom somebody else wrote, or
    whose shield was lifted, meanwhile."""
    said = {
        number: {key: says for key, says in rows.items() if row_key(*key) not in links}
        for number, rows in plan.hidden.items()
    }
    there = stores.hidden.read(said)
    before = {number: there.get(number) or HiddenChild(number) for number in said}
    after = {number: told(before[number], rows) for number, rows in said.items()}
    conflicts = stores.hidden.write(one for n, one in after.items() if one != before[n])
    stores.lookout.learn(after.values())
    created = after.keys() - there.keys() - conflicts
    lifted = created - stores.marks.marked(created) if created else set()
    stores.hidden.remove(stores.hidden.read(lifted).values())
    return frozenset(conflicts | lifted)


def _keys_of(known: Known, plan: Plan, number: str) -> set[str]:
    """Return the keys of the links that this batch asked for on behalf of the child."""
    members = plan.hood.members.get(number, {}).values()
    own = [one for one in members if one.key[0] == known.source]
    return {key for one in own for key in (row_key(*one.key), *one.numbers)}
