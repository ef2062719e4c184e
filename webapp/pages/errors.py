"""Turns every error into a page; the one table of words is errors.json."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from markupsafe import escape
from werkzeug.exceptions import HTTPException, SecurityError

from indexer.errors import Busy, ContactPointError, NotAllowed, Unavailable
from webapp.metrics import count_refusal
from webapp.pages.words import sentence
from webapp.processes import FRONT
from webapp.request_log import log_failure
from webapp.service import service

SEARCHING = ("pages.search", "pages.results", "pages.reason", "pages.record")


@dataclass(frozen=True)
class ErrorPage:
    """`said` is the error's own sentence, where it was written for the reader; `offers_search` puts
    a button to the search in the place of the way to the start page."""

    title: str
    paragraphs: tuple[str, ...]
    said: str
    is_failure: bool
    offers_search: bool


@cache
def _table() -> dict[str, dict[str, object]]:
    table: dict[str, dict[str, object]] = json.loads(
        Path(__file__).with_name("errors.json").read_text(encoding="utf-8")
    )
    return table


def handle_errors(app: Flask) -> None:
    """Give every error its page. None reaches Flask's own log, which would write its text."""
    app.register_error_handler(ContactPointError, error_page)
    app.register_error_handler(HTTPException, _http_page)
    app.register_error_handler(Exception, _failure_page)


def error_page(error: ContactPointError) -> Response:
    """Return the page of one of our own errors."""
    count_refusal(error)
    key = error.code if error.code in _table() else str(error.status)
    if isinstance(error, Unavailable):
        log_failure(error)
        key = "search_failed" if request.endpoint in SEARCHING else "503"
    said = sentence(str(error)) if isinstance(error, NotAllowed) else ""
    page = _page(key, error.status, said)
    if isinstance(error, Busy):
        page.retry_after = error.retry_after_seconds
    return page


def _http_page(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # not our host name, so no page of ours has an address
        return Response("This address does not lead here.\n", 400, mimetype="text/plain")
    status = error.code or 500
    key = "csrf" if isinstance(error, CSRFError) else str(status)
    return _page(key if key in _table() else "400", status)


def _failure_page(error: Exception) -> Response:
    log_failure(error)
    return _page("500", 500)


def _page(key: str, status: int, said: str = "") -> Response:
    words = _table()[key]
    paragraphs = [escape(text).format(helpdesk=service().helpdesk) for text in _texts(words)]
    page = ErrorPage(
        title=str(words["title"]),
        paragraphs=tuple(paragraphs),
        said=said,
        is_failure=status >= 500,  # noqa: PLR2004
        offers_search="offers_search" in words and service().process is FRONT,
    )
    g.checked_at = None  # no child is on this page, so it may leave at any time
    return make_response(render_template("error.html", page=page), status)


def _texts(words: dict[str, object]) -> list[str]:
    paragraphs = words["paragraphs"]
    return [str(text) for text in paragraphs] if isinstance(paragraphs, list) else []
