"""`contactpoint demo`: the whole service with invented children, until Ctrl-C."""

import gzip
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

import click
import orjson

from indexer.builds.init import init
from indexer.children.load import Loader
from indexer.engine import lifecycle
from indexer.engine.start import start
from indexer.errors import ClusterUnavailable, ContactPointError, Refused
from indexer.feeds.columns import FeedForm
from indexer.feeds.feed import Feed
from indexer.invented.england import feed_path, write_england
from indexer.invented.slices import Order
from indexer.people.demo import SignIn, add_demo_people, code_now
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from webapp.processes import DESK, FRONT, Process

SEED = 1
SOURCES = ("child-benefit", "gp-registration", "school-census", "social-care-359")
READY_SECONDS = 60
WORK_SECONDS = "5"  # from one look at what practitioners said to the next
PROCESS_WORDS = {"front": (), "desk": ("--desk", "--workers", "1")}
SERVED_WELL = (0, -signal.SIGTERM, -signal.SIGINT)


@click.command()
@click.option("--port", default=8000, show_default=True, help="Of the pages; the desk's is next.")
@click.option("--children", default=5_000, show_default=True, help="How many are invented.")
@click.option("--code", is_flag=True, help="Print the code to sign in to the running demo with.")
def command(port: int, children: int, code: bool) -> None:
    """Start everything with invented children and one user for each role; Ctrl-C ends it all.

    Example: contactpoint demo, and in another window: contactpoint demo --code
    """
    settings = Settings.from_environment()
    if code:
        click.echo(code_now(settings))
        return
    for one in (port, port + 1):
        _refuse_taken_port(one)
    for ending in (signal.SIGTERM, signal.SIGINT):  # a shell's background job ignores Ctrl-C
        signal.signal(ending, _as_ctrl_c)
    start(settings, click.echo)
    try:
        people = _prepare(settings, children)
        _serve(settings, port, people)
    except KeyboardInterrupt:
        click.echo("\nEnding …")
    finally:
        lifecycle.stop(settings, click.echo)


def _as_ctrl_c(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise Refused(
                f"port {port} is taken: end what listens there, or run 'contactpoint demo --port N'"
            )


def _prepare(settings: Settings, children: int) -> list[SignIn]:
    init(settings, person_at_keyboard(), REAL)
    feeds = settings.home / "demo" / f"feeds-{children}"
    if not (feeds / "truth.jsonl").exists():
        click.echo(f"Inventing {children:,} children …")
        write_england(Order(children, SEED, REAL.today()), feeds)
    loader = Loader(settings, REAL)
    for source in SOURCES:
        click.echo(f"Loading {source} …")
        feed = Feed(feed_path(feeds, source), FeedForm(), REAL.today())
        loader.load(feed, source, person_at_keyboard())
    return add_demo_people(settings, person_at_keyboard())


def _serve(settings: Settings, port: int, people: list[SignIn]) -> None:
    """Run front and desk, each as a process of its own, until Ctrl-C or until one ends."""
    with ExitStack() as running:
        front = running.enter_context(_process(settings, FRONT, port))
        desk = running.enter_context(_process(settings, DESK, port + 1))
        running.enter_context(_running(settings, "worker", "work", "--every", WORK_SECONDS))
        _wait_until_ready({port: front, port + 1: desk})
        click.echo(_welcome(settings, port, people))
        while front.poll() is None and desk.poll() is None:
            if sys.stdout.isatty():  # one line, written over and over
                click.echo(f"\r  Code to sign in with: {code_now(settings)}  ", nl=False)
            time.sleep(1)


def _process(
    settings: Settings, process: Process, port: int
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    words = ("serve", "--port", str(port), *PROCESS_WORDS[process.name])
    return _running(settings, process.name, *words)


@contextmanager
def _running(settings: Settings, name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of our own commands, whose words go into a log of that name, to the end of the
    block."""
    said = settings.home / "demo" / f"{name}.log"
    with said.open("wb") as log:
        running = subprocess.Popen([sys.argv[0], *words], stdout=log, stderr=log)  # noqa: S603
    try:
        yield running
    finally:
        running.terminate()
        running.wait()
    if running.returncode not in SERVED_WELL:
        raise ContactPointError(f"the {name} ended by itself; it said why in {said}")


def _wait_until_ready(running: dict[int, subprocess.Popen[bytes]]) -> None:
    deadline, said = time.monotonic() + READY_SECONDS, ""
    while time.monotonic() < deadline and all(one.poll() is None for one in running.values()):
        said = next(filter(None, map(_not_ready, running)), "")
        if not said:
            return
        time.sleep(0.2)
    raise ClusterUnavailable(f"the pages did not become ready: {said}; the logs are in demo/")


def _not_ready(port: int) -> str:
    """Return what the process says is missing until it can serve; "" once nothing is."""
    line = HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
    try:
        line.request("GET", "/readyz")
        answer = line.getresponse()
        return "" if answer.status == HTTPStatus.OK else answer.read().decode().strip()
    except (OSError, HTTPException):
        return f"nothing answers on port {port}"
    finally:
        line.close()


def _welcome(settings: Settings, port: int, people: list[SignIn]) -> str:
    rows = [f"  {one.name:<20} {one.password}" for one in people]
    return "\n".join(
        [
            "",
            f"ContactPoint is ready: http://127.0.0.1:{port}   (Ctrl-C ends everything)",
            f"Its desk, for all but practitioners: http://127.0.0.1:{port + 1}",
            "",
            "Sign in as demo-practitioner; every child here is invented.",
            *rows,
            "",
            "The code, which changes every 30 seconds and works once for each name, stands below; "
            "or ask for it with",
            f"  {sys.argv[0]} demo --code",
            "",
            f'Then type a name badly, as in: "{_misspelled_child(settings)}"',
        ]
    )


def _misspelled_child(settings: Settings) -> str:
    """Return a child with a social worker: family name with two letters swapped, and the year."""
    folder: Path = max(
        (settings.home / "demo").glob("feeds-*"), key=lambda one: one.stat().st_mtime
    )
    with gzip.open(feed_path(folder, SOURCES[-1])) as feed:
        rows = [orjson.loads(line) for line in feed]
    row = next(one for one in rows if one.get("given_names") and len(one["family_name"]) > 5)  # noqa: PLR2004
    family = row["family_name"]
    swapped = family[:2] + family[3] + family[2] + family[4:]
    return f"{row['given_names'].split()[0]} {swapped} {row['date_of_birth'][:4]}"
