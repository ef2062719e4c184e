"""`contactpoint work`: the worker, which carries out what is decided on a page."""

import click
import structlog

from indexer.errors import Unavailable
from indexer.settings import Settings
from indexer.shields.work import Worker
from indexer.world import REAL

LOOKS_EVERY_SECONDS = 0.5
WAITS_SECONDS = 5

log = structlog.get_logger()


@click.command()
@click.option("--once", is_flag=True, help="Carry out what waits now, and end: for a timer.")
def command(once: bool) -> None:
    """Carry out what shield officers decide on their pages, until Ctrl-C.

    To run always, on the machine that holds the journal of shields: without it a child whom an
    officer shields on a page can still be found, and the page says so.

    Example: contactpoint work
    """
    settings = Settings.from_environment()
    if once:
        click.echo(f"Carried out: {Worker(settings, REAL).run():,}")
        return
    try:
        _work(settings)
    except KeyboardInterrupt:
        click.echo("Ended.")


def _work(settings: Settings) -> None:
    worker = Worker(settings, REAL)
    while True:
        try:
            worker.run()
            REAL.sleep(LOOKS_EVERY_SECONDS)
        except Unavailable as error:
            log.error("work_failed", error=type(error).__name__)
            REAL.sleep(WAITS_SECONDS)
