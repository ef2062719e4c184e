"""Questions read from, and answers written as, the JSON of docs/FORMATS.md."""

from dataclasses import asdict
from datetime import date
from typing import Any

import orjson

from indexer.errors import ContactPointError, QuestionRefused
from webapp.search.answer import Answer, Found
from webapp.search.question import Question, parse_question

SHOWN = 25


def read_id(line: bytes) -> tuple[Any, Any]:
    """Return the id of a question and the rest of it; no id and None for what is not JSON.

    An id that cannot be one stays in the rest, for `read_question` to refuse.
    """
    try:
        body = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None, None
    if not isinstance(body, dict):
        return None, None
    return (body.pop("id", None) if _is_id(body.get("id")) else None), body


def read_question(body: Any, today: date) -> Question:
    """Return the question of a parsed line without its id. Raises QuestionRefused."""
    if body is None:
        raise QuestionRefused("The question is not a JSON object in UTF-8.")
    if "id" in body:
        raise QuestionRefused("An id is a text or a whole number.")
    if any(isinstance(value, list | dict | bool | float) for value in body.values()):
        raise QuestionRefused("A question's values are texts, and whole numbers for ages.")
    fields = {name: str(value) for name, value in body.items() if value is not None}
    return parse_question("", fields, today=today)


def _is_id(value: Any) -> bool:
    return value is None or isinstance(value, str | int) and not isinstance(value, bool)


def write_answer(answer: Answer) -> dict[str, Any]:
    """Return the best 25 and whether there are more."""
    body = {
        "total": answer.total,
        "more": answer.more or answer.total > SHOWN,
        "results": [_result(found) for found in answer.found[:SHOWN]],
    }
    if answer.too_many:
        body["too_many"] = True
    if body["more"]:
        body["hint"] = answer.hint or "Add a date of birth or a postcode to see fewer."
    return body


def write_error(error: ContactPointError) -> dict[str, Any]:
    """Return an error as such: never an empty list that means "search failed"."""
    return {"error": {"code": error.code, "message": str(error)}}


def _result(found: Found) -> dict[str, Any]:
    body = asdict(found)
    body["why"] = [*body.pop("whys"), *body.pop("doubts")]
    del body["is_double"], body["is_twin"]
    if body["sources"] is None:
        del body["sources"]
    return body
