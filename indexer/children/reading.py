"""Reads what is known already of the children whom a batch's rows could be about: those to whom
links lead, those who may be alike, and all who are related to the doubtful."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from indexer.children.known import Known, Run
from indexer.children.likeness import Member, are_alike, share_number
from indexer.children.links import Link, batch_keys, number_key
from indexer.children.planned import Plan
from indexer.children.store import Stored
from indexer.children.stores import Stores
from indexer.feeds.rows import Row

CLOSURE_ROUNDS = 10  # from one relation to the next; England's families end after two


def read_known(
    stores: Stores,
    run: Run,
    rows: Sequence[Row],
    read: Mapping[str, Link | None],
    unsettled: frozenset[str],
) -> Known:
    """Read what is there already. `unsettled` are children between whom an attempt that failed has
    moved rows, perhaps by half: no link may lead to them any more."""
    keys = batch_keys(run.source, rows)
    awaited = stores.awaited.known()
    links = stores.links.read(key for key in keys if key not in read)
    links |= {key: link for key in keys if (link := read.get(key))}
    numbers = unsettled.union(*(link.children for link in links.values()))
    stored, hidden = _read(stores, numbers)
    heirs, found = _heirs(stores, numbers - stored.keys() - hidden)
    lost = {heir for heir in heirs.values() if heir} - found.keys() - stored.keys()
    hidden |= stores.marks.marked(lost) if lost else frozenset()
    links = {key: _followed(link, heirs) for key, link in links.items()}
    links = _without_lost(stores, links, hidden)
    loaded_at = stores.world.now().isoformat(timespec="seconds")
    stored |= found
    known = Known(run.source, run.load, run.began_at, loaded_at, links, stored, hidden)
    return replace(known, retired=frozenset(heirs), awaited=awaited, actor=run.actor)


def with_candidates(stores: Stores, known: Known, members: Iterable[Member]) -> Known:
    """Read the children who may be alike to one of the rows, though no link says so.

    Rows of one source are never alike: the first source of an index need not look. Another that
    begins meanwhile is seen by `others_ran`.
    """
    if not stores.loads.knows_others(known.source):
        return known
    keys = set().union(*(member.blocks for member in members))
    return _and_stored(stores, known, stores.children.sharing(sorted(keys)))


def with_relations(stores: Stores, known: Known, plan: Plan) -> Known:
    """Read all who are related to the doubtful children, and all related to those, to the end."""
    stores.children.refresh()
    homes, members = plan.hood.homes, plan.hood.members
    frontier = [members[homes[key]][key] for key in plan.doubtful & homes.keys()]
    for _ in range(CLOSURE_ROUNDS):
        links = stores.links.read(key for member in frontier for key in member.numbers)
        blocks = set().union(*(member.blocks for member in frontier))
        numbers = {number for link in links.values() for number in link.children}
        more = _and_stored(stores, known, numbers.union(stores.children.sharing(sorted(blocks))))
        frontier = _related(frontier, known, more)
        known = more
        if not frontier:
            break
    return known


def _related(frontier: Iterable[Member], before: Known, after: Known) -> list[Member]:
    """Return the members of children read just now who are related to one of the frontier."""
    near = defaultdict[str, list[Member]](list)
    for member in frontier:
        for key in _keys(member):
            near[key].append(member)
    new = [
        [Member(one) for one in stored.child.contributions]
        for number, stored in after.stored.items()
        if number not in before.stored
    ]
    return [
        member
        for members in new
        if any(_is_related(one, near) for one in members)
        for member in members
    ]


def _is_related(one: Member, near: Mapping[str, Sequence[Member]]) -> bool:
    """Is it related to one of those who share a key with it, as in a neighbourhood? Thousands are
    read who do not, where many give one address: a refuge's, or that of "no fixed abode"."""
    others = (other for key in _keys(one) for other in near.get(key, ()))
    return any(share_number(one, other) or are_alike(one, other) for other in others)


def _keys(member: Member) -> set[str]:
    """The keys of which any two related members share one."""
    return member.blocks.union(member.numbers)


def _and_stored(stores: Stores, known: Known, numbers: Iterable[str]) -> Known:
    """Return what is known with more children read, in real time."""
    more, hidden = _read(stores, set(numbers) - known.stored.keys() - known.hidden)
    return replace(known, stored={**known.stored, **more}, hidden=known.hidden | hidden)


def _read(stores: Stores, numbers: Iterable[str]) -> tuple[dict[str, Stored], frozenset[str]]:
    """Return those of the children who are there to be seen, and those who are hidden: of one whose
    shield is being set the document may still be here, and of one whose shield is being lifted it
    is not here yet."""
    asked = set(numbers)
    if not asked:
        return {}, frozenset()
    stored = stores.children.read(asked)
    # One who should be no more is still there if a load died between two steps of a merge.
    merged = {number for one in stored.values() for number in one.child.former_numbers} - asked
    stored |= stores.children.read(merged)
    asked |= merged
    hidden = stores.marks.marked(asked)
    if absent := asked - stored.keys() - hidden:
        hidden |= stores.hidden.read(absent).keys()
        stored |= stores.children.read(absent - hidden)  # who came back between the two
    return {number: one for number, one in stored.items() if number not in hidden}, hidden


def _heirs(stores: Stores, absent: Iterable[str]) -> tuple[dict[str, str], dict[str, Stored]]:
    """Return each number that is no more with the child who took its place, "" if nobody did; and
    those children."""
    ends = {number: number for number in absent}
    found: dict[str, Stored] = {}
    for _ in range(CLOSURE_ROUNDS):
        left = {end for end in ends.values() if end and end not in found}
        retired = stores.links.read(map(number_key, left))
        steps = {key.partition(":")[2]: "".join(link.children) for key, link in retired.items()}
        ends = {number: steps.get(end, end) for number, end in ends.items()}
        found |= _read(stores, (heir for heir in steps.values() if heir))[0]
        if not steps:
            break
    return {number: end for number, end in ends.items() if end != number}, found


def _without_lost(
    stores: Stores, links: dict[str, Link], hidden: frozenset[str]
) -> dict[str, Link]:
    """Return the links less the hidden children who had lost the number when a load died: another's
    row would vanish with them. Of one who can be found it is mended once it is used."""
    doubted = {key: hidden.intersection(link.children) for key, link in links.items() if link.lost}
    known = stores.hidden.read(set().union(*doubted.values())) if any(doubted.values()) else {}
    for key, numbers in doubted.items():
        gone = {one for one in numbers & known.keys() if not known[one].has_ever_said(key)}
        left = tuple(one for one in links[key].children if one not in gone)
        links[key] = structs.replace(links[key], children=left)
    return links


def _followed(link: Link, heirs: Mapping[str, str]) -> Link:
    """Return the link as it leads on from a child who turned out to be another."""
    children = tuple(sorted({heirs.get(one) or one for one in link.children}))
    return link if children == link.children else structs.replace(link, children=children)
