"""`contactpoint rollback`: back to the build that was published before."""

import click

from indexer.builds.bench import open_bench
from indexer.builds.publication import rollback
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from webapp.commands.builds import consenting, read_consent, told


@click.command()
@consenting
def command(accept: bool, user: str | None, reason: str | None) -> None:
    """Let searches use the build from before, with all that was loaded and shielded since.

    The same command again goes back to the newer one.

    Example: contactpoint rollback
    """
    settings = Settings.from_environment()
    consent = read_consent(settings, accept, user, reason)
    with told() as listener:
        published = rollback(open_bench(settings, REAL, listener), person_at_keyboard(), consent)
    click.echo(f"{published} is published.")
