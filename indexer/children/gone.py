"""The links of children and rows that are no more."""

from indexer.children.known import Known
from indexer.children.links import Link, Links, number_key
from indexer.children.planned import Plan
from indexer.children.stores import Stores


def retire(links: Links, known: Known, plan: Plan) -> None:
    """Say who took the place of children who are no more; their numbers are never drawn again."""
    gone = {number_key(one): heir for one, heir in plan.gone.items() if one in known.stored}
    there = links.read(gone)
    wanted = {
        key: Link((heir,) if heir else (), version=there[key].version if key in there else None)
        for key, heir in gone.items()
    }
    links.write(wanted)


def release(stores: Stores, known: Known, plan: Plan, left: frozenset[str]) -> None:
    """Remove the links of withdrawn rows, unless their child could not be written."""
    keys = [key for key, child in plan.released.items() if child not in left]
    if keys:
        links = stores.links.read(keys)
        ours = {key: link for key, link in links.items() if link.load == known.load}
        stores.links.release(ours)
        stores.children.refresh()  # a later row of this load must not meet who was withdrawn


def hidden_meanwhile(stores: Stores, plan: Plan) -> frozenset[str]:
    """Return those who lose rows and were shielded at this moment: their links stay, or the rows
    sent again would make a child who can be found. The next attempt knows that they are hidden."""
    losing = {*plan.gone, *plan.released.values()}
    return stores.marks.marked(losing) if losing else frozenset()
