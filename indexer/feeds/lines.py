"""Reads a feed's lines from a file as a stream, plain or gzip."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import orjson

from indexer.errors import FeedRefused

GZIP_MAGIC = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"
LINE_LIMIT_BYTES = 1_000_000  # the longest honest row seen is 40 kB; more is not a feed


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (row number from 1, line) of every line that is not blank.

    Raises FeedRefused before the first line if the file is not a feed, and at the line where it
    breaks off if it was cut; the rows before that have been yielded.
    """
    number = 0
    try:
        with _open(path) as stream:
            _refuse_other_formats(stream)
            for number, line in enumerate(iter(lambda: stream.readline(LINE_LIMIT_BYTES), b""), 1):
                if len(line) >= LINE_LIMIT_BYTES:
                    raise FeedRefused(f"{path.name}: row {number} is longer than 1 MB: not a feed")
                text = line.removeprefix(BOM).strip() if number == 1 else line.strip()
                if text:
                    yield number, text
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise FeedRefused(
            f"{path.name}: the file is cut off or damaged after row {number}; "
            "the rows before that are in. Get the file again and run the same command"
        ) from None
    except OSError as error:
        raise FeedRefused(f"{path.name}: cannot be read: {error.strerror}") from None


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as start:
        compressed = start.read(2) == GZIP_MAGIC
    return gzip.open(path, "rb") if compressed else path.open("rb")  # type: ignore[return-value]


def _refuse_other_formats(stream: IO[bytes]) -> None:
    """A feed whose first line is not a JSON object is some other file: refuse all of it."""
    first = stream.readline(LINE_LIMIT_BYTES).removeprefix(BOM).strip()
    stream.seek(0)
    if not first:
        raise FeedRefused("the file is empty, or its first line is: a feed has one row a line")
    try:
        is_row = isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        # A broken first row of a real feed is a bad row, not another format.
        is_row = first.startswith(b"{") and _is_utf8(first)
    if not is_row:
        raise FeedRefused(
            "the file is not JSON Lines in UTF-8: each line must be one object, "
            "as docs/FORMATS.md shows"
        )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
