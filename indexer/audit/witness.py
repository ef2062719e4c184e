"""The witness: a file with one line an entry, `chain sequence hash`, meant for another machine.

It is written after the entry is stored and before anything is shown. So what the witness has seen
must be there: whoever deletes it, the last of a chain too, is found out. What a crash leaves is an
entry that is stored and that the witness has not seen.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from indexer.audit.entry import Line
from indexer.errors import AuditUnavailable, Refused
from indexer.settings import Settings

# At the end of a line: before it may stand what a full disk left of another one.
_LINE = re.compile(rb"([0-9a-f]{16}) ([0-9]{1,12}) ([0-9a-f]{64})\n?$")


def witness_path(settings: Settings, index: str) -> Path:
    """Return the witness of `audit` or of `audit-sealed`: it tells how many entries there are."""
    return settings.witness / f"{index}.witness"


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    """Add the lines, in one write. Raises AuditUnavailable.

    The file is opened each time (some 20 microseconds), so that it may be moved away at any
    moment. It is not synced: what a power cut takes of it is taken from its end.
    """
    text = b"".join(map(written, lines))
    try:
        descriptor = _opened(path)
        try:
            size = os.write(descriptor, text)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _unavailable(path, error.strerror) from None
    if size < len(text):
        raise _unavailable(path, "no space left")


def written(line: Line) -> bytes:
    return f"{line.chain} {line.sequence} {line.hash}\n".encode()


def read_lines(path: Path, size: int) -> Iterator[Line]:
    """Yield the lines within the first `size` bytes; raises Refused if the file cannot be read.

    What is no line is skipped: a crash may leave a piece of one.
    """
    try:
        with path.open("rb") as stream:
            for text in stream:
                size -= len(text)
                if size < 0:
                    return
                if match := _LINE.search(text):
                    yield Line(match[1].decode(), int(match[2]), match[3].decode())
    except OSError as error:
        raise _unreadable(path, error) from None


def size_of(path: Path) -> int:
    """Return how many bytes there are now; raises Refused if the file is not there."""
    try:
        return path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from None


def _opened(path: Path) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)


def _unreadable(path: Path, error: OSError) -> Refused:
    return Refused(f"the witness {path} cannot be read: {error.strerror}")


def _unavailable(path: Path, why: str | None) -> AuditUnavailable:
    return AuditUnavailable(
        f"the witness of the audit, {path}, cannot be written: {why}. Nothing is shown until it can"
    )
