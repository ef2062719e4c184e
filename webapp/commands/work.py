"""`contactpoint work`: loads what practitioners said on the pages, again and again."""

import click

from indexer.children.practitioners import take_in
from indexer.errors import Refused, Unavailable
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL

SHORTEST_SECONDS, LONGEST_SECONDS = 1, 3_600


@click.command()
@click.option("--once", is_flag=True, help="Load what waits now, and end.")
@click.option(
    "--every",
    default=30,
    show_default=True,
    type=click.IntRange(SHORTEST_SECONDS, LONGEST_SECONDS),
    help="Seconds from one look to the next.",
)
def command(once: bool, every: int) -> None:
    """Load what practitioners said on the pages: that they work with a child, or no longer do.

    Runs beside the pages until it is ended. What cannot be loaded now, as while a build is
    published, waits.

    Example: contactpoint work --every 60
    """
    settings, actor = Settings.from_environment(), person_at_keyboard()
    if once:
        click.echo(f"Recorded: {take_in(settings, REAL, actor):,}.")
        return
    while True:
        try:
            if count := take_in(settings, REAL, actor):
                click.echo(f"Recorded: {count:,}.")
        except (Refused, Unavailable) as error:
            click.echo(f"Waiting: {error}", err=True)
        REAL.sleep(every)
