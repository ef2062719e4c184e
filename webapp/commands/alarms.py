"""`contactpoint alarms`: what is open, and that somebody has seen it."""

import click

from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.health.alarms import KINDS, Alarms
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL


@click.command()
@click.option("--acknowledge", "kind", metavar="KIND", help="Say that somebody has seen to it.")
@click.option("--reason", default="", help="What was found out, and done; it goes into the audit.")
def command(kind: str | None, reason: str) -> None:
    """List the open alarms; --acknowledge ends one. Until then it stays red, and is told again.

    Example: contactpoint alarms --acknowledge register --reason "told the shield officers"
    """
    settings = Settings.from_environment()
    client = make_client(settings, "worker")
    alarms = Alarms(client, REAL)
    if kind:
        trail = Trail(client, settings, REAL)
        alarms.acknowledge(kind, person_at_keyboard(), reason, trail)
        click.echo(f"The alarm '{kind}' is acknowledged.")
        return
    for one in alarms.open_alarms():
        click.echo(f"{one.kind}: {KINDS[one.kind]}; since {one.at:%Y-%m-%d %H:%M} UTC")
