"""`contactpoint generate`: made-up feeds of an invented England, and the truth about them."""

import sys
from datetime import datetime
from pathlib import Path
from time import monotonic

import click

from indexer.invented.england import Order, write_england
from indexer.world import REAL

EXAMPLE = """
Example: contactpoint generate --children 2000 --seed 1 --out feeds --today 2026-11-01
"""


@click.command(epilog=EXAMPLE)
@click.option("--children", type=int, required=True, help="How many children to make up.")
@click.option("--seed", type=int, required=True, help="Same seed and same day, same bytes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the feeds.")
@click.option("--bad-rows", type=int, default=0, show_default=True, help="How many to put in.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which they are 0 to 17 years old; otherwise the current day (UTC).",
)
def command(children: int, seed: int, out: Path, bad_rows: int, today: datetime | None) -> None:
    """Write feeds of children who do not exist.

    Four sources know the same children, each in part and with mistakes of its own:
    OUT/<source>.jsonl.gz. OUT/truth.jsonl says which row is about which person. The same seed
    gives the same bytes on the same day; with --today, on every day.
    """
    order = Order(children, seed, today.date() if today else REAL.today(), bad_rows)
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
