"""Brings one batch of rows into the published build: link, combine, place.

Every step may be the last. A row's link names the load that wrote it, and is believed to tell of
a row that is in only once that load is done; so what a dead run left half done is found and
finished when the same rows are loaded again. One request a step, never a request a row.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from msgspec import structs

from indexer.children.arrivals import awaited_children, hide_arrivals
from indexer.children.claims import Claims
from indexer.children.likeness import Member, are_alike, share_number
from indexer.children.links import Link, batch_keys, number_key, row_key
from indexer.children.number import draw_number
from indexer.children.plan import Known, Plan, build_plan, known_members
from indexer.children.store import Stored
from indexer.children.stores import Stores
from indexer.children.write import is_left, write_plan
from indexer.errors import ClusterUnavailable
from indexer.feeds.rows import Reject, Row, Unread

ATTEMPTS = 40  # of two writers at the same children, one always wins a round
PAUSE_SECONDS = 0.05  # times the attempt: for what another batch is about to write
CLOSURE_ROUNDS = 10  # from one relation to the next; England's families end after two


@dataclass(frozen=True)
class Run:
    """One load of one source under way."""

    load: str
    source: str


@dataclass(frozen=True)
class Passed:
    """What became of the rows of a batch: outcome → rows, and what was wrong with the others.

    `aside` are rows that are not in yet: they wait until no other batch is under way. `again` are
    rows that are in and counted, and must be looked at once more then.
    """

    counts: Counter[str]
    rejects: list[Reject]
    aside: list[Row]
    again: list[Row]


def load_batch(
    stores: Stores, run: Run, entries: Sequence[Unread | Reject], claims: Claims
) -> Passed:
    """Bring the rows in; return how many were new, changed, unchanged and withdrawn.

    A row that is in as it stands is not even read. Raises Unavailable; the same rows can then be
    loaded again.
    """
    unread = [one for one in entries if isinstance(one, Unread)]
    named = {row_key(run.source, one.source_record_id or ""): one for one in unread}
    links = stores.links.read(named)
    is_in = {one.number for key, one in named.items() if _is_in(stores, one, links.get(key))}
    today = stores.world.today()
    read = [
        one if isinstance(one, Reject) else one.read(today)
        for one in entries
        if one.number not in is_in
    ]
    rows = [one for one in read if isinstance(one, Row)]
    began_at = stores.world.now()
    with claims.of(rows, with_blocks=stores.loads.knows_others(run.source)) as free:
        outcomes, left = _bring_in(stores, run, free, {key: links.get(key) for key in named})
        not_in = {row.number for row in left}
        placed = [row for row in free if row.number not in not_in]
        left += _look_again(stores, run, placed, began_at)
    counts = Counter(outcomes.values())
    warnings = sum(len(row.warnings) for row in rows)
    counts.update({"unchanged": len(is_in), "rows": len(entries), "warnings": warnings})
    rejects = [one for one in read if isinstance(one, Reject)]
    aside = [row for row in rows if row.number not in outcomes]
    return Passed(counts, rejects, aside, [row for row in left if row.number in outcomes])


def load_alone(
    stores: Stores, run: Run, aside: Sequence[Row], again: Sequence[Row]
) -> Counter[str]:
    """Bring in what batches left (see Passed) while none of this load is under way; return how many
    rows had which outcome. Raises Unavailable."""
    began_at = stores.world.now()
    rows = sorted([*aside, *again], key=lambda row: row.number)
    outcomes, _ = _bring_in(stores, run, rows, {}, is_alone=True)
    _look_again(stores, run, rows, began_at, is_alone=True)
    return Counter(outcomes[row.number] for row in aside)


def _is_in(stores: Stores, row: Unread, link: Link | None) -> bool:
    """Is the row in as it stands? A link of a load that is not done may tell of a row that is
    not there yet."""
    return bool(link and link.digest == row.digest and stores.loads.is_done(link.load))


def _look_again(
    stores: Stores, run: Run, rows: Sequence[Row], began_at: datetime, *, is_alone: bool = False
) -> list[Row]:
    """Place the rows anew if another load ran meanwhile; return those in doubt.

    It may have written the same children at the same moment, and neither saw the other: whoever
    looks after both have written puts it right.
    """
    if not rows or stores.is_dry or not stores.loads.others_ran(run.source, began_at):
        return []
    stores.children.refresh()
    _, aside = _bring_in(stores, run, rows, {}, is_alone=is_alone)
    return aside


def _bring_in(
    stores: Stores,
    run: Run,
    rows: Sequence[Row],
    read: Mapping[str, Link | None],
    *,
    is_alone: bool = False,
) -> tuple[dict[int, str], list[Row]]:
    """Place the rows, without those in doubt unless no other batch is under way (`is_alone`).

    Return row number → outcome, and the rows left aside; some of those may have an outcome, for
    it is told by the first attempt. `read` are links read just now, None for one that is not there.
    """
    outcomes: dict[int, str] = {}
    aside: list[Row] = []
    left, unsettled = list(rows), frozenset[str]()
    for attempt in range(ATTEMPTS):
        if not left:
            return outcomes, aside
        time.sleep(PAUSE_SECONDS * attempt)
        known = _known(stores, run, left, {} if attempt else read, unsettled)
        tried = _attempt(stores, known, left, is_alone=is_alone)
        left, unsettled = tried.left, tried.unsettled
        aside += tried.aside
        outcomes = {**tried.outcomes, **outcomes}
    raise ClusterUnavailable("others keep writing the same children; run the same command again")


def _known(
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
    loaded_at = stores.world.now().isoformat(timespec="seconds")
    known = Known(run.source, run.load, loaded_at, links, {**stored, **found}, hidden)
    return replace(known, retired=frozenset(heirs), awaited=awaited)


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


def _followed(link: Link, heirs: Mapping[str, str]) -> Link:
    """Return the link as it leads on from a child who turned out to be another."""
    children = tuple(sorted({heirs.get(one) or one for one in link.children}))
    return link if children == link.children else structs.replace(link, children=children)


class _Tried(NamedTuple):
    """What an attempt came to: row number → outcome; rows in doubt; rows to be tried again, because
    somebody else wrote their links or children meanwhile; and the children in conflict."""

    outcomes: dict[int, str]
    aside: list[Row]
    left: list[Row]
    unsettled: frozenset[str]


def _attempt(stores: Stores, known: Known, rows: Sequence[Row], *, is_alone: bool) -> _Tried:
    known = _with_candidates(stores, known, known_members(known, rows).values())
    draw = _FreeNumbers(stores, len(rows)).draw
    known, plan, rows, aside = _plan(stores, known, rows, draw, is_alone=is_alone)
    if stores.is_dry:
        return _Tried(plan.outcomes, aside, [], frozenset())
    if awaited := awaited_children(stores, known, plan, rows):
        known = hide_arrivals(stores, known, plan, awaited)
        known, plan, rows, more = _plan(stores, known, rows, draw, is_alone=is_alone)
        aside += more
    conflicts = write_plan(stores, known, plan, rows)
    left = [row for row in rows if is_left(known, plan, row, conflicts)]
    return _Tried(plan.outcomes, aside, left, conflicts.children)


def _plan(
    stores: Stores,
    known: Known,
    rows: Sequence[Row],
    draw: Callable[[], str],
    *,
    is_alone: bool,
) -> tuple[Known, Plan, list[Row], list[Row]]:
    """Plan the rows; return what is known by then, the plan, the rows that are in it, and those in
    doubt, who are left aside unless no other batch is under way."""
    members, aside = known_members(known, rows), list[Row]()
    rows, plan = list(rows), build_plan(known, rows, members, draw)
    if plan.doubtful and is_alone:
        known = _with_relations(stores, known, plan)
        plan = build_plan(known, rows, members, draw)
    while plan.doubtful and not is_alone:
        doubts = {record_id for source, record_id in plan.doubtful if source == known.source}
        aside += [row for row in rows if row.source_record_id in doubts]
        rows = [row for row in rows if row.source_record_id not in doubts]
        plan = build_plan(known, rows, {row.number: members[row.number] for row in rows}, draw)
    return known, plan, rows, aside


def _with_candidates(stores: Stores, known: Known, members: Iterable[Member]) -> Known:
    """Read the children who may be alike to one of the rows, though no link says so.

    Rows of one source are never alike: the first source of an index need not look. Another that
    begins meanwhile is seen by `others_ran`.
    """
    if not stores.loads.knows_others(known.source):
        return known
    keys = set().union(*(member.blocks for member in members))
    return _and_stored(stores, known, stores.children.sharing(sorted(keys)))


def _with_relations(stores: Stores, known: Known, plan: Plan) -> Known:
    """Read all who are related to the doubtful children, and all related to those, to the end."""
    stores.children.refresh()
    homes, members = plan.hood.homes, plan.hood.members
    frontier = [members[homes[key]][key] for key in plan.doubtful]
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
    new = [
        [Member(one) for one in stored.child.contributions]
        for number, stored in after.stored.items()
        if number not in before.stored
    ]
    near = list(frontier)
    return [
        member
        for members in new
        if any(share_number(a, b) or are_alike(a, b) for a in members for b in near)
        for member in members
    ]


def _and_stored(stores: Stores, known: Known, numbers: Iterable[str]) -> Known:
    """Return what is known with more children read, in real time."""
    more, hidden = _read(stores, set(numbers) - known.stored.keys() - known.hidden)
    return replace(known, stored={**known.stored, **more}, hidden=known.hidden | hidden)


class _FreeNumbers:
    """Draws numbers that nobody has or had, as many at once as a batch can need."""

    def __init__(self, stores: Stores, count: int) -> None:
        self._stores, self._count = stores, count
        self._free: list[str] = []

    def draw(self) -> str:
        while not self._free:
            drawn = [draw_number(self._stores.world) for _ in range(self._count)]
            # A hidden child's number, or one that was: a visible child's shows when it is created.
            taken = self._stores.links.read(map(number_key, drawn))
            hidden = self._stores.marks.marked(drawn)
            free = (n for n in drawn if n not in hidden and number_key(n) not in taken)
            self._free = list(dict.fromkeys(free))  # in no order, or siblings' would stand together
        return self._free.pop()
