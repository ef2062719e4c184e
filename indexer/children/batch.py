"""Brings one batch of rows into the published build: link, combine, place.

Every step may be the last. A row's link names the load that wrote it, and is believed to tell of
a row that is in only once that load is done; so what a dead run left half done is found and
finished when the same rows are loaded again. One request a step, never a request a row.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from indexer.children.arrivals import awaited_children, hide_arrivals
from indexer.children.claims import Claims
from indexer.children.comparing import with_suspects
from indexer.children.conflicts import is_left
from indexer.children.free_numbers import FreeNumbers
from indexer.children.known import Known, Run, known_members
from indexer.children.links import Link, row_key
from indexer.children.planned import BESIDE_OTHERS, Plan, Turn
from indexer.children.planner import build_plan
from indexer.children.reading import read_known, with_candidates, with_relations
from indexer.children.stores import Stores
from indexer.children.write import write_plan
from indexer.errors import ClusterUnavailable
from indexer.feeds.rows import Reject, Row, Unread

ATTEMPTS = 40  # of two writers at the same children, one always wins a round
PAUSE_SECONDS = 0.05  # times the attempt: for what another batch is about to write


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
    is_same = link and stores.believes_links and link.digest == row.digest
    return bool(link and is_same and stores.loads.is_done(link.load))


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
    left, unsettled, come = list(rows), frozenset[str](), frozenset[str]()
    for attempt in range(ATTEMPTS):
        if not left:
            return outcomes, aside
        stores.world.sleep(PAUSE_SECONDS * attempt)
        known = read_known(stores, run, left, {} if attempt else read, unsettled)
        known, plan, left, unsettled = _attempt(stores, replace(known, come=come), left, turn)
        come = known.come
        outcomes = {**plan.outcomes, **outcomes}
        aside |= plan.aside
    raise ClusterUnavailable("others keep writing the same children; run the same command again")


def _attempt(
    stores: Stores, known: Known, rows: Sequence[Row], turn: Turn
) -> tuple[Known, Plan, list[Row], frozenset[str]]:
    """Place the rows whose turn it is. Return what was known, the plan, the rows to be tried again,
    because somebody else wrote their links or children meanwhile, and the children in conflict."""
    members = known_members(known, rows)
    known = with_candidates(stores, known, members.values())
    known = with_suspects(stores, known, rows, members)
    build = partial(build_plan, rows=rows, draw=FreeNumbers(stores, len(rows)).draw, turn=turn)
    known, plan = _plan(stores, known, partial(build, members=members))
    if stores.is_dry:
        return known, plan, [], frozenset()
    if awaited := awaited_children(stores, known, plan, plan.placed(rows)):
        known = hide_arrivals(stores, known, plan, awaited)
        known, plan = _plan(stores, known, partial(build, members=known_members(known, rows)))
    placed = plan.placed(rows)
    conflicts = write_plan(stores, known, plan, placed)
    left = [row for row in placed if is_left(known, plan, row, conflicts)]
    return known, plan, left, conflicts.children


def _plan(stores: Stores, known: Known, build: Callable[[Known], Plan]) -> tuple[Known, Plan]:
    """Return what is known by the end, and the plan."""
    plan = build(known)
    if plan.doubtful:
        known = with_relations(stores, known, plan)
        plan = build(known)
    return known, plan
