"""Puts the shielded children of an officer's authority in the order of a question, in memory: they
are in no build, and some hundreds at most."""

from collections.abc import Iterable
from datetime import date

from indexer.children.child import Child
from indexer.people.actor import Actor
from webapp.search.answer import Found
from webapp.search.question import Question
from webapp.search.rank import rank

MOST = 25


def rank_shielded(
    question: Question, children: Iterable[Child], reader: Actor, today: date
) -> tuple[Found, ...]:
    """Return those who may be meant, the best first, at most 25; by a number exactly that one."""
    meant = [one for one in children if not question.number or question.number in _numbers(one)]
    return rank(question, meant, reader, today)[:MOST]


def _numbers(child: Child) -> set[str]:
    return {child.number, *child.former_numbers, *child.nhs_numbers, *child.upns}
