"""`contactpoint work`: the worker, which carries out what is said and decided on the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import click
import structlog

from indexer.children.practitioners import take_in
from indexer.clients import make_client
from indexer.errors import Refused, Unavailable
from indexer.health.work import give_sign
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.shields.work import Worker
from indexer.world import REAL, World

LOOKS_EVERY_SECONDS = 0.5  # an officer waits for her order
WAITS_SECONDS = 5
SIGN_EVERY_SECONDS = 30
SHORTEST_SECONDS, LONGEST_SECONDS = 1, 3_600

Job = Callable[[], object]

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
    sign = partial(give_sign, make_client(settings, "worker"), REAL)

    def wishes() -> int:
        return take_in(settings, REAL, actor)

    if once:
        carried_out = orders()
        sign()
        click.echo(f"Carried out: {carried_out:,}. Recorded: {wishes():,}.")
        return
    try:
        work(orders, Repeated(wishes, every), Repeated(sign, SIGN_EVERY_SECONDS), REAL)
    except KeyboardInterrupt:
        click.echo("Ended.")


@dataclass
class Repeated:
    """A job that is done at once, and so many seconds after each time again."""

    job: Job
    every: float
    _due_at: float = float("-inf")

    def do_if_due(self, now: float) -> None:
        if now >= self._due_at:
            is_done(self.job)
            self._due_at = now + self.every


def work(orders: Job, wishes: Repeated, sign: Repeated, world: World) -> None:
    """Carry out orders as they come, and wishes so often; give a sign of life now and then, but
    none while orders cannot be looked at. Raises KeyboardInterrupt."""
    while True:
        done = is_done(orders)
        if done:
            sign.do_if_due(world.monotonic())
        wishes.do_if_due(world.monotonic())
        world.sleep(LOOKS_EVERY_SECONDS if done else WAITS_SECONDS)


def is_done(job: Job) -> bool:
    try:
        job()
    except (Refused, Unavailable) as error:
        log.error("work_waits", error=type(error).__name__)
        return False
    return True
