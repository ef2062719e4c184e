"""Reads a feed's lines from a file as a stream, plain or gzip, whatever ends them."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Any, Protocol

from indexer.errors import FeedRefused

BOM = "\ufeff"
HEAD_BYTES = 1 << 16
LINE_LIMIT_BYTES = 1_000_000  # the longest honest row seen is 40 kB; more is not a row
ENDLESS_BYTES = 64_000_000  # a row so long is no row at all: what follows is not worth reading

GZIP = b"\x1f\x8b"
TOO_LONG = "Longer than 1 MB."

Line = tuple[int, str | None]
"""Number from 1, and the line with its end; None where it was longer than LINE_LIMIT_BYTES."""


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[Line]:
    """Yield every line, blank ones too.

    Raises FeedRefused before the first line if the file is no feed, and at the line where it
    breaks off, is in another encoding or was changed; the lines before that have been yielded.
    """
    number = 0
    with _reading(path, lambda: number):
        before = _state(path)
        with _open(path) as stream:
            for number, line in enumerate(iter(lambda: _read_line(stream), b""), 1):
                if len(line) > ENDLESS_BYTES:
                    raise FeedRefused(f"{path.name}: row {number} does not end: this is no feed")
                text = _decoded(path, number, line, encoding)
                yield number, text.removeprefix(BOM) if text and number == 1 else text
        if _state(path) != before:
            raise FeedRefused(
                f"{path.name}: the file changed while it was read, up to row {number}; run the "
                "command again when nothing writes to it any more"
            )


def is_ended(line: str) -> bool:
    """Say whether the line has its end: the last of a file that was cut off has none."""
    return line.endswith(("\n", "\r"))


def nothing_in(name: str) -> FeedRefused:
    return FeedRefused(f"{name}: the file is empty: a feed has one row a line")


def cut_off(name: str, last: int) -> FeedRefused:
    return FeedRefused(
        f"{name}: the file is cut off or damaged after row {last}; the rows before that are in. "
        "Get the file again and run the same command"
    )


@contextmanager
def _reading(path: Path, last: Callable[[], int]) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise cut_off(path.name, last()) from None
    except OSError as error:
        raise FeedRefused(f"{path.name}: cannot be read: {error.strerror}") from None


def _state(path: Path) -> tuple[int, int, int]:
    state = path.stat()
    if not S_ISREG(state.st_mode):
        raise FeedRefused(f"{path}: is a folder or a pipe, and a feed is a file")
    return state.st_ino, state.st_size, state.st_mtime_ns


class _Readable(Protocol):
    def readline(self, limit: int, /) -> bytes: ...


@contextmanager
def _open(path: Path) -> Iterator[_Readable]:
    with io.BufferedReader(io.FileIO(path), HEAD_BYTES) as file:
        packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if packed else file
        head = stream.peek(HEAD_BYTES)
        _refuse_other_formats(path, head)
        if b"\r" in head and b"\n" not in head:  # as Macs wrote until 2001
            yield _EndedByReturns(stream)
        else:
            yield stream


class _EndedByReturns:
    """A stream whose lines end with a carriage return alone."""

    def __init__(self, stream: "gzip.GzipFile | io.BufferedReader[Any]") -> None:
        # Latin-1 is every byte as it is; the real encoding is read line by line.
        self._text = io.TextIOWrapper(stream, encoding="latin-1", newline="\r")

    def readline(self, limit: int, /) -> bytes:
        return self._text.readline(limit).encode("latin-1")


def _refuse_other_formats(path: Path, head: bytes) -> None:
    if not head.strip():
        raise nothing_in(path.name)
    start = b"\x00" if b"\x00" in head[:2] else head
    with Path(__file__).with_name("other_formats.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if start.startswith(bytes.fromhex(row["magic"])):
                raise FeedRefused(f"{path.name}: {row['what']}")


def _read_line(stream: _Readable) -> bytes:
    """Return the next line; of one that is too long, only how long it is, in memory of a line.

    The end that a file's last line may lack counts: the same row is too long with it or without.
    """
    line = stream.readline(LINE_LIMIT_BYTES)
    length = len(line)
    while length >= LINE_LIMIT_BYTES and line[-1:] not in b"\r\n" and length <= ENDLESS_BYTES:
        line = stream.readline(LINE_LIMIT_BYTES)
        length += len(line)
    return line if length == len(line) else bytes(max(length, LINE_LIMIT_BYTES + 1))


def _decoded(path: Path, number: int, line: bytes, encoding: str) -> str | None:
    if len(line) > LINE_LIMIT_BYTES:
        return None
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        more = " If it comes from Windows, add --encoding cp1252" if encoding == "utf-8" else ""
        raise FeedRefused(
            f"{path.name}: row {number} is not in {encoding}, and the file was read no further."
            f"{more or ' Ask its sender for UTF-8'}, and run the command again"
        ) from None
