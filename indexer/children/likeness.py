"""Judges two contributions: one child beyond doubt, certainly two, or neither.

Twins and siblings share family name, address, carers, and twins the date: so the given name must
be the same name, not one that is near it.
"""

from collections.abc import Iterable
from functools import cached_property

from analyzers.blocks import block_keys, carer_name
from analyzers.compare import Evidence, compare
from analyzers.fold import fold, words
from analyzers.identity import Identity
from analyzers.kin import kin_tokens
from indexer.children.child import PRACTITIONERS, Contribution, Facts
from indexer.children.document import build_identity
from indexer.children.headline import is_not_yet_named
from indexer.children.links import number_keys

SAME_GIVEN = frozenset({"exact", "written", "joined", "known_as", "former", "form", "short"})
SAME_FAMILY = SAME_GIVEN | {"edit", "sounds"}
ANY_GIVEN = SAME_GIVEN | {"initial"}
LITERAL = frozenset({"exact", "written", "joined"})
MISTYPED_DATE = frozenset({"swapped", "digit"})

MOST_DIFFERENCES = 2  # in date of birth, given name and the other number

RowKey = tuple[str, str]
"""Source and source_record_id."""


class Member:
    """A contribution with what is asked of it again and again."""

    def __init__(self, contribution: Contribution) -> None:
        self.contribution = contribution
        self.facts: Facts = contribution.facts
        self.key: RowKey = (contribution.source, contribution.source_record_id)
        self.numbers = number_keys(self.facts)

    @cached_property
    def identity(self) -> Identity:
        return build_identity(self.contribution)

    @cached_property
    def name(self) -> str:
        return fold(f"{self.facts.given_names} {self.facts.family_name}")

    @cached_property
    def blocks(self) -> set[str]:
        """The keys of which any two members that are alike share one."""
        return block_keys(self.identity)

    @cached_property
    def carers(self) -> frozenset[str]:
        return frozenset(map(carer_name, self.identity.carers)) - {""}

    @cached_property
    def postcodes(self) -> frozenset[str]:
        return frozenset((*self.identity.postcodes, *self.identity.former_postcodes))

    @cached_property
    def given(self) -> frozenset[str]:
        """The words of all given names, and the groups of names they belong to."""
        texts = [self.facts.given_names, self.facts.known_as]
        texts += [name.given_names for name in self.facts.former_names]
        found = [word for text in texts for word in words(text)]
        return frozenset((*found, *(token for word in found for token in kin_tokens(word))))


def share_number(one: Member, other: Member) -> bool:
    """Have they an NHS number or UPN in common?

    Where two of these differ it is a number mistyped, or a twin's, and says nothing: the date of
    birth, the given name, the other number. The family name does not count: siblings share it. A
    baby may have no name yet.
    """
    if set(one.numbers).isdisjoint(other.numbers):
        return False
    ours, theirs = one.facts, other.facts
    differences = (
        ours.date_of_birth != theirs.date_of_birth,
        bool(one.given and other.given and one.given.isdisjoint(other.given)),
        _differ(ours.nhs_number, theirs.nhs_number) or _differ(ours.upn, theirs.upn),
    )
    return sum(differences) < MOST_DIFFERENCES


def contradict(one: Member, other: Member) -> bool:
    """Does anything say that these are two children? One source has one record of a child, but for
    practitioners, of whom each has one."""
    if one.key[0] == other.key[0] != PRACTITIONERS:
        return True
    ours, theirs = one.facts, other.facts
    return (
        _differ(ours.nhs_number, theirs.nhs_number)
        or _differ(ours.upn, theirs.upn)
        or {ours.sex, theirs.sex} == {"female", "male"}
    )


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def are_alike(one: Member, other: Member) -> bool:
    """Is there no doubt that they are one child, though no number says so?

    Asked of any two in one order, so that it plays no part which came first.
    """
    # The cheap questions first: comparing names costs a hundred times as much.
    if contradict(one, other) or not _are_near(one, other):
        return False
    if is_not_yet_named(one.facts.given_names) or is_not_yet_named(other.facts.given_names):
        return False  # of twins both may be called Baby
    first, second = sorted((one, other), key=lambda member: member.key)
    evidence = compare(first.identity, second.identity)
    given, family = _kinds(evidence, "given"), _kinds(evidence, "family")
    if not (given and given[0] in SAME_GIVEN and family and set(family) <= SAME_FAMILY):
        return False
    if set(given) - ANY_GIVEN and _given_kinds(second, first) - ANY_GIVEN:
        return False  # each has a given name that the other has not: Mary Kate and Mary Ashley
    (born,) = _kinds(evidence, "born")
    is_literal = given[0] in LITERAL and set(family) <= LITERAL
    return born == "same" or (born in MISTYPED_DATE and is_literal)


def may_be_one(ours: Iterable[Member], theirs: Iterable[Member]) -> bool:
    """Should a person look whether these are one child, where linking left two? They have a number
    in common, though too much differs; or two of their rows are alike but for a slip in the given
    name, or a baby's that was not given yet."""
    pairs = [(one, other) for one in ours for other in theirs]
    return any(
        not set(one.numbers).isdisjoint(other.numbers) or _are_similar(one, other)
        for one, other in pairs
    )


def _are_similar(one: Member, other: Member) -> bool:
    if contradict(one, other) or not _are_near(one, other):
        return False
    evidence = compare(one.identity, other.identity)
    given, family = _kinds(evidence, "given"), _kinds(evidence, "family")
    unnamed = [is_not_yet_named(each.facts.given_names) for each in (one, other)]
    is_slip = any(unnamed) or bool(given and given[0] in SAME_FAMILY)
    (born,) = _kinds(evidence, "born")
    return is_slip and set(family) <= SAME_FAMILY and born in {"same", *MISTYPED_DATE}


def _given_kinds(asked: Member, stored: Member) -> set[str]:
    return set(_kinds(compare(asked.identity, stored.identity), "given"))


def _are_near(one: Member, other: Member) -> bool:
    """Have they a postcode, current or former, or a carer in common?"""
    return not (one.postcodes.isdisjoint(other.postcodes) and one.carers.isdisjoint(other.carers))


def _kinds(evidence: Iterable[Evidence], field: str) -> list[str]:
    return [one.kind for one in evidence if one.field == field]
