"""Writes children between whom rows move: a row is in its new child before it leaves the other."""

from msgspec import structs

from indexer.children.conflicts import Conflicts
from indexer.children.gone import hidden_meanwhile, release, retire
from indexer.children.known import Known
from indexer.children.links import Links, row_key
from indexer.children.number_links import ATTEMPTS, BUSY, settle_numbers
from indexer.children.placements import after, as_before, placement
from indexer.children.planned import Plan
from indexer.children.stores import Stores
from indexer.errors import ClusterUnavailable


def write_moves(stores: Stores, known: Known, plan: Plan, links: frozenset[str]) -> Conflicts:
    """Write the children who take rows, then those who give them.

    A giver may be shielded meanwhile, or have been with its document still here: then what was
    taken is given back, and the batch is planned again, for the links no longer lead to the child.
    """
    numbers = frozenset(plan.hood.changed)
    again = Conflicts(children=numbers, is_all=True)
    if links or stores.marks.marked(numbers):
        return again
    place = stores.placer.place
    taking = [one for n in numbers if (one := placement(known, plan, n, is_giving=False))]
    if place(taking, stores.builds):
        return again
    written = {one.number for one in taking}
    if stores.marks.marked(numbers):
        place([as_before(known, number) for number in written], stores.builds)
        return again
    retire(stores.links, known, plan)
    giving = [one for n in numbers if (one := placement(known, plan, n, is_giving=True))]
    conflicts = frozenset(place([after(one, written) for one in giving], stores.builds))
    # Also after a conflict: rows that have left by now are moved no more by the next attempt.
    _relink(stores.links, plan)
    left = conflicts | hidden_meanwhile(stores, plan)
    settle_numbers(stores, known, plan, left)
    if conflicts:
        return again
    release(stores, known, plan, left)
    stores.children.refresh()
    return Conflicts(children=left)


def _relink(links: Links, plan: Plan) -> None:
    """Let the links of rows that moved lead to their new child."""
    moved = {row_key(*key): (plan.hood.homes[key],) for key in plan.moved}
    for _ in range(ATTEMPTS):
        there = links.read(moved)
        wanted = {
            key: structs.replace(link, children=moved[key])
            for key, link in there.items()
            if link.children != moved[key]
        }
        if links.write(wanted) == wanted.keys():
            return
    raise ClusterUnavailable(BUSY)
