"""`contactpoint init`: indices, aliases, England's authorities."""

import click

from indexer.builds.init import init
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL


@click.command()
@click.option("--empty", is_flag=True, help="Publish an empty build where the published is lost.")
def command(empty: bool) -> None:
    """Make the indices and England's authorities. Safe to repeat.

    Example: contactpoint init
    """
    settings, actor = Settings.from_environment(), person_at_keyboard()
    made = init(settings, actor, REAL, is_empty_meant=empty)
    click.echo(f"Made: {', '.join(made)}." if made else "Everything was there already.")
