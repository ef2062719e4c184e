"""Lets the links of NHS numbers and UPNs lead to those children who have them, and to no other."""

from collections.abc import Iterable

from msgspec import structs

from indexer.children.child import Child
from indexer.children.known import Known
from indexer.children.links import Link, Links, number_keys
from indexer.children.planned import Plan
from indexer.children.store import Stored
from indexer.children.stores import Stores
from indexer.errors import ClusterUnavailable

ATTEMPTS = 40  # at links that others write too
BUSY = "others keep writing the same links; run the same command again"


def settle_numbers(stores: Stores, known: Known, plan: Plan, left: frozenset[str]) -> None:
    """Let the NHS numbers and UPNs that came in question lead to those who have them, and to nobody
    else: were a child hidden later, another's row would vanish with it.

    Other batches ask for a link before they write their child; so it is children as written that
    are believed, read after the links, and once more after what was mended. `left` are children in
    conflict: what the plan says of them is not so.
    """
    claims = {key: plan.hood.holders(key) for key in _numbers_in_question(known, plan)}
    gone = plan.gone.keys() - left
    for _ in range(ATTEMPTS):
        there = stores.links.read(claims)
        for key, found in there.items():
            claims[key].update(found.children)
        stored = _visible(stores, set().union(*claims.values()))
        wanted: dict[str, Link] = {}
        for key, numbers in claims.items():
            link = there.get(key)
            # One who is not there is hidden, or about to be written by the batch that asked.
            waiting = set(_children(link)) - stored.keys() - gone
            holders = {one for one in numbers & stored.keys() if _has(stored[one].child, key)}
            children = tuple(sorted(holders | waiting))
            if children != _children(link):
                kept = link or Link((), load=known.load)
                wanted[key] = structs.replace(kept, children=children, lost=False)
        if not wanted:
            return
        stores.links.write({key: link for key, link in wanted.items() if link.children})
        stores.links.release({key: link for key, link in wanted.items() if not link.children})
        claims = {key: claims[key] for key in wanted}
    raise ClusterUnavailable(BUSY)


def lost_links(links: Links, known: Known, plan: Plan) -> dict[str, Link]:
    """Return the links of the numbers that children are about to lose, to be written before these
    are: was such a run the last that was heard of, they are not believed (`reading.py`)."""
    lost = _lost_numbers(known, plan) - plan.links.keys()
    there = links.read(lost) if lost else {}
    return {key: structs.replace(link, lost=True) for key, link in there.items() if not link.lost}


def _lost_numbers(known: Known, plan: Plan) -> set[str]:
    """Return the numbers that a child has no more."""
    found = set[str]()
    for number in plan.hood.changed & known.stored.keys():
        said = known.stored[number].child.contributions
        had = {key for one in said for key in number_keys(one.facts)}
        found |= {key for key in had if not plan.hood.holds(number, key)}
    return found


def _numbers_in_question(known: Known, plan: Plan) -> set[str]:
    """Return the numbers that moved with their rows, that a child has no more, and that more than
    one child claims."""
    moved = [plan.hood.members[plan.hood.homes[key]][key] for key in plan.moved]
    found = _lost_numbers(known, plan) | {key for member in moved for key in member.numbers}
    links = {**known.links, **plan.links}
    return found | {
        key for key, link in links.items() if not link.source and len(link.children) > 1
    }


def _visible(stores: Stores, numbers: Iterable[str]) -> dict[str, Stored]:
    """Return those children who can be found. The document of one whose shield is being set may
    still be there, but what rows say of that child is told elsewhere."""
    stored = stores.children.read(numbers)
    marked = stores.marks.marked(stored) if stored else ()
    return {number: one for number, one in stored.items() if number not in marked}


def _children(link: Link | None) -> tuple[str, ...]:
    return link.children if link else ()


def _has(child: Child, key: str) -> bool:
    return any(key in number_keys(one.facts) for one in child.contributions)
