"""Brings one batch of rows into the published build: link, combine, place.

Every step may be the last. A row's link names the load that wrote it, and is believed to tell of
a row that is in only once that load is done; so what a dead run left half done is found and
finished when the same rows are loaded again. One request a step, never a request a row.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from msgspec import structs

from indexer.children.arrivals import awaited_children, hide_arrivals
from indexer.children.claims import Claims
from indexer.children.comparing import with_suspects
from indexer.children.conflicts import is_left
from indexer.children.likeness import Member, are_alike, share_number
from indexer.children.links import Link, batch_keys, number_key, row_key
from indexer.children.number import draw_number
from indexer.children.plan import BESIDE_OTHERS, Known, Plan, Turn, build_plan, known_members
from indexer.children.store import Stored
from indexer.children.stores import Stores
from indexer.children.write import write_plan
from indexer.errors import ClusterUnavailable
from indexer.feeds.rows import Reject, Row, Unread

ATTEMPTS = 40  # of two writers at the same children, one always wins a round
PAUSE_SECONDS = 0.05  # times the attempt: for what another batch is about to write
CLOSURE_ROUNDS = 10  # from one relation to the next; England's families end after two


@dataclass(frozen=True)
class Run:
    """One load of one source under way, since `began_at` (ISO form, to the second), by `actor`."""

    load: str
    source: str
    began_at: str
    actor: str = ""


class Left(NamedTuple):
    """A row that waits until no other batch is under way, or, if it `is_late`, until the feed is
    at its end; `is_counted` if its outcome is told already."""

    row: Row
    is_late: bool
    is_counted: bool


@dataclass(frozen=True)
class Passed:
    """What became of the rows of a batch: outcome → rows, what was wrong with some, and the rows
    left for later."""

    counts: Counter[str]
    rejects: list[Reject]
    left: list[Left]


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
    with claims.of(rows, with_blocks=stores.loads.knows_others(run.source)) as (free, taken):
        outcomes, aside = _place_all(stores, run, free, {key: links.get(key) for key in named})
    warnings = sum(len(row.warnings) for row in rows)
    counts = Counter(outcomes.values())
    counts.update({"unchanged": len(is_in), "rows": len(entries), "warnings": warnings})
    aside |= {row.number: False for row in taken}
    left = [
        Left(row, aside[row.number], is_counted=row.number in outcomes)
        for row in rows
        if row.number in aside
    ]
    return Passed(counts, [one for one in read if isinstance(one, Reject)], left)


def load_alone(
    stores: Stores, run: Run, left: Sequence[Left], *, is_last: bool
) -> tuple[Counter[str], list[Left]]:
    """Bring in what batches left, while none of this load is under way, and, if `is_last`, all else
    of the feed is in. Return how many rows had which outcome, and those left again."""
    told = {one.row.number for one in left if one.is_counted}
    rows = sorted((one.row for one in left), key=lambda row: row.number)
    turn = Turn(is_alone=True, is_last=is_last)
    outcomes, aside = _place_all(stores, run, rows, {}, turn)
    counts = Counter(outcome for number, outcome in outcomes.items() if number not in told)
    told |= outcomes.keys()
    again = [one for one in rows if one.number in aside]
    return counts, [Left(row, aside[row.number], row.number in told) for row in again]


def _is_in(stores: Stores, row: Unread, link: Link | None) -> bool:
    """Is the row in as it stands? A link of a load that is not done may tell of a row that is
    not there yet."""
    return bool(link and link.digest == row.digest and stores.loads.is_done(link.load))


def _place_all(
    stores: Stores,
    run: Run,
    rows: Sequence[Row],
    read: Mapping[str, Link | None],
    turn: Turn = BESIDE_OTHERS,
) -> tuple[dict[int, str], dict[int, bool]]:
    """Place the rows, and once more if another load ran meanwhile: it may have written the same
    children at the same moment, and neither saw the other; whoever looks after both have written
    puts it right. Returns what `_bring_in` does."""
    began_at = stores.world.now()
    outcomes, aside = _bring_in(stores, run, rows, read, turn)
    placed = [row for row in rows if row.number not in aside]
    if placed and not stores.is_dry and stores.loads.others_ran(run.source, began_at):
        stores.children.refresh()
        aside |= _bring_in(stores, run, placed, {}, turn)[1]
    return outcomes, aside


def _bring_in(
    stores: Stores,
    run: Run,
    rows: Sequence[Row],
    read: Mapping[str, Link | None],
    turn: Turn,
) -> tuple[dict[int, str], dict[int, bool]]:
    """Place the rows; return row number → outcome, as the first attempt tells it, and row number →
    is it late, for the rows whose turn has not come. `read` are links read just now, None for one
    that is not there."""
    outcomes: dict[int, str] = {}
    aside: dict[int, bool] = {}
    left, unsettled = list(rows), frozenset[str]()
    for attempt in range(ATTEMPTS):
        if not left:
            return outcomes, aside
        stores.world.sleep(PAUSE_SECONDS * attempt)
        known = _known(stores, run, left, {} if attempt else read, unsettled)
        plan, left, unsettled = _attempt(stores, known, left, turn)
        outcomes = {**plan.outcomes, **outcomes}
        aside |= plan.aside
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
    stored |= found
    known = Known(run.source, run.load, run.began_at, loaded_at, links, stored, hidden)
    return replace(known, retired=frozenset(heirs), awaited=awaited, actor=run.actor)


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


def _attempt(
    stores: Stores, known: Known, rows: Sequence[Row], turn: Turn
) -> tuple[Plan, list[Row], frozenset[str]]:
    """Place the rows whose turn it is. Return the plan, the rows to be tried again, because
    somebody else wrote their links or children meanwhile, and the children in conflict."""
    members = known_members(known, rows)
    known = _with_candidates(stores, known, members.values())
    known = with_suspects(stores, known, rows, members)
    draw = _FreeNumbers(stores, len(rows)).draw
    known, plan = _plan(stores, known, rows, draw, turn)
    if stores.is_dry:
        return plan, [], frozenset()
    if awaited := awaited_children(stores, known, plan, plan.placed(rows)):
        known = hide_arrivals(stores, known, plan, awaited)
        known, plan = _plan(stores, known, rows, draw, turn)
    placed = plan.placed(rows)
    conflicts = write_plan(stores, known, plan, placed)
    left = [row for row in placed if is_left(known, plan, row, conflicts)]
    return plan, left, conflicts.children


def _plan(
    stores: Stores, known: Known, rows: Sequence[Row], draw: Callable[[], str], turn: Turn
) -> tuple[Known, Plan]:
    """Plan the rows; return what is known by then, and the plan."""
    members = known_members(known, rows)
    plan = build_plan(known, rows, members, draw, turn)
    if plan.doubtful:
        known = _with_relations(stores, known, plan)
        plan = build_plan(known, rows, members, draw, turn)
    return known, plan


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
