"""`contactpoint links`: which row is part of which child, for operators and tests."""

import sys

import click
import orjson

from indexer.children.links import Links
from indexer.clients import make_client
from indexer.settings import Settings


@click.command()
@click.option("--source", help="Only this source's rows.")
def command(source: str | None) -> None:
    """Print every link as a line of JSON. Not for uploaders: a gap in it would tell.

    Example: contactpoint links --source school-census
    """
    out = sys.stdout.buffer
    for link in Links(make_client(Settings.from_environment(), "worker")).scan(source):
        if not link.child:
            continue
        line = {
            "source": link.source,
            "source_record_id": link.source_record_id,
            "child": link.child,
        }
        out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
