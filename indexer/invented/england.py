"""Writes invented England: four feeds, and beside them the truth of which row is whose."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import BinaryIO, Protocol

import orjson

from indexer.errors import Refused
from indexer.invented.bad_rows import bad_line
from indexer.invented.chance import stream
from indexer.invented.households import CHILDREN_IN_BLOCK, Household, make_block
from indexer.invented.numbers import refuse_too_many
from indexer.invented.people import Person
from indexer.invented.sources import build_row, is_known, sources

# Level 1 costs a third of the time of the default 9 for files a fifth larger.
COMPRESSION = 1
GP = "gp-registration"  # its rows hold every field that a bad row breaks


@dataclass(frozen=True)
class Order:
    """What to make. The same order gives the same bytes."""

    children: int
    seed: int
    today: date
    bad_rows: int = 0

    def __post_init__(self) -> None:
        if self.children < 1:
            raise Refused("there must be at least 1 child; give --children 1 or more")
        if self.bad_rows < 0:
            raise Refused("there cannot be fewer than 0 bad rows; give --bad-rows 0 or more")
        refuse_too_many(self.children)


class Writable(Protocol):
    """A file open for bytes."""

    def write(self, line: bytes, /) -> object: ...


@dataclass(frozen=True)
class Files:
    """The open files, and how many rows went into each feed."""

    feeds: dict[str, Writable]
    truth: Writable
    rows: dict[str, int]

    def write(self, source: str, line: bytes) -> None:
        self.feeds[source].write(line)
        self.rows[source] += 1


def feed_path(folder: Path, source: str) -> Path:
    return folder / f"{source}.jsonl.gz"


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name only when it is whole, so half a feed is never loaded."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def gzipped(path: Path) -> Iterator[Writable]:
    """Open a gzip file whose bytes hold no clock and no name."""
    with (
        replacing(path) as file,
        gzip.GzipFile("", "wb", COMPRESSION, file, mtime=0) as zipped,
    ):
        yield zipped


def children_of(order: Order) -> Iterator[tuple[Random, Household, Person]]:
    """Yield the children asked for, in order; a larger England begins with the smaller."""
    for block in range(-(-order.children // CHILDREN_IN_BLOCK)):
        for rng, household in make_block(order.seed, block, order.today):
            for person in household.children:
                if person.number >= order.children:
                    return
                yield rng, household, person


def write_child(
    files: Files, rng: Random, household: Household, person: Person, today: date
) -> None:
    for source in sources():
        if is_known(rng, source, household, person, today):
            row = build_row(rng, source, household, person, today)
            files.write(source.name, orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            line = {
                "source": source.name,
                "source_record_id": row["source_record_id"],
                "person": person.number,
            }
            files.truth.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def bad_rows_at(order: Order, person: int) -> range:
    """Return which bad rows follow this child's, so that all are spread evenly."""
    before, after = (count * order.bad_rows // order.children for count in (person, person + 1))
    return range(before, after)


def write_bad_rows(files: Files, order: Order, household: Household, person: Person) -> None:
    """Write this child's share of bad rows, each into the next feed in turn."""
    gp = next(source for source in sources() if source.name == GP)
    names = list(files.feeds)
    for number in bad_rows_at(order, person.number):
        rng = stream(order.seed, "bad", number)
        row = build_row(rng, gp, household, person, order.today)
        files.write(names[number % len(names)], bad_line(row, number, order.today))


def write_england(
    order: Order, folder: Path, progress: Callable[[int], None] = lambda _: None
) -> dict[str, int]:
    """Write `<source>.jsonl.gz` and `truth.jsonl`; return source → rows, bad ones included.

    Calls `progress` with 1 after each child. Raises Refused if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            feeds = {
                source.name: stack.enter_context(gzipped(feed_path(folder, source.name)))
                for source in sources()
            }
            truth = stack.enter_context(replacing(folder / "truth.jsonl"))
            files = Files(feeds, truth, dict.fromkeys(feeds, 0))
            for rng, household, person in children_of(order):
                write_child(files, rng, household, person, order.today)
                write_bad_rows(files, order, household, person)
                progress(1)
    except OSError as error:
        raise Refused(
            f"cannot write to {folder}: {error.strerror}; give --out a folder that can be written"
        ) from None
    return files.rows
