"""Finds, when a shield is set, the children in the builds who may be the same child, and those who
live with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from analyzers.blocks import block_keys, household_key
from analyzers.closeness import swapped
from analyzers.compare.nearness import nearness
from analyzers.fold import words
from analyzers.identity import Born, Identity
from analyzers.kin import kin_tokens
from analyzers.profile import Profile, is_postcode
from analyzers.sounds import sounds
from analyzers.tiers import SHORTEST_BEGINNING, edit_tokens, joins_of
from indexer.children.profile import build_profile
from indexer.children.store import ChildStore

MOST = 3_000
"""Children looked at for one who is shielded, those first who have most in common: thousands may be
at one address, as of a hostel."""

Clause = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """The numbers of those who may be the same child, and of those of the same household."""

    near: frozenset[str] = frozenset()
    household: frozenset[str] = frozenset()


def find_near(store: ChildStore, shielded: Iterable[Profile]) -> Found:
    """Compare the shielded child with all in the published build, as rows are compared in a load;
    in the state of the last refresh."""
    near, household = set[str](), set[str]()
    for profile in shielded:
        for child in store.fitting(near_clause(profile), MOST):
            said = build_profile(child.contributions)
            if nearness(said, profile).is_near:
                near.add(child.number)
            elif _lives_with(said, profile):
                household.add(child.number)
    return Found(frozenset(near), frozenset(household - near))


def _lives_with(one: Profile, other: Profile) -> bool:
    """At the same address, not only the same postcode; or with the same carer."""
    return not _households(one).isdisjoint(_households(other)) or bool(one.carers & other.carers)


def _households(profile: Profile) -> set[str]:
    return {place for place in profile.places if not is_postcode(place)}


def near_clause(profile: Profile) -> Clause:
    """Return what every child has in common with the shielded one that could be near, and some
    others have: the five ways of indexer/shields/near_index.py as clauses."""
    return _any_of(
        [
            _terms("nhs_numbers", _numbers(profile, "nhs:")),
            _terms("upns", _numbers(profile, "upn:")),
            _terms("postcodes", [one for one in profile.places if is_postcode(one)]),
            _terms("blocks", map(household_key, _households(profile))),
            _terms("blocks", {key for day in profile.dates for key in _blocks(profile, day)}),
            *(_born_that_day(day, profile) for day in profile.dates),
            *_same_names(profile),
        ]
    )


def _numbers(profile: Profile, kind: str) -> list[str]:
    return [one.removeprefix(kind) for one in profile.numbers if one.startswith(kind)]


def _blocks(profile: Profile, day: date) -> set[str]:
    return block_keys(Identity(born=Born(day, day), carers=tuple(sorted(profile.carers))))


def _born_that_day(day: date, profile: Profile) -> Clause:
    days = [one.isoformat() for one in (day, *swapped(day))]
    said = [words(text) for name in profile.names for text in (name.given, name.family)]
    joins = {join for some in said for join in joins_of(some)}
    known = {word for some in said for word in some}
    return _all_of([_terms("born", days), _any_of(_related(known, joins))])


def _related(known: Iterable[str], joins: Iterable[str]) -> Iterator[Clause]:
    """Yield what a word that is related to one of these is stored under."""
    known = sorted(known)
    beginnings = {word[:end] for word in known for end in range(1, len(word) + 1)}
    yield _terms("names", beginnings.union(joins))
    yield _terms("joined", known)
    yield _terms("edits", {token for word in known for token in edit_tokens(word)})
    yield _terms("sounds", {code for word in known for code in sounds(word)})
    yield _terms("kin", {token for word in known for token in kin_tokens(word)})
    for word in known:
        if len(word) >= SHORTEST_BEGINNING or len(word) == 1:
            yield {"prefix": {"names": word}}


def _same_names(profile: Profile) -> Iterator[Clause]:
    """Yield, for each name, who has a word of the given and one of the family name, or forms."""
    for name in profile.names:
        given, family = words(name.given), words(name.family)
        if given and family and profile.carers:
            yield _all_of([_any_of(_forms(given)), _any_of(_forms(family))])


def _forms(known: tuple[str, ...]) -> list[Clause]:
    return [
        _terms("names", {*known, *joins_of(known)}),
        _terms("joined", known),
        _terms("kin", {token for word in known for token in kin_tokens(word)}),
    ]


def _terms(field: str, values: Iterable[str]) -> Clause:
    return {"terms": {field: sorted(values)}}


def _any_of(clauses: Iterable[Clause]) -> Clause:
    """Return what any of the clauses finds; one that asks for nothing is left out."""
    asked = [one for one in clauses if one.get("terms") is None or any(one["terms"].values())]
    return {"bool": {"should": asked, "minimum_should_match": 1}}


def _all_of(clauses: Iterable[Clause]) -> Clause:
    return {"bool": {"must": list(clauses)}}
