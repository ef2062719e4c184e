"""Which links a batch asks for, once its rows have been given their children. Pure."""

from collections.abc import Iterable, Mapping

from indexer.children.known import Known
from indexer.children.likeness import Member
from indexer.children.links import Link, number_keys, row_key
from indexer.children.planned import Plan
from indexer.feeds.rows import Row


def ask_for_links(
    plan: Plan, known: Known, rows: Iterable[Row], members: Mapping[int, Member]
) -> None:
    """Let `plan` ask for the links of rows that were given their child."""
    for row in rows:
        key = (known.source, row.source_record_id)
        hidden, held = plan.hidden_home(key), plan.held.get(key)
        child = hidden or plan.home(key)
        if row.number in plan.outcomes and row.facts and child:
            _ask_for_own(plan, known, row, child)
            if not held:
                numbers = members[row.number].numbers
                _ask_for_numbers(plan, known, numbers, child, is_hidden=hidden is not None)


def _ask_for_own(plan: Plan, known: Known, row: Row, number: str) -> None:
    own = known.own_link(row)
    is_held = (known.source, row.source_record_id) in plan.held
    version = own.version if own else None
    wanted = Link((number,), known.source, row.digest, known.load, is_held, version=version)
    if wanted != own:
        plan.links[row_key(known.source, row.source_record_id)] = wanted


def _ask_for_numbers(
    plan: Plan, known: Known, keys: Iterable[str], number: str, *, is_hidden: bool
) -> None:
    for key in keys:
        link = plan.links.get(key) or known.links.get(key)
        if is_hidden and link:
            continue  # a number that another has: they must not become hidden with this one
        # Who is there is not taken out here: what is known of them may be old, for a batch
        # writes its links first and then its children (number_links.py does it).
        there = (plan.hood.members, known.hidden)
        linked = link.children if link else ()
        others = [one for one in linked if any(one in some for some in there)]
        children = tuple(sorted({number, *others}))
        # Written anew also for a child who comes by a number that leads to it already: another
        # batch may be about to take it out, for it has not got it yet.
        if link is None or link.children != children or not _had(known, number, key):
            version = link.version if link else None
            plan.links[key] = Link(children, load=known.load, version=version)


def _had(known: Known, number: str, key: str) -> bool:
    """Is the child stored with the number?"""
    stored = known.stored.get(number)
    said = stored.child.contributions if stored else ()
    return number in known.hidden or any(key in number_keys(one.facts) for one in said)
