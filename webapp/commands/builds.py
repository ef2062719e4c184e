"""`contactpoint builds`: which builds there are, and what the checks found."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import click
import orjson

from analyzers.version import VERSION
from indexer.builds.bench import Bench, Listener, open_bench
from indexer.builds.builds import analyser_versions, hidden_builds, published_build
from indexer.builds.filling import Progress
from indexer.builds.judging import Consent
from indexer.builds.lock import holding_builds
from indexer.builds.old_builds import previous, read_records, remove
from indexer.builds.records import Record
from indexer.clients import make_client
from indexer.errors import Refused
from indexer.people.users import find_actor
from indexer.settings import Settings
from indexer.world import REAL

LINE_EVERY_SECONDS = 10  # where no terminal shows one line that changes


@click.command()
@click.option("--remove", "removed", metavar="BUILD", help="Delete this one, not the published.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
def command(removed: str | None, as_json: bool) -> None:
    """List the builds, the oldest first, and what the publish checks found.

    Example: contactpoint builds --remove children-20260821t030000z
    """
    bench = open_bench(Settings.from_environment(), REAL, Listener(click.echo))
    if removed:
        with holding_builds(bench.client, REAL, "builds"):
            remove(bench, removed)
        return
    for record, use in _uses(bench):
        click.echo(_as_json(record, use) if as_json else _as_lines(record, use))


def _uses(bench: Bench) -> Iterator[tuple[Record, str]]:
    published, before = published_build(bench.client), previous(bench)
    records = read_records(bench)
    versions = analyser_versions(bench.client, [one.build for one in records])
    for record in records:
        is_before = before is not None and record.build == before.build
        use: str = "filled" if record.is_half_published else record.state
        if use == "filling" and versions.get(record.build) != VERSION:
            use = "stranger"
        use = "published" if record.build == published else use
        yield record, "before" if is_before else use
    for name in hidden_builds(bench.client):
        yield Record(name, "restoring"), "restoring"


def _as_json(record: Record, use: str) -> bytes:
    findings = [vars(one) for one in record.findings]
    body: dict[str, Any] = {"build": record.build, "use": use, "findings": findings}
    return orjson.dumps(body | {"begun_at": record.begun_at, "published_at": record.published_at})


WORDS = {
    "published": "published: searches use it",
    "before": "the one before: 'contactpoint rollback' publishes it",
    "filling": "not filled to the end: 'contactpoint reindex' goes on",
    "stranger": "not filled to the end by another version of ContactPoint, which alone goes on",
    "filled": "filled: 'contactpoint publish' checks and publishes it",
    "refused": "refused by the checks",
    "restoring": "not restored to the end: 'contactpoint snapshot restore' begins anew",
}


def _as_lines(record: Record, use: str) -> str:
    findings = [f"    {one.in_words()}" for one in record.findings]
    origin = f" (restored from {record.restored.snapshot})" if record.restored else ""
    return "\n".join([f"{record.build}  {WORDS[use]}{origin}", *findings])


@dataclass
class _Shown:
    """Progress as one line that changes on a terminal, and as a line now and then elsewhere."""

    is_terminal: bool = field(default_factory=lambda: sys.stderr.isatty())  # noqa: PLW0108 - of the moment
    is_open: bool = False
    shown_at: float = float("-inf")

    def progress(self, progress: Progress) -> None:
        if not self.is_terminal and monotonic() - self.shown_at < LINE_EVERY_SECONDS:
            return
        self.shown_at, self.is_open = monotonic(), self.is_terminal
        begin = "\r" if self.is_terminal else ""
        click.echo(f"{begin}{in_words(progress)}", err=True, nl=not self.is_terminal)

    def say(self, sentence: str) -> None:
        self.end()
        click.echo(sentence, err=True)

    def end(self) -> None:
        """Let what is said next begin on a line of its own."""
        if self.is_open:
            click.echo(err=True)
        self.is_open = False


def in_words(progress: Progress) -> str:
    """Return how far it is, how fast it goes and how long it will take."""
    minutes, seconds = divmod(round(progress.seconds_left), 60)
    return (
        f"{progress.done:,} of {progress.total:,} children, {progress.rate:,.0f} a second, "
        f"{minutes} min {seconds:02} s left"
    )


@contextmanager
def told() -> Iterator[Listener]:
    """Yield a listener that tells the person at the keyboard."""
    shown = _Shown()
    try:
        yield Listener(shown.say, shown.progress)
    finally:
        shown.end()


def consenting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options by which a person accepts that an authority loses children."""
    for option in (
        click.option("--reason", help="Why; it goes into the audit."),
        click.option("--as", "user", help="The data manager who accepts."),
        click.option("--accept", is_flag=True, help="Accept fewer children; it takes two people."),
    ):
        command = option(command)
    return command


def read_consent(
    settings: Settings, accept: bool, user: str | None, reason: str | None
) -> Consent | None:
    """Return who accepts, and why; None if nobody does. Raises Refused, NotAllowed."""
    if not accept:
        return None
    if not user or not reason:
        raise Refused("--accept needs --as USER and --reason TEXT")
    return Consent(find_actor(make_client(settings, "front"), user, REAL), reason)
