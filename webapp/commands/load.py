"""`contactpoint load`: one feed into the index."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
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
    check_source_name(source)
    rows = Feed(feed, _form(how["encoding"], how["columns"]), REAL.today())
    settings = Settings.from_environment()
    with _rejects_file(settings, feed, rejects) as path:
        listeners = Listeners(_rejects_writer(path), _show_progress)
        whole = Whole(rows.seen.which, how["confirm"]) if how["whole"] else None
        with _saying_if_interrupted():
            loader = Loader(settings, REAL, is_dry=how["dry_run"])
            receipt = loader.load(rows, source, person_at_keyboard(), listeners, whole)
    click.echo(orjson.dumps(asdict(receipt)) if as_json else _written(receipt))
    if receipt.rejected:
        sys.exit(SOME_REJECTED)


def _form(encoding: str, columns: Path | None) -> FeedForm:
    return FeedForm(checked_encoding(encoding), read_columns(columns) if columns else {})


@contextmanager
def _saying_if_interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise ContactPointError("Interrupted; run the same command again to finish it") from None


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
        with suppress(OSError):
            if path.stat().st_size:  # also after a refusal: it may be why the file was refused
                click.echo(f"What was wrong with the rejected rows: {path}", err=True)
            elif not named:
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
        f"withdrawn {receipt.withdrawn:,}, rejected {receipt.rejected:,}, "
        f"warnings {receipt.warnings:,}",
    ]
    if receipt.load == DRY_RUN:
        lines = [f"Dry run: nothing was changed. It would have been:\n{lines[0]}", *lines[1:]]
    if receipt.is_new_source:
        lines.insert(0, f"'{receipt.source}' was not known as a source before; it is now.")
    return "\n".join(lines)
