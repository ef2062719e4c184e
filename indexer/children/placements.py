"""What a child is to become, by what was planned."""

from collections.abc import Mapping
from dataclasses import replace

from msgspec import structs

from indexer.children.child import Child, Contribution
from indexer.children.combine import combine
from indexer.children.document import Derived, build_identity
from indexer.children.known import Known
from indexer.children.likeness import Member, RowKey
from indexer.children.place import Placement
from indexer.children.planned import Plan

FIRST_REVISION = 1  # that Elasticsearch gives to what it creates


def placement(
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


def as_before(known: Known, number: str) -> Placement:
    """Return what the child was before it was written once."""
    stored = known.stored.get(number)
    if stored is None:
        return Placement(number, FIRST_REVISION, None)
    return Placement(number, stored.revision + 1, stored.child)


def after(placement: Placement, written: set[str]) -> Placement:
    """Return the placement as it follows the one of the same child just written."""
    if placement.revision is None or placement.number not in written:
        return placement
    return replace(placement, revision=placement.revision + 1)


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
