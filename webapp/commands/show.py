"""`contactpoint show`: one child's record, through the gate."""

import click
import orjson
from msgspec import to_builtins

from analyzers.numbers import is_contactpoint_number
from indexer.clients import make_client
from indexer.errors import NotFound
from indexer.people.users import find_actor
from indexer.settings import Settings
from indexer.world import REAL
from webapp.search.gate import NOT_THERE, Gate


@click.command()
@click.argument("number")
@click.option("--as", "user", required=True, help="The user who asks.")
@click.option("--reason", required=True, help="Why; it goes into the audit.")
def command(number: str, user: str, reason: str) -> None:
    """Print the record of the child with this ContactPoint NUMBER as JSON.

    Example: contactpoint show 100000000017 --as pat --reason "new referral"
    """
    if not is_contactpoint_number(number):
        raise NotFound(NOT_THERE)
    settings = Settings.from_environment()
    reader = find_actor(make_client(settings, "front"), user, REAL)
    record = Gate(settings, REAL).open_record(number, reader, reason)
    child = record.child
    sources = [
        {"source": one.source, "source_record_id": one.source_record_id, "loaded": one.loaded_at}
        for one in child.contributions
    ]
    body = {
        "child": child.number,
        "age": record.age,
        **to_builtins(child.facts),
        "former_addresses": child.former_addresses,
        "nhs_numbers": child.nhs_numbers,
        "upns": child.upns,
        "sources": sources,
    }
    click.echo(orjson.dumps(body, option=orjson.OPT_INDENT_2))
