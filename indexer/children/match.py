"""Decides whether a row without a known number is surely about a child who is there already.

Only what leaves no doubt links by itself. Twins and siblings share family name, address, carers,
and twins the date: so the given name must be the same name, not one that is near it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from analyzers.compare import Evidence, compare
from analyzers.fields import block_keys
from analyzers.fold import fold
from indexer.children.child import Child, Facts
from indexer.children.document import build_identity, facts_identity
from indexer.children.store import ChildStore
from indexer.feeds.rows import Row

SAME_GIVEN = frozenset({"exact", "written", "joined", "known_as", "former", "form", "short"})
SAME_FAMILY = SAME_GIVEN | {"edit", "sounds"}
LITERAL = frozenset({"exact", "written", "joined"})
MOST_IN_BLOCK = 100  # children under one key
MISTYPED_DATE = frozenset({"swapped", "digit"})


def sure_matches(children: ChildStore, source: str, rows: Iterable[Row]) -> dict[int, str]:
    """Return row number → child for those of the rows that leave no doubt; one request.

    Children are found by block keys, so two records of one child meet if a date and a sound, both
    sounds and the year, or a postcode and a sound agree.
    """
    facts = {row.number: row.facts for row in rows if row.facts}
    keys = {number: block_keys(facts_identity(one)) for number, one in facts.items()}
    near: dict[str, dict[str, Child]] = defaultdict(dict)
    for child in children.sharing(sorted(set().union(*keys.values()))):
        if not _is_known_to(child, source):
            for key in block_keys(build_identity(child)):
                near[key][child.number] = child
    sure: dict[int, str] = {}
    for number, one in facts.items():
        match = sure_match(one, _candidates(near, keys[number]))
        # One source has one record of a child: the second row of a batch that fits is another's,
        # as it would be in the next batch.
        if match and match not in sure.values():
            sure[number] = match
    return sure


def _is_known_to(child: Child, source: str) -> bool:
    """Has the source a record of this child already? Then another record is another child's."""
    return any(one.source == source for one in child.contributions)


def _candidates(near: Mapping[str, dict[str, Child]], keys: Iterable[str]) -> Iterable[Child]:
    """Return the children who share a key that tells anything: one that hundreds share, such as a
    common name with 1 January, would cost minutes and decide nothing."""
    found: dict[str, Child] = {}
    for key in keys:
        if len(near.get(key, ())) <= MOST_IN_BLOCK:
            found |= near.get(key, {})
    return found.values()


def sure_match(facts: Facts, candidates: Iterable[Child]) -> str | None:
    """Return the number of the one child the row is surely about; None if none is, or several."""
    sure = {child.number for child in candidates if _is_sure(facts, child)}
    return sure.pop() if len(sure) == 1 else None


def _is_sure(facts: Facts, child: Child) -> bool:
    # The cheap questions first: comparing names costs a hundred times as much.
    if _is_another(facts, child) or not _is_near(facts, child):
        return False
    evidence = compare(facts_identity(facts), build_identity(child))
    given, family = _kinds(evidence, "given"), _kinds(evidence, "family")
    if not (given and given[0] in SAME_GIVEN and family and set(family) <= SAME_FAMILY):
        return False
    (born,) = _kinds(evidence, "born")
    is_literal = given[0] in LITERAL and set(family) <= LITERAL
    return born == "same" or (born in MISTYPED_DATE and is_literal)


def _is_another(facts: Facts, child: Child) -> bool:
    """Say whether a number or the sex speaks of another child."""
    return (
        bool(facts.nhs_number and child.nhs_numbers)
        or bool(facts.upn and child.upns)
        or {facts.sex, child.facts.sex} == {"female", "male"}
    )


def _kinds(evidence: Iterable[Evidence], field: str) -> list[str]:
    return [one.kind for one in evidence if one.field == field]


def _is_near(facts: Facts, child: Child) -> bool:
    """Have they a postcode, current or former, or a carer in common?"""
    addresses = (child.facts.address, *child.former_addresses)
    postcodes = {address.postcode for address in addresses if address}
    if facts.address and facts.address.postcode and facts.address.postcode in postcodes:
        return True
    own = {fold(carer.name) for carer in facts.carers}
    return not own.isdisjoint(fold(carer.name) for carer in child.facts.carers)
