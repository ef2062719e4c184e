"""`contactpoint init`: indices, aliases, England's authorities."""

import click

from indexer.builds.init import init
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL


@click.command()
def command() -> None:
    """Make the indices and England's authorities. Safe to repeat.

    Example: contactpoint init
    """
    made = init(Settings.from_environment(), person_at_keyboard(), REAL)
    click.echo(f"Made: {', '.join(made)}." if made else "Everything was there already.")
