"""The children found, best first, 25 a page."""

from dataclasses import dataclass, replace
from datetime import date

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from indexer.errors import QuestionRefused
from webapp.pages import pages
from webapp.pages.search import SearchPage
from webapp.search.answer import Answer, Found
from webapp.search.narrowing import narrowing
from webapp.search.question import Question, parse_question
from webapp.service import service
from webapp.tokens import Asked

A_PAGE = 25


@dataclass(frozen=True)
class Row:
    """One child, its place in the list from 1, and the address of the reason page."""

    place: int
    found: Found
    address: str


@dataclass(frozen=True)
class ResultsPage:
    """`previous` and `next` are addresses, empty where there is no such page."""

    title: str
    is_number: bool
    narrowing: tuple[str, ...]
    text: str
    answer: Answer
    rows: tuple[Row, ...]
    page: int
    pages: int
    previous: str
    next: str
    today: date
    helpdesk: str


@pages.get("/results/<token>")
def results(token: str) -> ResponseReturnValue:
    asked = service().tokens.open("results", g.reader.name, token)
    try:
        question = parse_question(asked.text, today=service().world.today())
        answer = service().gate_for(g.reader).find(question, g.reader)
    except QuestionRefused as error:
        page = SearchPage(asked.text, str(error))
        return render_template("search.html", page=page), error.status
    g.checked_at = answer.checked_at
    return render_template("results.html", page=build_results_page(asked, question, answer))


def build_results_page(asked: Asked, question: Question, answer: Answer) -> ResultsPage:
    """Return the part of an answer that stands on one page."""
    count = max(1, -(-len(answer.found) // A_PAGE))
    first = (asked.page - 1) * A_PAGE
    shown = enumerate(answer.found[first : first + A_PAGE], start=first + 1)
    return ResultsPage(
        title=results_title(question, answer)
        + (f", page {asked.page} of {count}" if count > 1 else ""),
        is_number=bool(question.number),
        narrowing=narrowing(question),
        text=asked.text,
        answer=answer,
        rows=tuple(Row(place, found, _reason_address(asked, found)) for place, found in shown),
        page=asked.page,
        pages=count,
        previous=results_address(asked, asked.page - 1) if asked.page > 1 else "",
        next=results_address(asked, asked.page + 1) if asked.page < count else "",
        today=service().world.today(),
        helpdesk=service().helpdesk,
    )


def results_title(question: Question, answer: Answer) -> str:
    """Return what was found, in a few words; nothing of a child or of what was typed."""
    count = len(answer.found)
    if answer.too_many:
        return "Too many children match"
    if not count:
        return "No child found with this number" if question.number else "No child found"
    if answer.more:
        return f"The {count} best matches"
    return "1 child found" if count == 1 else f"{count} children found"


def results_address(asked: Asked, page: int) -> str:
    """Return the address of one page of the same search."""
    sealed = service().tokens.seal("results", g.reader.name, Asked(asked.text, page))
    return url_for("pages.results", token=sealed)


def _reason_address(asked: Asked, found: Found) -> str:
    carried = replace(asked, number=found.child, is_double=found.is_double)
    sealed = service().tokens.seal("reason", g.reader.name, carried)
    return url_for("pages.reason", token=sealed)
