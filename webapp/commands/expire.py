"""`contactpoint expire`: children who are 18, or died a year ago, leave for the archive; sessions
of people that are over are deleted."""

import click

from indexer.children.expire import Expiry
from indexer.clients import make_client
from indexer.people.operator import person_at_keyboard
from indexer.people.sessions import purge_sessions
from indexer.settings import Settings
from indexer.shields.leaving import HiddenExpiry
from indexer.world import REAL


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say how many would leave.")
def command(dry_run: bool) -> None:
    """Archive every child who is 18 or died a year ago; delete what was archived for six years.
    Delete the sessions of people that are over, too.

    Meant to be run every day. The same command again is harmless, and finishes an interrupted run.

    Example: contactpoint expire --dry-run
    """
    settings = Settings.from_environment()
    expiry = Expiry(settings, REAL)
    if dry_run:
        click.echo(f"Would leave the index: {expiry.foresee().in_words()}. Nothing was changed.")
        return
    HiddenExpiry(settings, REAL).run(person_at_keyboard())  # uncounted: a count would tell
    click.echo(f"Left the index: {expiry.run(person_at_keyboard()).in_words()}.")
    purge_sessions(make_client(settings, "desk"), REAL)
