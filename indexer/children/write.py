"""Writes what was planned for a batch: links, children, and the links of rows that moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from indexer.children.arrivals import awaited_children
from indexer.children.child import Child, Contribution
from indexer.children.combine import combine
from indexer.children.comparing import hide_near, keep_held, let_go
from indexer.children.document import Derived, build_identity
from indexer.children.hidden import HiddenChild, told
from indexer.children.likeness import Member, RowKey
from indexer.children.links import Link, Links, number_key, number_keys, row_key
from indexer.children.place import Placement
from indexer.children.plan import Known, Plan
from indexer.children.store import Stored
from indexer.children.stores import Stores
from indexer.errors import ClusterUnavailable
from indexer.feeds.rows import Row

ATTEMPTS = 40  # at links that others write too
FIRST_REVISION = 1  # that Elasticsearch gives to what it creates
BUSY = "others keep writing the same links; run the same command again"


@dataclass(frozen=True)
class Conflicts:
    """Links and children that somebody else wrote meanwhile; `is_all` if nothing is settled."""

    links: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    is_all: bool = False


def write_plan(stores: Stores, known: Known, plan: Plan, rows: Sequence[Row]) -> Conflicts:
    """Write links first, so that of two loads one has each key; then children; return conflicts.

    A shield set at this moment looks where the links lead after it is said, and here it is looked
    whether one was said after the links are written: of the two at least one sees the other. A
    shield by names looks for children, so it is looked again when these are written.
    """
    links = frozenset(plan.links.keys() - stores.links.write(plan.links))
    if not stores.awaited.is_still(known.awaited) and awaited_children(stores, known, plan, rows):
        return Conflicts(is_all=True)
    if not stores.lookout.is_said_still(known.shielded):
        return Conflicts(is_all=True)
    links |= keep_held(stores, plan, links)
    # A row that is withdrawn has no link any more after which it could be found again.
    let_go(stores, plan.let_go - plan.hood.homes.keys())
    conflicts = _write(stores, known, plan, links)
    let_go(
        stores, (one for one in plan.let_go if plan.home(one) not in {None, *conflicts.children})
    )
    if not stores.lookout.is_said_still(known.shielded):
        hide_near(stores, known, plan, rows)
    if known.arrived:
        stores.placer.hide(stores.suspicion.look_around(set(known.arrived.values()), known.load))
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
        return _write_moves(stores, known, plan, links | told_later)
    wanted = [
        one
        for one in plan.hood.changed
        if not links or links.isdisjoint(_keys_of(known, plan, one))
    ]
    _retire(stores.links, known, plan)
    # Asked of all whose rows these are: a run that died may have written them and asked nothing.
    asked = {home for key, home in plan.hood.homes.items() if key[0] == known.source}
    placements = [_placement(known, plan, one) for one in wanted]
    children = told_later.union(_place(stores, placements, asked | known.hidden))
    left = children.union(plan.hood.changed.difference(wanted), _hidden_meanwhile(stores, plan))
    _release(stores, known, plan, left)
    _settle_numbers(stores, known, plan, left)
    return Conflicts(links, left)


def is_left(known: Known, plan: Plan, row: Row, conflicts: Conflicts) -> bool:
    """Must the row be tried again?"""
    if conflicts.is_all:
        return True
    key = (known.source, row.source_record_id)
    own = known.own_link(row)
    number = plan.hood.homes.get(key) or plan.hidden_home(key) or (own.child if own else None)
    if row_key(*key) in conflicts.links or number in conflicts.children:
        return True
    return not conflicts.links.isdisjoint(number_keys(row.facts))


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


def _write_moves(stores: Stores, known: Known, plan: Plan, links: frozenset[str]) -> Conflicts:
    """Write the children who take rows, then those who give them.

    A giver may be shielded meanwhile, or have been with its document still here: then what was
    taken is given back, and the batch is planned again, for the links no longer lead to the child.
    """
    numbers = frozenset(plan.hood.changed)
    again = Conflicts(children=numbers, is_all=True)
    if links or stores.marks.marked(numbers):
        return again
    taking = [_placement(known, plan, number, is_giving=False) for number in numbers]
    if _place(stores, taking):
        return again
    written = {one.number for one in taking if one}
    if stores.marks.marked(numbers):
        _place(stores, [_as_before(known, number) for number in written])
        return again
    _retire(stores.links, known, plan)
    giving = [_placement(known, plan, number, is_giving=True) for number in numbers]
    conflicts = frozenset(_place(stores, [_after(one, written) for one in giving if one]))
    # Also after a conflict: rows that have left by now are moved no more by the next attempt.
    _relink(stores.links, plan)
    left = conflicts | _hidden_meanwhile(stores, plan)
    _settle_numbers(stores, known, plan, left)
    if conflicts:
        return again
    _release(stores, known, plan, left)
    stores.children.refresh()
    return Conflicts(children=left)


def _hidden_meanwhile(stores: Stores, plan: Plan) -> frozenset[str]:
    """Return those who lose rows and were shielded at this moment: their links stay, or the rows
    sent again would make a child who can be found. The next attempt knows that they are hidden."""
    losing = {*plan.gone, *plan.released.values()}
    return stores.marks.marked(losing) if losing else frozenset()


def _as_before(known: Known, number: str) -> Placement:
    """Return what the child was before it was written once."""
    stored = known.stored.get(number)
    if stored is None:
        return Placement(number, FIRST_REVISION, None)
    return Placement(number, stored.revision + 1, stored.child)


def _after(placement: Placement, written: set[str]) -> Placement:
    """Return the placement as it follows the one of the same child just written."""
    if placement.revision is None or placement.number not in written:
        return placement
    return replace(placement, revision=placement.revision + 1)


def _place(
    stores: Stores, placements: Iterable[Placement | None], asked: Iterable[str] = ()
) -> set[str]:
    return stores.placer.place([one for one in placements if one], stores.builds, asked)


def _placement(
    known: Known, plan: Plan, number: str, *, is_giving: bool | None = None
) -> Placement | None:
    """Return what the child is to become, None if that is what it is.

    A child that gives rows away is written twice: with them while it does not give them
    (`is_giving` False), and then without; others only once.
    """
    stored = known.stored.get(number)
    members = plan.hood.members.get(number, {})
    given = [
        one
        for one in (stored.child.contributions if stored else ())
        if (one.source, one.source_record_id) not in members
    ]
    if is_giving and not given:
        return None
    contributions = [one.contribution for one in members.values()]
    child = _child(
        plan, number, contributions if is_giving is not False else [*contributions, *given]
    )
    if (stored.child if stored else None) == child:
        return None
    derived = None if given else _derived(child, members)
    if child is None and stored:
        return Placement(number, stored.revision, None, before=stored.child)
    return Placement(number, stored.revision if stored else None, child, derived)


def _child(plan: Plan, number: str, contributions: list[Contribution]) -> Child | None:
    if not contributions:
        return None
    child = combine(number, contributions)
    former = plan.hood.former.get(number)
    return structs.replace(child, former_numbers=tuple(sorted(former))) if former else child


def _derived(child: Child | None, members: Mapping[RowKey, Member]) -> Derived | None:
    """Return what the child is found by, made of what is known of its members: the names and
    postcodes of an only member are the child's."""
    if child is None:
        return None
    blocks = frozenset().union(*(one.blocks for one in members.values()))
    identities = [one.identity for one in members.values()]
    return Derived(identities[0] if len(identities) == 1 else build_identity(child), blocks)


def _keys_of(known: Known, plan: Plan, number: str) -> set[str]:
    """Return the keys of the links that this batch asked for on behalf of the child."""
    members = plan.hood.members.get(number, {}).values()
    own = [one for one in members if one.key[0] == known.source]
    return {key for one in own for key in (row_key(*one.key), *one.numbers)}


def _retire(links: Links, known: Known, plan: Plan) -> None:
    """Say who took the place of children who are no more; their numbers are never drawn again."""
    gone = {number_key(one): heir for one, heir in plan.gone.items() if one in known.stored}
    there = links.read(gone)
    wanted = {
        key: Link((heir,) if heir else (), version=there[key].version if key in there else None)
        for key, heir in gone.items()
    }
    links.write(wanted)


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


def _release(stores: Stores, known: Known, plan: Plan, left: frozenset[str]) -> None:
    """Remove the links of withdrawn rows, unless their child could not be written."""
    keys = [key for key, child in plan.released.items() if child not in left]
    if keys:
        links = stores.links.read(keys)
        ours = {key: link for key, link in links.items() if link.load == known.load}
        stores.links.release(ours)
        stores.children.refresh()  # a later row of this load must not meet who was withdrawn


def _settle_numbers(stores: Stores, known: Known, plan: Plan, left: frozenset[str]) -> None:
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
                wanted[key] = structs.replace(kept, children=children)
        if not wanted:
            return
        stores.links.write({key: link for key, link in wanted.items() if link.children})
        stores.links.release({key: link for key, link in wanted.items() if not link.children})
        claims = {key: claims[key] for key in wanted}
    raise ClusterUnavailable(BUSY)


def _numbers_in_question(known: Known, plan: Plan) -> set[str]:
    """Return the numbers that moved with their rows, that a child has no more, and that more than
    one child claims."""
    moved = [plan.hood.members[plan.hood.homes[key]][key] for key in plan.moved]
    found = {key for member in moved for key in member.numbers}
    for number in plan.hood.changed & known.stored.keys():
        said = known.stored[number].child.contributions
        had = {key for one in said for key in number_keys(one.facts)}
        found |= {key for key in had if not plan.hood.holds(number, key)}
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
