"""Puts candidates in order by the evidence for and against each, and says why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analyzers.compare import Evidence, compare, score
from analyzers.fold import fold
from analyzers.postcodes import parse_postcode
from indexer.children.child import Child
from indexer.children.document import build_identity
from indexer.people.actor import Actor
from webapp.search.answer import Found
from webapp.search.question import Question

SEES_SOURCES = "data-manager"
AGAINST = frozenset({"missing", "different"})
NAME_FIELDS = frozenset({"given", "family", "name"})


@dataclass(frozen=True)
class Verdict:
    """What the evidence about one child comes to; `score` is 0..1."""

    score: float
    whys: tuple[str, ...]
    doubts: tuple[str, ...]


def rank(
    question: Question, children: Sequence[Child], reader: Actor, today: date
) -> tuple[Found, ...]:
    """Return the children as answers, best first.

    Equal ones: the reader's own authority first, then by number, so that order never wavers. A
    child of whose name no typed word speaks is left out.
    """
    found = [
        _found(child, verdict, reader, today)
        for child in children
        if (verdict := judge(question, child))
    ]
    doubles = Counter(map(_name_and_birth, found))
    return tuple(
        replace(one, is_double=doubles[_name_and_birth(one)] > 1)
        for one in sorted(found, key=lambda one: _place(one, reader))
    )


def judge(question: Question, child: Child) -> Verdict | None:
    """Weigh the evidence; None if there is none for this child. A number finds alone, but what
    else was typed is compared all the same: a slip of the clipboard opens the wrong record."""
    evidence = compare(question.identity(), build_identity(child))
    named = [one for one in evidence if one.field in NAME_FIELDS]
    if not question.number and named and all(one.kind in AGAINST for one in named):
        return None
    whys = _sentences(one for one in evidence if one.kind not in AGAINST)
    doubts = _sentences(one for one in evidence if one.kind in AGAINST)
    if question.number:
        return Verdict(1.0, ("the number is the same", *whys), doubts)
    return Verdict(score(evidence), whys, doubts)


def _sentences(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    return tuple(one.sentence for one in evidence if one.sentence)


def _place(found: Found, reader: Actor) -> tuple[float, bool, str]:
    return (-found.score, found.authority != reader.organisation, found.child)


def _name_and_birth(found: Found) -> tuple[str, str, date]:
    return (fold(found.given_names), fold(found.family_name), found.date_of_birth)


def _found(child: Child, verdict: Verdict, reader: Actor, today: date) -> Found:
    facts, address = child.facts, child.facts.address
    postcode = parse_postcode(address.postcode) if address else None
    sources = tuple(f"{one.source}:{one.source_record_id}" for one in child.contributions)
    return Found(
        child=child.number,
        score=verdict.score,
        whys=verdict.whys,
        doubts=verdict.doubts,
        is_double=False,
        given_names=facts.given_names,
        family_name=facts.family_name,
        known_as=facts.known_as,
        date_of_birth=facts.date_of_birth,
        age=age_in_years(facts.date_of_birth, today),
        sex=facts.sex,
        town=address.town if address else "",
        postcode_area=postcode.outward if postcode else "",
        authority=facts.authority,
        sources=sources if reader.role == SEES_SOURCES else None,
    )


def age_in_years(born: date, today: date) -> int:
    """Return completed years; someone born on 29 February is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
