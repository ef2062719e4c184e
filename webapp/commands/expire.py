"""`contactpoint expire`: children who are 18, or died a year ago, leave for the archive."""

import click

from indexer.children.expire import Expiry
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say how many would leave.")
def command(dry_run: bool) -> None:
    """Archive every child who is 18 or died a year ago; delete what was archived for six years.

    Meant to be run every day. The same command again is harmless, and finishes an interrupted run.

    Example: contactpoint expire --dry-run
    """
    expiry = Expiry(Settings.from_environment(), REAL)
    if dry_run:
        click.echo(f"Would leave the index: {expiry.foresee().in_words()}. Nothing was changed.")
    else:
        click.echo(f"Left the index: {expiry.run(person_at_keyboard()).in_words()}.")
