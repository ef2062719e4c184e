"""Finds the children whom a shield awaits among the rows of a batch, and hides them first.

What a row's child is to be is known from the plan; if a shield waits for the row, that child is
said to have arrived, marked, and moved, before anything of it is written. Then the batch is planned
again, as about a hidden child.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from indexer.children.child import Facts
from indexer.children.known import Known
from indexer.children.likeness import RowKey
from indexer.children.links import number_keys, row_key
from indexer.children.planned import Plan
from indexer.children.stores import Stores
from indexer.feeds.rows import Row
from indexer.shields.events import name_key


def awaited_children(
    stores: Stores, known: Known, plan: Plan, rows: Iterable[Row]
) -> dict[str, set[str]]:
    """Return the children of the plan whom shields await, with those shields.

    A child may be hidden already, for what another shield holds it for, say: its own must still
    learn that it came, or it would hide nobody once that other lets the child go.
    """
    if not stores.awaited.awaits_anybody():
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    hidden: dict[str, set[str]] = defaultdict(set)
    for key, shields in _awaiting(stores, known, rows):
        if home := plan.home(key):
            found[home] |= shields
        elif home := plan.hidden_home(key):
            hidden[home] |= shields
    return {**found, **stores.awaited.still_awaited(hidden)} if hidden else found


def _awaiting(
    stores: Stores, known: Known, rows: Iterable[Row]
) -> Iterator[tuple[RowKey, set[str]]]:
    """Yield the rows that shields wait for, with those shields."""
    for row in rows:
        key = (known.source, row.source_record_id)
        keys = awaited_keys(*key, row.facts) if row.facts else ()
        if shields := stores.awaited.shields_for(keys):
            yield key, shields


def hide_arrivals(
    stores: Stores, known: Known, plan: Plan, children: Mapping[str, Iterable[str]]
) -> Known:
    """Hide these children, whom shields await; return what is known then."""
    stores.awaited.arrive(children, known.load)
    stores.placer.hide(children)
    homes = [*plan.hood.homes.items(), *((key, one.number) for key, one in plan.held.items())]
    return replace(
        known,
        stored={number: one for number, one in known.stored.items() if number not in children},
        hidden=known.hidden.union(children),
        # No link says so of a new child, nor of one whom only likeness found.
        arrived={key: home for key, home in homes if home in children},
        come=known.come.union(children),
    )


def awaited_keys(source: str, source_record_id: str, facts: Facts) -> Iterator[str]:
    """Yield all that a shield could wait under for the child of whom a row says this."""
    yield row_key(source, source_record_id)
    yield from number_keys(facts)
    yield from _name_keys(facts)


def _name_keys(facts: Facts) -> Iterator[str]:
    names = {f"{facts.given_names} {facts.family_name}"}
    if facts.known_as:
        names.add(f"{facts.known_as} {facts.family_name}")
    names |= {f"{one.given_names} {one.family_name}" for one in facts.former_names}
    return (name_key(name, facts.date_of_birth) for name in sorted(names))
