"""Puts candidates in order by the evidence for and against each, and says why."""

from collections.abc import Sequence
from datetime import date

from analyzers.compare import compare, score
from analyzers.postcodes import parse_postcode
from indexer.children.child import Child
from indexer.children.document import build_identity
from indexer.people.actor import Actor
from webapp.search.answer import Found
from webapp.search.question import Question

SEES_SOURCES = "data-manager"


def rank(
    question: Question, children: Sequence[Child], reader: Actor, today: date
) -> tuple[Found, ...]:
    """Return the children as answers, best first; equal ones by number, so order never wavers."""
    found = [_found(question, child, reader, today) for child in children]
    return tuple(sorted(found, key=lambda one: (-one.score, one.child)))


def _found(question: Question, child: Child, reader: Actor, today: date) -> Found:
    weight, whys = _weighed(question, child)
    facts, address = child.facts, child.facts.address
    postcode = parse_postcode(address.postcode) if address else None
    sources = tuple(f"{one.source}:{one.source_record_id}" for one in child.contributions)
    return Found(
        child=child.number,
        score=weight,
        whys=whys,
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


def _weighed(question: Question, child: Child) -> tuple[float, tuple[str, ...]]:
    """Return score and whys; a number decides alone."""
    if question.number:
        return 1.0, ("the number is the same",)
    evidence = compare(question.identity(), build_identity(child))
    return score(evidence), tuple(one.sentence for one in evidence if one.sentence)


def age_in_years(born: date, today: date) -> int:
    """Return completed years; someone born on 29 February is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
