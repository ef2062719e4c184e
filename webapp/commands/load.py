"""`contactpoint load`: one feed into the index."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from stat import S_ISREG

import click
import orjson

from indexer.children.load import Loader, Receipt, check_source_name
from indexer.errors import ContactPointError, FeedRefused, Refused
from indexer.feeds.lines import read_lines
from indexer.feeds.rows import Reject
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL

SOME_REJECTED = 3


@click.command()
@click.argument("feed", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="The system the feed comes from.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where rejected rows are listed.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
def command(feed: Path, source: str, rejects: Path | None, as_json: bool) -> None:
    """Load FEED (JSON Lines, plain or gzip) and print a receipt.

    The same command again is harmless, and finishes a load that was interrupted.

    Example: contactpoint load census.jsonl.gz --source school-census
    """
    check_source_name(source)
    _check_feed(feed)
    settings = Settings.from_environment()
    with _rejects_file(settings, feed, rejects) as path:
        receipt = _load(settings, feed, source, _rejects_writer(path))
    click.echo(orjson.dumps(asdict(receipt)) if as_json else _written(receipt))
    if receipt.rejected:
        click.echo(f"What was wrong with the rejected rows: {path}", err=True)
        sys.exit(SOME_REJECTED)


def _load(
    settings: Settings, feed: Path, source: str, on_rejects: Callable[[list[Reject]], None]
) -> Receipt:
    try:
        loader = Loader(settings, REAL)
        lines = read_lines(feed)
        return loader.load(lines, source, person_at_keyboard(), on_rejects, _show_progress)
    except KeyboardInterrupt:
        raise ContactPointError("Interrupted; run the same command again to finish it") from None


def _check_feed(feed: Path) -> None:
    """Refuse before anything is written what cannot be a feed; read_lines looks at the rest."""
    try:
        if not S_ISREG(feed.stat().st_mode):
            raise FeedRefused(f"{feed}: is a folder or a pipe, and a feed is a file")
        feed.open("rb").close()
    except OSError as error:
        raise FeedRefused(f"{feed}: cannot be read: {error.strerror}") from None


@contextmanager
def _rejects_file(settings: Settings, feed: Path, named: Path | None) -> Iterator[Path]:
    """Yield an empty file for rejects. One the user named stays; our own goes if nothing is in it.

    Opened anew for each writing, so that a full disk is met where it can be said.
    """
    path = named or settings.home / "rejects" / f"{feed.name}.rejects.jsonl"
    with _writing_rejects(path):
        if path.exists() and path.samefile(feed):
            raise Refused("--rejects: this is the feed itself; name another file")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    try:
        yield path
    finally:
        if not named:
            with suppress(OSError):
                _remove_empty(path)


def _remove_empty(path: Path) -> None:
    if not path.stat().st_size:
        path.unlink()


@contextmanager
def _writing_rejects(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(
            f"the rejects cannot be written to {path}: {error.strerror}; name another file with "
            "--rejects, and run the command again"
        ) from None


def _rejects_writer(path: Path) -> Callable[[list[Reject]], None]:
    def write(some: list[Reject]) -> None:
        if some:
            with _writing_rejects(path), path.open("ab") as out:
                out.writelines(map(_line, some))

    return write


def _line(reject: Reject) -> bytes:
    body = {
        "row": reject.number,
        "source_record_id": reject.source_record_id,
        "errors": reject.errors,
    }
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


def _show_progress(rows: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{rows:,} rows read", nl=False, err=True)


def _written(receipt: Receipt) -> str:
    rate = receipt.rows / receipt.seconds if receipt.seconds else 0
    lines = [
        f"Load {receipt.load} of {receipt.source}: {receipt.rows:,} rows in "
        f"{receipt.seconds:.1f} s ({rate:,.0f} a second)",
        f"  new {receipt.new:,}, changed {receipt.changed:,}, unchanged {receipt.unchanged:,}, "
        f"withdrawn {receipt.withdrawn:,}, rejected {receipt.rejected:,}",
    ]
    if receipt.is_new_source:
        lines.insert(0, f"'{receipt.source}' was not known as a source before; it is now.")
    return "\n".join(lines)
