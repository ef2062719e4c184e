"""Takes a row back that was given to a child by an officer's decision: whoever is to be held."""

from collections.abc import Callable, Mapping

from msgspec import structs

from indexer.children.hidden import HiddenChild, told
from indexer.children.links import Link, number_keys
from indexer.children.number import draw_number
from indexer.children.stores import Stores
from indexer.errors import ClusterUnavailable, Refused
from indexer.shields.held import HeldRow

ATTEMPTS = 20


def take_back(stores: Stores, row: HeldRow, hold: Callable[[str], None]) -> str:
    """Return the number of the child to be held, who has the row: the one it was loaded into, or,
    of a row that was given to a shielded child, a hidden one of its own; "" if nobody has it.

    `hold` lets the register say that the number is held, before the child is there: nobody is among
    the shielded of whom no event tells (indexer/shields/whole.py). Raises Refused for a row that
    was withdrawn meanwhile, ClusterUnavailable; the same call then finishes it.
    """
    link = stores.links.read([row.key]).get(row.key)
    if link is None or not link.digest:
        raise Refused("the row was withdrawn since: there is nothing to take back")
    if row.same_child not in link.children:
        if link.child:
            hold(link.child)
        return link.child
    number = _own_number(stores, row)
    hold(number)
    _move(stores, row, number)
    _lead(stores, row, number)
    return number


def _own_number(stores: Stores, row: HeldRow) -> str:
    """The number the row was given when it was held, unless that was another child's: one with
    this row alone was begun by a run that died."""
    number = row.number
    while stores.children.read([number]) or _has_others(stores.hidden.read([number]), row):
        number = draw_number(stores.world)
    return number


def _has_others(there: Mapping[str, HiddenChild], row: HeldRow) -> bool:
    said = [one for child in there.values() for one in (*child.contributions, *child.evidence)]
    own = (row.contribution.source, row.contribution.source_record_id)
    return bool(there) and {(one.source, one.source_record_id) for one in said} != {own}


def _move(stores: Stores, row: HeldRow, number: str) -> None:
    """Let the row be the hidden child's of its own first, and the shielded child's no more."""
    key = (row.contribution.source, row.contribution.source_record_id)
    for _ in range(ATTEMPTS):
        there = stores.hidden.read([row.same_child, number])
        giver = there[row.same_child]
        said = {(one.source, one.source_record_id): one for one in giver.contributions}
        own = there.get(number) or HiddenChild(number)
        taken = told(own, {key: said.get(key, row.contribution)})
        if not stores.hidden.write([taken]) and not stores.hidden.write([_without(giver, key)]):
            return
    raise ClusterUnavailable("others keep writing the same child; run the same command again")


def _without(child: HiddenChild, key: tuple[str, str]) -> HiddenChild:
    return structs.replace(
        child,
        contributions=tuple(
            one for one in child.contributions if (one.source, one.source_record_id) != key
        ),
        evidence=tuple(one for one in child.evidence if (one.source, one.source_record_id) != key),
    )


def _lead(stores: Stores, row: HeldRow, number: str) -> None:
    """Let the links of the row and of its numbers lead to its own child."""
    for _ in range(ATTEMPTS):
        there = stores.links.read([row.key, *number_keys(row.contribution.facts)])
        wanted: dict[str, Link] = {}
        for key, link in there.items():
            others = {one for one in link.children if one != row.same_child}
            if key == row.key or row.same_child in link.children:
                children = (number,) if key == row.key else tuple(sorted({number, *others}))
                wanted[key] = structs.replace(link, children=children)
        if stores.links.write(wanted) == wanted.keys():
            return
    raise ClusterUnavailable("others keep writing the same links; run the same command again")
