"""`contactpoint generate`: made-up feeds of an invented England, and the truth about them."""

import signal
import sys
from datetime import datetime
from pathlib import Path
from time import monotonic

import click

from indexer.invented.england import GB, write_england
from indexer.invented.slices import Order
from indexer.invented.sources import sources
from indexer.world import REAL

EXAMPLE = """
Example: contactpoint generate --children 2000 --seed 1 --out feeds --today 2026-11-01
"""
ALL = ",".join(sources())


@click.command(epilog=EXAMPLE)
@click.option("--children", type=int, required=True, help="How many children to make up.")
@click.option("--seed", type=int, required=True, help="Same seed and same day, same bytes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the feeds.")
@click.option("--bad-rows", type=int, default=0, show_default=True, help="How many to put in.")
@click.option("--sources", "chosen", default=ALL, show_default=True, help="Which feeds to write.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which they are 0 to 17 years old; otherwise the current day (UTC).",
)
def command(  # noqa: PLR0913, PLR0917  # one argument an option
    children: int, seed: int, out: Path, bad_rows: int, chosen: str, today: datetime | None
) -> None:
    """Write feeds of children who do not exist.

    Four sources know the same children, each in part and with mistakes of its own:
    OUT/<source>.jsonl.gz. OUT/truth.jsonl says which row is about which person. The same seed
    gives the same bytes on the same day; with --today, on every day. A source says the same
    whichever others are written.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no process stays behind
    day = today.date() if today else REAL.today()
    names = tuple(dict.fromkeys(chosen.split(",")))  # a source named twice is written once
    order = Order(children, seed, day, bad_rows, names)
    click.echo(f"about {order.bytes_needed / GB:.2f} GB will be written to {out}")
    start = monotonic()
    with click.progressbar(
        length=children, label="children", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        rows = write_england(order, out, bar.update)
    for source, count in rows.items():
        click.echo(f"{source}: {count} rows")
    click.echo(
        f"{children} children, {sum(rows.values())} rows ({bad_rows} bad) "
        f"in {monotonic() - start:.1f} seconds; as of {order.today}"
    )
