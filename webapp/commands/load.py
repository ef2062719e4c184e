"""`contactpoint load`: one feed into the index."""

import sys
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from indexer.children.load import Loader, Receipt, check_source_name
from indexer.feeds.lines import read_lines
from indexer.feeds.rows import Reject
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL

SOME_REJECTED = 3


@click.command()
@click.argument("feed", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="The system the feed comes from.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where rejected rows are listed.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
def command(feed: Path, source: str, rejects: Path | None, as_json: bool) -> None:
    """Load FEED (JSON Lines, plain or gzip) and print a receipt.

    The same command again is harmless, and finishes a load that was interrupted.

    Example: contactpoint load census.jsonl.gz --source school-census
    """
    check_source_name(source)
    settings = Settings.from_environment()
    rejects = rejects or settings.home / "rejects" / f"{feed.name}.rejects.jsonl"
    rejects.parent.mkdir(parents=True, exist_ok=True)
    lines = read_lines(feed)
    loader = Loader(settings, REAL)
    with rejects.open("wb") as out:

        def write(some: list[Reject]) -> None:
            for reject in some:
                line = {
                    "row": reject.number,
                    "source_record_id": reject.source_record_id,
                    "errors": reject.errors,
                }
                out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

        receipt = loader.load(lines, source, person_at_keyboard(), write, _show_progress)
    click.echo(orjson.dumps(asdict(receipt)) if as_json else _written(receipt))
    if receipt.rejected:
        click.echo(f"What was wrong with the rejected rows: {rejects}", err=True)
        sys.exit(SOME_REJECTED)
    rejects.unlink()


def _show_progress(rows: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{rows:,} rows read", nl=False, err=True)


def _written(receipt: Receipt) -> str:
    rate = receipt.rows / receipt.seconds if receipt.seconds else 0
    lines = [
        f"Load {receipt.load} of {receipt.source}: {receipt.rows:,} rows in "
        f"{receipt.seconds:.1f} s ({rate:,.0f} a second)",
        f"  new {receipt.new:,}, changed {receipt.changed:,}, unchanged {receipt.unchanged:,}, "
        f"withdrawn {receipt.withdrawn:,}, rejected {receipt.rejected:,}",
    ]
    if receipt.is_new_source:
        lines.insert(0, f"'{receipt.source}' was not known as a source before; it is now.")
    return "\n".join(lines)
