"""What somebody else wrote while a batch was being written, and which rows must be tried again."""

from dataclasses import dataclass

from indexer.children.known import Known
from indexer.children.links import number_keys, row_key
from indexer.children.planned import Plan
from indexer.feeds.rows import Row


@dataclass(frozen=True)
class Conflicts:
    """Links and children that somebody else wrote meanwhile; `is_all` if nothing is settled."""

    links: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    is_all: bool = False


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
