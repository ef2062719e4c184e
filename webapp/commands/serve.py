"""`contactpoint serve`: the practitioners' pages, or the desk's, under gunicorn."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from indexer.settings import Settings, tell_libraries
from webapp.processes import DESK, FRONT, Process
from webapp.site import USUAL, Site
from webapp.worker import Worker

THREADS = 8
TIMEOUT_SECONDS = 60
LONGEST_ADDRESS = 8190  # bytes with "GET" and "HTTP/1.1", gunicorn's most; a token is in it
COUNTS_IN = "PROMETHEUS_MULTIPROC_DIR"


class Server(BaseApplication):
    """Gunicorn, told what to do here and not by a file or the environment."""

    def __init__(self, settings: Settings, site: Site, options: dict[str, Any]) -> None:
        self._settings, self._site, self._options = settings, site, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application in the worker, after the fork: clients are one a process.

        It is imported here because prometheus_client looks once, when it is imported, where to
        count.
        """
        made = import_module("webapp.app").make(self._settings, self._site)
        import_module("webapp.search.rehearsal").rehearse()
        return made


@click.command()
@click.option("--desk", is_flag=True, help="The pages of officers, data managers and auditors.")
@click.option("--port", type=int, help=f"{FRONT.port} if not given, for the desk {DESK.port}.")
@click.option("--workers", type=int, default=os.cpu_count, help="Processes; as many as cores.")
@click.option("--bind", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--host", "hosts", multiple=True, help="A name browsers reach this by; repeatable.")
@click.option("--https", is_flag=True, help="Through a proxy here that sets X-Forwarded-For.")
@click.option("--helpdesk", help="Whom to call, for example 'the Wigan helpdesk'.")
@click.option("--helpdesk-phone", default="", help="Its number, for example '01942 000000'.")
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    desk: bool,
    port: int | None,
    workers: int,
    bind: str,
    hosts: tuple[str, ...],
    https: bool,
    helpdesk: str | None,
    helpdesk_phone: str,
) -> None:
    """Answer browsers until stopped.

    Example: contactpoint serve --port 8000 --host contactpoint.example.org --https
    and beside it: contactpoint serve --desk --port 8001
    """
    settings = Settings.from_environment()
    process = DESK if desk else FRONT
    _refuse_without_secrets(settings, process)
    address = f"{bind}:{port or process.port}"
    click.echo(f"ContactPoint's {process.name} at http://{address} (Ctrl-C ends it)")
    with _folder_of_this_process() as folder:
        tell_libraries(COUNTS_IN, folder)
        site = Site(
            (*USUAL.hosts, *hosts),
            https,
            helpdesk or USUAL.helpdesk,
            helpdesk_phone,
            process,
            metrics_folder=Path(folder),
        )
        Server(settings, site, gunicorn_options(address, workers)).run()


@contextmanager
def _folder_of_this_process() -> Iterator[str]:
    """An empty folder, removed at the end by who made it: a worker that ends comes by here too."""
    folder, owner = mkdtemp(prefix="contactpoint-metrics-"), os.getpid()
    try:
        yield folder
    finally:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


def gunicorn_options(bind: str, workers: int) -> dict[str, Any]:
    """Return gunicorn's settings. Its access log stays off: the request log has no addresses."""
    return {
        "bind": bind,
        "workers": workers,
        "worker_class": Worker,
        "threads": THREADS,
        "timeout": TIMEOUT_SECONDS,
        "limit_request_line": LONGEST_ADDRESS,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
        "proc_name": "contactpoint",
    }


def _refuse_without_secrets(settings: Settings, process: Process) -> None:
    """Fail here with one sentence, rather than in every worker with a traceback."""
    for name in process.secrets:
        settings.secret(name)
