"""`contactpoint load`: one feed into the index."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import orjson

from indexer.children.load import DRY_RUN, Listeners, Loader, Receipt, check_source_name
from indexer.children.whole import Whole
from indexer.errors import ContactPointError, Refused
from indexer.feeds.columns import FeedForm, checked_encoding, read_columns, template
from indexer.feeds.feed import Feed
from indexer.feeds.rows import Reject
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL

SOME_REJECTED = 3
EXAMPLES = """
\b
Example: contactpoint load census.jsonl.gz --source school-census
         contactpoint load --template csv > census.csv
"""


def _print_template(context: click.Context, _: click.Parameter, chosen: str | None) -> None:
    if chosen:
        click.echo(template())
        context.exit()


@click.command(epilog=EXAMPLES)
@click.argument("feed", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="The system the feed comes from.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where rejected rows are listed.")
@click.option("--whole", is_flag=True, help="Withdraw what the source had and FEED has not.")
@click.option("--confirm", is_flag=True, help="Withdraw also more than 5% of the source's rows.")
@click.option("--dry-run", is_flag=True, help="Do all but write: nothing is changed.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
@click.option("--encoding", default="utf-8", help="Of a file that is not in UTF-8, as cp1252.")
@click.option("--columns", type=click.Path(path_type=Path), help="A CSV theirs,ours of names.")
@click.option(
    "--template",
    type=click.Choice(["csv"]),
    is_eager=True,
    expose_value=False,
    callback=_print_template,
    help="Print the column names of a CSV, and what stands in them.",
)
def command(feed: Path, source: str, rejects: Path | None, as_json: bool, **how: Any) -> None:
    """Load FEED (JSON Lines or CSV, plain or gzip) and print a receipt.

    The same command again is harmless, and finishes a load that was interrupted.
    """
    with _saying_if_dry(how["dry_run"]):
        receipt = _load(feed, source, rejects, how)
    click.echo(orjson.dumps(asdict(receipt)) if as_json else _written(receipt))
    if receipt.rejected:
        sys.exit(SOME_REJECTED)


def _load(feed: Path, source: str, named: Path | None, how: dict[str, Any]) -> Receipt:
    check_source_name(source)
    rows = Feed(feed, _form(how["encoding"], how["columns"]), REAL.today())
    settings = Settings.from_environment()
    # Named after the source too, for two of them may both send `export.csv`.
    path = named or settings.home / "rejects" / f"{source}.{feed.name}.rejects.jsonl"
    with _listing_rejects(path, feed, is_ours=not named) as rejects:
        listeners = Listeners(rejects.write, _show_progress)
        whole = Whole(rows.seen.which, how["confirm"]) if how["whole"] else None
        with _saying_if_interrupted(), _ending_progress():
            loader = Loader(settings, REAL, is_dry=how["dry_run"])
            return loader.load(rows, source, person_at_keyboard(), listeners, whole)


def _form(encoding: str, columns: Path | None) -> FeedForm:
    return FeedForm(checked_encoding(encoding), read_columns(columns) if columns else {})


@contextmanager
def _saying_if_interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise ContactPointError("Interrupted; run the same command again to finish it") from None


@contextmanager
def _saying_if_dry(is_dry: bool) -> Iterator[None]:
    """A refusal may tell of rows that are in: of a dry run, none is."""
    try:
        yield
    except Refused as error:
        if not is_dry:
            raise
        raise type(error)(f"Dry run, nothing was changed: {error}") from None


@contextmanager
def _ending_progress() -> Iterator[None]:
    """Let what is said after the load begin on a line of its own."""
    try:
        yield
    finally:
        if sys.stderr.isatty():
            click.echo(err=True)


@dataclass
class _Rejects:
    """The list of rejected rows. It is emptied at the first writing: until then it may be that of
    a load under way, for which this one will be refused."""

    path: Path
    is_begun: bool = False

    def write(self, some: list[Reject]) -> None:
        """Add some, or none; opened anew each time, so that a full disk is met where it can be
        said."""
        if self.is_begun and not some:
            return
        mode = "ab" if self.is_begun else "wb"
        with _writing_rejects(self.path), self.path.open(mode) as out:
            self.is_begun = True
            out.writelines(map(_line, some))


@contextmanager
def _listing_rejects(path: Path, feed: Path, is_ours: bool) -> Iterator[_Rejects]:
    """Yield the list, to be written. One the user named stays; our own goes if nothing is in it."""
    _check_rejects(path, feed)
    rejects = _Rejects(path)
    try:
        yield rejects
    finally:
        with suppress(OSError):
            if rejects.is_begun and path.stat().st_size:  # perhaps why the file was refused
                click.echo(f"What was wrong with the rejected rows: {path}", err=True)
            elif rejects.is_begun and is_ours:
                path.unlink()


def _check_rejects(path: Path, feed: Path) -> None:
    """Raise Refused if the list cannot be written, and change nothing of what is there."""
    with _writing_rejects(path):
        was_there = path.exists()
        if was_there and path.samefile(feed):
            raise Refused("--rejects: this is the feed itself; name another file")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
        if not was_there and not path.stat().st_size:
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
        f"withdrawn {receipt.withdrawn:,}, rejected {receipt.rejected:,}, "
        f"warnings {receipt.warnings:,}",
    ]
    if receipt.load == DRY_RUN:
        lines = [f"Dry run: nothing was changed. It would have been:\n{lines[0]}", *lines[1:]]
    if receipt.is_new_source:
        lines.insert(0, f"'{receipt.source}' was not known as a source before; it is now.")
    return "\n".join(lines)
