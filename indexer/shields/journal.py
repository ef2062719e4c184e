"""The journal of the register: a file outside Elasticsearch, one event a line, chained and keyed.

A line is on the disk before anything of the event is done. Its hash covers the hash before it, so
no line can be changed, taken out or put elsewhere by anybody without the key.
"""

import fcntl
import hmac
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from indexer.digests import keyed_digest
from indexer.errors import JournalBroken, Refused
from indexer.shields.events import Event

BEGINNING = "0" * 64  # what the first line names as the one before
LONGEST_LINE = 1 << 16  # bytes; reasons and names are bounded far below
_READER = msgspec.json.Decoder(Event)


def sealed(event: Event, previous: Event | None, key: str) -> Event:
    """Return the event as the next of the chain."""
    place = previous.sequence + 1 if previous else 1
    before = previous.hash if previous else BEGINNING
    event = replace(event, sequence=place, previous=before, hash="")
    return replace(event, hash=_hash(event, key))


def _hash(event: Event, key: str) -> str:
    body = msgspec.json.encode(replace(event, hash=""), order="sorted")
    return keyed_digest(key.encode(), body)


def check_chain(events: Iterable[Event], key: str) -> None:
    """Raise JournalBroken unless these are events 1, 2, 3, …, each sealed after the one before."""
    previous: Event | None = None
    for place, event in enumerate(events, 1):
        if event.sequence != place or event.previous != (previous.hash if previous else BEGINNING):
            raise JournalBroken(f"event {place} is missing, or does not follow the one before")
        check_seal(event, key)
        previous = event


def check_seal(event: Event, key: str) -> None:
    """Raise JournalBroken unless the event was sealed with this key, and not changed since."""
    if not hmac.compare_digest(event.hash, _hash(event, key)):
        raise JournalBroken(f"event {event.sequence} was changed, or made with another key")


class Journal:
    """One file. Whoever writes holds it alone, also among threads and processes."""

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self.key = key

    @property
    def is_there(self) -> bool:
        """Is there a file, though nothing may be in it?"""
        return self.path.exists()

    def read(self) -> list[Event]:
        """Return all events; raises JournalBroken where the chain does.

        A last line without its end was torn by a crash, before anything of it was done.
        """
        events = [self._parse(line) for line in self._lines()]
        check_chain(events, self.key)
        return events

    def _lines(self) -> list[bytes]:
        if not self.is_there:
            return []
        with _refusing(self.path):
            return self.path.read_bytes().split(b"\n")[:-1]

    def _parse(self, line: bytes) -> Event:
        try:
            return _READER.decode(line)
        except msgspec.MsgspecError:
            raise JournalBroken(f"a line of {self.path} cannot be read") from None

    @contextmanager
    def held(self) -> Iterator["Pen"]:
        """Yield the only pen. Raises Refused if the file cannot be opened, JournalBroken if its
        last line is not ours."""
        with _refusing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            line, end = _last_line(descriptor)
            last = self._parse(line) if line else None
            if last:
                check_seal(last, self.key)
            yield Pen(self, descriptor, last, end)
        finally:
            os.close(descriptor)


class Pen:
    """Writes at the end of the journal. `last` is its last event, `_end` where that ends."""

    def __init__(self, journal: Journal, descriptor: int, last: Event | None, end: int) -> None:
        self._journal, self._descriptor = journal, descriptor
        self.last, self._end = last, end
        self._before = (last, end)

    def seal(self, event: Event) -> Event:
        """Return the event as the next line would be."""
        return sealed(event, self.last, self._journal.key)

    def write(self, event: Event) -> None:
        """Write a sealed event, and return when it is on the disk.

        Raises Refused if it cannot be written, with the journal as it was.
        """
        line = msgspec.json.encode(event) + b"\n"
        try:
            os.ftruncate(self._descriptor, self._end)  # what a crash tore
            _write_all(self._descriptor, line, self._end)
            os.fsync(self._descriptor)
            _sync_folder(self._journal.path.parent)
        except OSError as error:
            os.ftruncate(self._descriptor, self._end)
            raise _refusal(self._journal.path, error) from None
        self._before = (self.last, self._end)
        self.last, self._end = event, self._end + len(line)

    def take_back(self) -> None:
        """Take out the line just written: what it says was refused by the register."""
        self.last, self._end = self._before
        os.ftruncate(self._descriptor, self._end)
        os.fsync(self._descriptor)


def _last_line(descriptor: int) -> tuple[bytes, int]:
    """Return the last whole line, empty if there is none, and where it ends."""
    size = os.fstat(descriptor).st_size
    start = max(0, size - LONGEST_LINE * 2)
    tail = os.pread(descriptor, size - start, start)
    end = tail.rfind(b"\n") + 1
    return tail[: max(0, end - 1)].rpartition(b"\n")[2], start + end


def _write_all(descriptor: int, line: bytes, at: int) -> None:
    """A nearly full disk takes a part."""
    while line:
        written = os.pwrite(descriptor, line, at)
        line, at = line[written:], at + written


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refusal(path, error) from None


def _refusal(path: Path, error: OSError) -> Refused:
    return Refused(
        f"the journal of shields {path} cannot be used: {error.strerror}. Nothing was changed; "
        "make room or put it right, and run the command again"
    )
