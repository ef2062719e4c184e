"""`contactpoint work`: the worker, which carries out what is said and decided on the pages."""

from collections.abc import Callable

import click
import structlog

from indexer.children.practitioners import take_in
from indexer.errors import Refused, Unavailable
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.shields.work import Worker
from indexer.world import REAL

LOOKS_EVERY_SECONDS = 0.5  # an officer waits for her order
WAITS_SECONDS = 5
SHORTEST_SECONDS, LONGEST_SECONDS = 1, 3_600

Job = Callable[[], int]

log = structlog.get_logger()


@click.command()
@click.option("--once", is_flag=True, help="Carry out what waits now, and end: for a timer.")
@click.option(
    "--every",
    default=30,
    show_default=True,
    type=click.IntRange(SHORTEST_SECONDS, LONGEST_SECONDS),
    help="Seconds from one load of what practitioners said to the next.",
)
def command(once: bool, every: int) -> None:
    """Carry out what shield officers decide, and load what practitioners say, on the pages.

    To run always, on the machine that holds the journal of shields, until Ctrl-C: without it a
    child whom an officer shields on a page can still be found, and the page says so. What cannot be
    done now, as a load while a build is published, waits.

    Example: contactpoint work --every 60
    """
    settings, actor = Settings.from_environment(), person_at_keyboard()
    orders = Worker(settings, REAL).run

    def wishes() -> int:
        return take_in(settings, REAL, actor)

    if once:
        click.echo(f"Carried out: {orders():,}. Recorded: {wishes():,}.")
        return
    try:
        _work(orders, wishes, every)
    except KeyboardInterrupt:
        click.echo("Ended.")


def _work(orders: Job, wishes: Job, every: int) -> None:
    """Carry out orders as they come, and wishes so often. Raises KeyboardInterrupt."""
    load_at = REAL.monotonic()
    while True:
        done = _is_done(orders)
        if REAL.monotonic() >= load_at:
            _is_done(wishes)
            load_at = REAL.monotonic() + every
        REAL.sleep(LOOKS_EVERY_SECONDS if done else WAITS_SECONDS)


def _is_done(job: Job) -> bool:
    try:
        job()
    except (Refused, Unavailable) as error:
        log.error("work_waits", error=type(error).__name__)
        return False
    return True
