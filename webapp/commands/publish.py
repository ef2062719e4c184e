"""`contactpoint publish`: check a build that was filled, and let searches use it."""

import click

from indexer.builds.bench import open_bench
from indexer.builds.publication import publish
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from webapp.commands.builds import consenting, read_consent, told


@click.command()
@click.argument("build", required=False)
@consenting
def command(build: str | None, accept: bool, user: str | None, reason: str | None) -> None:
    """Publish BUILD, or the newest that was not published yet, if the checks let it.

    If an authority has 2% fewer children than before, two people must accept it.

    Example: contactpoint publish --accept --as dana --reason "Leigh is in Salford now"
    """
    settings = Settings.from_environment()
    consent = read_consent(settings, accept, user, reason)
    with told() as listener:
        bench = open_bench(settings, REAL, listener)
        published = publish(bench, person_at_keyboard(), build, consent)
    click.echo(f"{published} is published.")
