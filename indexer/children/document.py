"""A child as a document of a build, and back."""

from typing import Any

import msgspec

from analyzers.blocks import block_keys
from analyzers.fields import written_fields
from analyzers.identity import Born, Identity, PersonName
from indexer.children.child import Address, Child, Contribution
from indexer.children.profile import household_keys
from indexer.shapes import reader

Document = dict[str, Any]
_read_child = reader(Child)


class Derived(msgspec.Struct, frozen=True):
    """What a child is found by: who it is, and its block keys."""

    identity: Identity
    blocks: frozenset[str]


def build_document(child: Child, derived: Derived | None = None) -> Document:
    """Return all that is written of a child: the record, its contributions, the search fields.

    `derived` is made here unless somebody has it already. Values and dates inside are left to the
    client's serializer, which writes them faster.
    """
    facts = child.facts
    derived = derived or Derived(build_identity(child), child_blocks(child))
    document = {
        "number": child.number,
        "former_numbers": child.former_numbers,
        # Every document in a build says so itself: a missing flag hides (docs/RULES.md).
        "shielded": False,
        "given_names": facts.given_names,
        "family_name": facts.family_name,
        "known_as": facts.known_as,
        "former_names": facts.former_names,
        "date_of_birth": facts.date_of_birth,
        "date_of_death": facts.date_of_death,
        "sex": facts.sex,
        "authority": facts.authority,
        "nhs_number": facts.nhs_number,
        "nhs_numbers": child.nhs_numbers,
        "upn": facts.upn,
        "upns": child.upns,
        "address": facts.address,
        "former_addresses": child.former_addresses,
        "carers": facts.carers,
        "involvements": facts.involvements,
        "contributions": child.contributions,
        "blocks": list(derived.blocks | household_keys(child.contributions)),
        **written_fields(derived.identity),
    }
    return {name: value for name, value in document.items() if value or value is False}


def child_blocks(child: Child) -> frozenset[str]:
    """Return the block keys by every contribution's own dates and places: a row is alike to what
    one of them says."""
    return frozenset().union(*(block_keys(build_identity(one)) for one in child.contributions))


def build_identity(of: Child | Contribution) -> Identity:
    """Return what tells this child, or the child one contribution speaks of, from another."""
    facts = of.facts
    names = [PersonName(facts.given_names, facts.family_name)]
    if facts.known_as:
        names.append(PersonName(facts.known_as, facts.family_name, "known_as"))
    names += [PersonName(one.given_names, one.family_name, "former") for one in facts.former_names]
    return Identity(
        names=tuple(names),
        born=Born(facts.date_of_birth, facts.date_of_birth),
        sex=facts.sex,
        postcodes=_postcodes((facts.address,)),
        former_postcodes=_postcodes(of.former_addresses),
        authority=facts.authority,
        carers=tuple([carer.name for carer in facts.carers]),
    )


def _postcodes(addresses: tuple[Address | None, ...]) -> tuple[str, ...]:
    return tuple([one.postcode for one in addresses if one and one.postcode])


def parse_document(source: Document) -> Child:
    """Return the child that `build_document` wrote, from the document's `_source`."""
    return _read_child({**source, "facts": source})
