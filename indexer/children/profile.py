"""What contributions say of who a child is, as the near comparison reads it."""

from collections.abc import Iterable, Iterator, Sequence

from analyzers.blocks import carer_name, household_key, postcode_place
from analyzers.fold import words
from analyzers.identity import PersonName
from analyzers.profile import Profile, address_key, phone_key
from indexer.children.child import Address, Contribution, Facts
from indexer.children.headline import is_not_yet_named
from indexer.children.links import number_keys


def build_profile(contributions: Iterable[Contribution]) -> Profile:
    """Return all that these contributions say."""
    said = tuple(contributions)
    facts = [one.facts for one in said]
    return Profile(
        names=tuple(dict.fromkeys(name for one in facts for name in _names(one))),
        dates=frozenset([one.date_of_birth for one in facts]),
        places=frozenset([place for one in said for place in _places(one)]),
        carers=frozenset([carer_name(c.name) for one in facts for c in one.carers]) - {""},
        numbers=frozenset([key for one in facts for key in number_keys(one)]),
    )


def household_keys(contributions: Sequence[Contribution]) -> frozenset[str]:
    """Return what the households that these contributions name are found by: addresses, carers by
    name and phone, and carers by name. A postcode has a field of its own."""
    said = {key for one in contributions for key in _households(one)}
    said.update([carer_name(carer.name) for one in contributions for carer in one.facts.carers])
    return frozenset([household_key(place) for place in said if place])


def _names(facts: Facts) -> Iterator[PersonName]:
    """Yield every name in full: what a former name leaves out is as it is now."""
    given, family = _given(facts.given_names), facts.family_name
    yield PersonName(given, family)
    if facts.known_as:
        yield PersonName(facts.known_as, family, "known_as")
    for one in facts.former_names:
        yield PersonName(_given(one.given_names) or given, one.family_name or family, "former")


def _given(name: str) -> str:
    """A baby's "Baby" says nothing, and must not be another name than the one it got later."""
    return name if words(name) and not is_not_yet_named(name) else ""


def _places(contribution: Contribution) -> set[str]:
    """Return what tells of one household: addresses, and carers by name and phone."""
    postcodes = {postcode_place(one.postcode) for one in _addresses(contribution) if one.postcode}
    return (postcodes | _households(contribution)) - {""}


def _households(contribution: Contribution) -> set[str]:
    """Return the same but for postcodes; with "" where one of them says too little."""
    found = {address_key(one.lines, one.town) for one in _addresses(contribution)}
    return found.union([phone_key(one.name, one.phone) for one in contribution.facts.carers])


def _addresses(contribution: Contribution) -> list[Address]:
    return [one for one in (contribution.facts.address, *contribution.former_addresses) if one]
