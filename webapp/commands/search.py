"""`contactpoint search`: questions through the gate, one or a file of them."""

from pathlib import Path
from typing import IO, Any

import click
import orjson

from indexer.clients import make_client
from indexer.errors import QuestionRefused, Refused
from indexer.people.actor import Actor
from indexer.people.users import find_actor
from indexer.settings import Settings
from indexer.world import REAL
from webapp.search.answer import Answer, Found
from webapp.search.format import SHOWN, read_id, read_question, write_answer, write_error
from webapp.search.gate import Gate
from webapp.search.question import parse_question


@click.command()
@click.argument("name", required=False, default="")
@click.option("--born", help="2014-03-09, 2014-03 or 2014.")
@click.option("--postcode", help="WN1 1AA or WN1.")
@click.option("--batch", type=click.Path(path_type=Path), help="A file of questions, JSON Lines.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--as", "user", required=True, help="The user who asks.")
@click.option("--reason", required=True, help="Why; it goes into the audit.")
def command(**options: Any) -> None:
    """Find children by NAME, in any order and spelling; it may hold a year, a date or a postcode.

    Example: contactpoint search "jon smyth 2014" --as pat --reason "new referral"
    """
    batch = _open_batch(options["batch"]) if options["batch"] else None
    settings = Settings.from_environment()
    reader = find_actor(make_client(settings, "front"), options["user"], REAL)
    gate = Gate(settings, REAL)
    if batch:
        _answer_batch(gate, reader, options["reason"], batch)
        return
    fields = {"date_of_birth": options["born"], "postcode": options["postcode"]}
    given = {name: value for name, value in fields.items() if value}
    question = parse_question(options["name"], given, today=REAL.today())
    answer = gate.find(question, reader, options["reason"])
    click.echo(orjson.dumps(write_answer(answer)) if options["as_json"] else _written(answer))


def _open_batch(path: Path) -> IO[bytes]:
    try:
        return click.open_file(str(path), "rb")  # "-" is standard input
    except OSError as error:
        raise Refused(f"--batch: {path} cannot be read: {error.strerror}") from None


def _answer_batch(gate: Gate, reader: Actor, reason: str, batch: IO[bytes]) -> None:
    """Answer every line; a question that is refused is an answer, a search that failed ends it."""
    with batch:
        for line in filter(None, map(bytes.strip, batch)):
            click.echo(orjson.dumps(_answer_line(gate, reader, reason, line)))


def _answer_line(gate: Gate, reader: Actor, reason: str, line: bytes) -> dict[str, Any]:
    question_id, body = read_id(line)
    try:
        question = read_question(body, REAL.today())
        return {"id": question_id, **write_answer(gate.find(question, reader, reason))}
    except QuestionRefused as error:
        return {"id": question_id, **write_error(error)}


def _lines(found: Found) -> list[str]:
    known_as = f" (known as {found.known_as})" if found.known_as else ""
    where = " ".join(filter(None, (found.town, found.postcode_area)))
    return [
        f"{found.child}  {found.given_names} {found.family_name}{known_as}, "
        f"{found.date_of_birth:%d %B %Y}, {found.age}, {where}",
        f"              {'; '.join((*found.whys, *found.doubts))}",
    ]


def _written(answer: Answer) -> str:
    if answer.too_many:
        return f"Too many children match. {answer.hint}"
    if not answer.found:
        return (
            "No child found. Check the spelling, try part of the name, or leave something out. "
            "This does not mean that there is no such child."
        )
    lines = [line for found in answer.found[:SHOWN] for line in _lines(found)]
    if answer.more or answer.total > SHOWN:
        lines.append(f"There are more. {answer.hint}")
    return "\n".join(lines)
