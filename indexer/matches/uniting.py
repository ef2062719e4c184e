"""Makes one child of two because a person said so, and two again: as a load moves rows, so that
whatever dies in between loses nothing. From then on each row stays with its child."""

from collections.abc import Iterable, Mapping

from indexer.children.conflicts import Conflicts
from indexer.children.known import Known
from indexer.children.likeness import RowKey
from indexer.children.links import number_key
from indexer.children.moves import write_moves
from indexer.children.neighbourhood import Neighbourhood
from indexer.children.planned import Plan
from indexer.children.store import Stored
from indexer.children.stores import Stores
from indexer.errors import Refused
from indexer.matches.records import Record

CHANGED = "The children were changed at this moment: run the same command again."


def survivor_and_gone(stored: Mapping[str, Stored]) -> tuple[str, str]:
    """Return the number that stays, that of the child with more rows, and the other."""
    rows = {number: len(one.child.contributions) for number, one in stored.items()}
    survivor, gone = sorted(rows, key=lambda number: (-rows[number], number))
    return survivor, gone


def unite(stores: Stores, stored: Mapping[str, Stored], survivor: str, gone: str) -> None:
    """Give `survivor` all rows of `gone`, whose number finds it from now on.

    Raises Refused if somebody wrote either meanwhile, or shielded one: nothing is lost then.
    """
    plan = _plan(stored)
    hood = plan.hood
    _move(plan, list(hood.members[gone]), survivor)
    hood.former[survivor] |= {gone, *hood.former.pop(gone)}
    hood.changed |= {survivor, gone}
    plan.gone[gone] = survivor
    _write(stores, stored, plan)


def finish(stores: Stores, survivor: Stored, record: Record) -> None:
    """Let the links of what was united lead to the child: a run may have died before it did."""
    number = survivor.child.number
    plan = _plan({number: survivor})
    _move(plan, [key for key in record.rows if key in plan.hood.homes], number)
    _write(stores, {number: survivor}, plan)


def part_again(stores: Stores, stored: Mapping[str, Stored], record: Record) -> None:
    """Give the child who was no more its number and those of its rows that are still there.

    `stored` is the child whom two became, and the other too if this died half-way before. Raises
    Refused as `unite` does, or if there is nothing to part.
    """
    plan = _plan(stored)
    hood, gone = plan.hood, record.gone
    [survivor] = stored.keys() - {gone}
    rows = [key for key in record.rows if key in hood.homes]
    left = {(one.source, one.source_record_id) for one in stored[survivor].child.contributions}
    if not rows or left.issubset(rows):
        raise Refused("Its rows are no longer in the child that it became: nothing can be parted.")
    _move(plan, rows, gone)
    hood.former[survivor] -= {gone, *record.former}
    hood.former[gone] = set(record.former)
    hood.changed |= {survivor, gone}
    _write(stores, stored, plan)
    stores.links.release(stores.links.read([number_key(gone)]))


def _plan(stored: Mapping[str, Stored]) -> Plan:
    """Rows that stand in both are what a run left that died."""
    hood = Neighbourhood(stored)
    return Plan(hood, moved=set(hood.doubled))


def _move(plan: Plan, rows: Iterable[RowKey], number: str) -> None:
    hood = plan.hood
    for key in rows:
        hood.put(number, hood.members[hood.homes[key]][key])
        plan.moved.add(key)


def _write(stores: Stores, stored: Mapping[str, Stored], plan: Plan) -> None:
    now = stores.world.now().isoformat(timespec="seconds")
    known = Known("", "", now, now, links={}, stored=stored, hidden=frozenset())
    if write_moves(stores, known, plan, frozenset()) != Conflicts():
        raise Refused(CHANGED)
