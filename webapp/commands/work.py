"""`contactpoint work`: the worker, which carries out what people decide and say on the pages."""

import click

from indexer.children.practitioners import take_in
from indexer.errors import Refused, Unavailable
from indexer.people.actor import Actor
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.shields.work import Worker
from indexer.world import REAL

SHORTEST_SECONDS, LONGEST_SECONDS = 1, 3_600
ORDERS_EVERY_SECONDS = 0.5  # an officer waits before the page


@click.command()
@click.option("--once", is_flag=True, help="Do what waits now, and end.")
@click.option(
    "--every",
    default=30,
    show_default=True,
    type=click.IntRange(SHORTEST_SECONDS, LONGEST_SECONDS),
    help="Seconds from one load of what practitioners said to the next.",
)
def command(once: bool, every: int) -> None:
    """Carry out what shield officers decide on their pages, and load what practitioners said on
    theirs: that they work with a child, or no longer do.

    Runs beside the pages until it is ended, on the machine that holds the journal of shields:
    without it a child whom an officer shields on a page can still be found, and the page says so.
    What cannot be done now, as a load while a build is published, waits.

    Example: contactpoint work --every 60
    """
    settings, actor = Settings.from_environment(), person_at_keyboard()
    if once:
        decided, recorded = Worker(settings, REAL).run(), take_in(settings, REAL, actor)
        click.echo(f"Carried out: {decided:,}. Recorded: {recorded:,}.")
        return
    worker = Worker(settings, REAL)
    while True:
        _take_in(settings, actor)
        ends = REAL.monotonic() + every
        while REAL.monotonic() < ends:
            _carry_out(worker)
            REAL.sleep(ORDERS_EVERY_SECONDS)


def _take_in(settings: Settings, actor: Actor) -> None:
    try:
        if count := take_in(settings, REAL, actor):
            click.echo(f"Recorded: {count:,}.")
    except (Refused, Unavailable) as error:
        click.echo(f"Waiting: {error}", err=True)


def _carry_out(worker: Worker) -> None:
    try:
        if count := worker.run():
            click.echo(f"Carried out: {count:,}.")
    except Unavailable as error:
        click.echo(f"Waiting: {error}", err=True)
