"""Finds, when a shield is set, the children in the builds who may be the same child, and those who
live with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analyzers.blocks import block_keys, household_key
from analyzers.closeness import swapped
from analyzers.compare.evidence import Field
from analyzers.compare.nearness import nearness, shield_weight
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
Agreed = tuple[Field, str]
_NUMBER: Agreed = ("number", "same")
_PLACE: Agreed = ("place", "same")
_CARER: Agreed = ("carer", "same")
_BORN: Agreed = ("born", "same")
_GIVEN: Agreed = ("given", "exact")
_FAMILY: Agreed = ("family", "exact")


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
    others have: the ways of indexer/shields/near_index.py as clauses. They count what weights.csv
    says of them, and who is called alike comes before others, so that those at one large address
    never stand in front of who is near."""
    ways = [
        {"constant_score": {"filter": clause, "boost": sum(shield_weight(*one) for one in said)}}
        for clause, said in _ways(profile)
        if not _asks_for_nothing(clause)
    ]
    words_of = _any_of(_related(*_words(profile)))
    alike = {"constant_score": {"filter": words_of, "boost": shield_weight(*_GIVEN)}}
    return {"bool": {"must": [_any_of(ways)], "should": [alike]}}


def _ways(profile: Profile) -> Iterator[tuple[Clause, Sequence[Agreed]]]:
    """Yield each way, and what agrees by it."""
    nhs_numbers = _terms("nhs_numbers", _numbers(profile, "nhs:"))
    yield _any_of([nhs_numbers, _terms("upns", _numbers(profile, "upn:"))]), [_NUMBER]
    postcodes = _terms("postcodes", [one for one in profile.places if is_postcode(one)])
    homes = _terms("blocks", map(household_key, _households(profile)))
    yield _any_of([postcodes, homes]), [_PLACE]
    for day in profile.dates:
        yield _terms("blocks", _blocks(profile, day)), [_CARER, _BORN]
        yield _born_that_day(day, profile), [_BORN, _GIVEN, _FAMILY]
    carers = _terms("blocks", map(household_key, profile.carers))
    for names in _same_names(profile):
        yield _all_of([carers, *names]), [_CARER, _GIVEN, _FAMILY]


def _numbers(profile: Profile, kind: str) -> list[str]:
    return [one.removeprefix(kind) for one in profile.numbers if one.startswith(kind)]


def _blocks(profile: Profile, day: date) -> set[str]:
    return block_keys(Identity(born=Born(day, day), carers=tuple(sorted(profile.carers))))


def _born_that_day(day: date, profile: Profile) -> Clause:
    days = [one.isoformat() for one in (day, *swapped(day))]
    return _all_of([_terms("born", days), _any_of(_related(*_words(profile)))])


def _words(profile: Profile) -> tuple[set[str], set[str]]:
    """Return the words of all names, and those that neighbours make when written in one."""
    said = [words(text) for name in profile.names for text in (name.given, name.family)]
    joins = {join for some in said for join in joins_of(some)}
    return {word for some in said for word in some}, joins


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


def _same_names(profile: Profile) -> Iterator[list[Clause]]:
    """Yield, for each name, who has a word of the given and one of the family name, or forms."""
    for name in profile.names:
        given, family = words(name.given), words(name.family)
        if given and family and profile.carers:
            yield [_any_of(_forms(given)), _any_of(_forms(family))]


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
    asked = [one for one in clauses if not _asks_for_nothing(one)]
    return {"bool": {"should": asked, "minimum_should_match": 1}}


def _asks_for_nothing(clause: Clause) -> bool:
    asked = clause["terms"].values() if "terms" in clause else clause.get("bool", clause).values()
    return not all(asked)


def _all_of(clauses: Iterable[Clause]) -> Clause:
    return {"bool": {"filter": list(clauses)}}
