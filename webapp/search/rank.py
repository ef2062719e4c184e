"""Puts candidates in order by the evidence for and against each, and says why."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from analyzers.clauses import asked_words
from analyzers.compare import NAME_FIELDS, Evidence, compare, score
from analyzers.fold import fold, words
from analyzers.identity import Identity
from analyzers.postcodes import parse_postcode
from indexer.age import age_in_years
from indexer.children.child import PRACTITIONERS, Child
from indexer.children.document import build_identity
from indexer.people.actor import Actor
from webapp.search.answer import Found
from webapp.search.question import Question
from webapp.search.sensitive import without_sensitive_sources
from webapp.search.siblings import twins_among

SEES_SOURCES = "data-manager"
AGAINST = frozenset({"missing", "different"})
MAY_BE_CHANCE = AGAINST | {"begins", "two_edits", "nearly_heard"}
"""Kinds of evidence of a word that are no reason to look for nobody else: of eleven million
children nearly always some meet a word so."""
SLIGHT_FOR_CHANCE = 2
"""Words met slightly (Evidence.is_slight) that are together as good as one met by chance."""
TELLS_LITTLE = AGAINST | {"nearly_heard", "initial"}
"""Kinds of evidence of a word that list nobody by ear: very many names sound a little like another,
and begin with the same letter."""
NUMBER_IS_SAME = Evidence("number", "same", "the number is the same")


class Named(IntEnum):
    """How far the words of a question speak for a child: not at all, so that it is left out; a
    little, perhaps by chance; or each of them, by more than chance."""

    NOT = 0
    LOOSELY = 1
    CLOSELY = 2


class Verdict(NamedTuple):
    """What the evidence about one child comes to; `score` is 0..1."""

    child: Child
    score: float
    evidence: Sequence[Evidence]


def rank(
    question: Question,
    children: Sequence[Child],
    reader: Actor,
    today: date,
    *,
    by_ear: Set[str] = frozenset(),
) -> tuple[Found, ...]:
    """Return the children as answers, best first; `by_ear` are the numbers of those who were only
    found because a word of their names is nearly what was heard.

    Equal ones: the reader's own authority first, then by number, so that order never wavers. A
    child of whose name no typed word speaks is left out.
    """
    asked = question.identity()
    judge = _judge_by_number if question.number else _judge
    judged = (
        (_judge_by_ear if child.number in by_ear else judge)(asked, child) for child in children
    )
    verdicts = [verdict for verdict in judged if verdict]
    verdicts.sort(key=_place_for(reader))
    children = [one.child for one in verdicts]
    doubles, twins = _doubles(children), twins_among(children)
    shown = Shown(today, reader.role == SEES_SOURCES)
    found = [_found(one, shown, is_double=one.child.number in doubles) for one in verdicts]
    return tuple([replace(one, is_twin=True) if one.child in twins else one for one in found])


def how_named(asked: Identity, child: Child, *, by_ear: bool = False) -> Named:
    """Say how far the typed words speak for this child. On the day of birth, or at the whole
    postcode, one of two or more may be missing, or met by chance."""
    verdict = (_judge_by_ear if by_ear else _judge)(asked, child)
    if verdict is None:
        return Named.NOT
    named = [one for one in verdict.evidence if one.field in NAME_FIELDS]
    kinds = [one.kind for one in named]
    doubtful = sum(kind in MAY_BE_CHANCE for kind in kinds)
    doubtful += sum(one.is_slight for one in named) >= SLIGHT_FOR_CHANCE
    if "initial" in kinds:
        doubtful += max(0, kinds.count("initial") - _initials_for_names(asked, child))
    may_be = int(len(kinds) > 1 and _is_certain(asked, verdict.evidence))
    return Named.CLOSELY if doubtful <= may_be else Named.LOOSELY


def _initials_for_names(asked: Identity, child: Child) -> int:
    """Return how many of the typed words are an initial that the record does not have itself."""
    said = (text for name in build_identity(child).names for text in (name.given, name.family))
    stored = {word for text in said for word in words(text)}
    return sum(len(word) == 1 and word not in stored for word in asked_words(asked))


def _is_certain(asked: Identity, evidence: Iterable[Evidence]) -> bool:
    postcode = parse_postcode(asked.postcodes[0]) if asked.postcodes else None
    certain = {
        "born": asked.born is not None and asked.born.day is not None,
        "postcode": postcode is not None and bool(postcode.inward),
    }
    return any(one.kind == "same" and certain.get(one.field) for one in evidence)


def _judge(asked: Identity, child: Child) -> Verdict | None:
    """Weigh the evidence; None if no typed word speaks for this child."""
    return _verdict(child, compare(asked, build_identity(child)), AGAINST)


def _judge_by_ear(asked: Identity, child: Child) -> Verdict | None:
    """The same where a word may be nearly what was heard; another must be closer then."""
    return _verdict(child, compare(asked, build_identity(child), by_ear=True), TELLS_LITTLE)


def _verdict(child: Child, evidence: list[Evidence], little: frozenset[str]) -> Verdict | None:
    """Return it unless the evidence of every word is of kinds that tell too `little`."""
    named = [one.kind for one in evidence if one.field in NAME_FIELDS]
    if named and little.issuperset(named):
        return None
    return Verdict(child, score(evidence), evidence)


def _judge_by_number(asked: Identity, child: Child) -> Verdict:
    """A number finds alone, but what else was typed is compared all the same: a slip of the
    clipboard opens the wrong record."""
    return Verdict(child, 1.0, [NUMBER_IS_SAME, *compare(asked, build_identity(child))])


def _place_for(reader: Actor) -> Callable[[Verdict], tuple[float, bool, str]]:
    def place(verdict: Verdict) -> tuple[float, bool, str]:
        child = verdict.child
        return -verdict.score, child.facts.authority != reader.organisation, child.number

    return place


def _doubles(children: Sequence[Child]) -> frozenset[str]:
    """Return the numbers of children who have another's name and date of birth."""
    days = Counter([child.facts.date_of_birth for child in children])
    suspects = [child for child in children if days[child.facts.date_of_birth] > 1]
    persons = Counter(map(_name_and_birth, suspects))
    return frozenset(one.number for one in suspects if persons[_name_and_birth(one)] > 1)


def _name_and_birth(child: Child) -> tuple[str, str, date]:
    facts = child.facts
    return (fold(facts.given_names), fold(facts.family_name), facts.date_of_birth)


class Shown(NamedTuple):
    """What all children of an answer are shown by: the day, and whether their sources too."""

    today: date
    with_sources: bool


def _found(verdict: Verdict, shown: Shown, *, is_double: bool) -> Found:
    child, facts = verdict.child, verdict.child.facts
    address = facts.address
    postcode = parse_postcode(address.postcode) if address else None
    whys, doubts = _told(verdict.evidence)
    return Found(
        child=child.number,
        score=verdict.score,
        whys=whys,
        doubts=doubts,
        is_double=is_double,
        given_names=facts.given_names,
        family_name=facts.family_name,
        known_as=facts.known_as,
        date_of_birth=facts.date_of_birth,
        age=age_in_years(facts.date_of_birth, shown.today),
        sex=facts.sex,
        town=address.town if address else "",
        postcode_area=postcode.outward if postcode else "",
        authority=facts.authority,
        sources=_sources(child) if shown.with_sources else None,
    )


def _told(evidence: Iterable[Evidence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sentences for and those against."""
    whys: list[str] = []
    doubts: list[str] = []
    for one in evidence:
        if one.sentence:
            (doubts if one.kind in AGAINST else whys).append(one.sentence)
    return tuple(whys), tuple(doubts)


def _sources(child: Child) -> tuple[str, ...]:
    """Return the rows a data manager can put right at their source: not those that practitioners
    wrote, whose ids are of a person's name."""
    said = without_sensitive_sources(child).contributions
    rows = [one for one in said if one.source != PRACTITIONERS]
    return tuple(f"{one.source}:{one.source_record_id}" for one in rows)
