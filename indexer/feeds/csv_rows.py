"""Reads the lines of a CSV as what rows say."""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from indexer.feeds.columns import Column, FeedForm, line_digest, put
from indexer.feeds.header import check_header
from indexer.feeds.lines import LINE_LIMIT_BYTES, TOO_LONG, Line, cut_off, is_ended
from indexer.feeds.rows import Reject, Unread, reject

RECORD_ID = "source_record_id"
RECORD_LINES = 100  # a quote that is open for longer was opened by mistake
QUOTES = "A quote is not closed, or stands where none may; in a quoted cell write it twice."
DELIMITERS = ",;\t"  # no field has one in its name; spreadsheets of other countries write `;`
BOOLEANS = {"true": True, "false": False}  # spreadsheets write them in capitals

csv.field_size_limit(LINE_LIMIT_BYTES)  # a cell may fill its line; Python stops at an eighth of it

Cells = tuple[int, list[str] | str]
"""The number of the record's first line, and its cells or what is wrong with it."""


def read_csv(lines: Iterator[Line], form: FeedForm, name: str) -> Iterator[Unread | Reject]:
    """Yield each row; empty rows are left out. The header is line 1, as an editor counts.

    Raises FeedRefused at a header that is none, and at the last line if it is cut off.
    """
    source = _Lines(lines)
    columns = check_header(source.first_line(), form, name)
    row = _row_reader(columns, form)
    for number, cells in source.records():
        if not isinstance(cells, str) and not any(cell.strip() for cell in cells):
            continue
        found = row(number, cells)
        if isinstance(found, Reject) and not source.is_ended:
            raise cut_off(name, number - 1)
        yield found


def _row_reader(
    columns: list[Column | None], form: FeedForm
) -> Callable[[int, list[str] | str], Unread | Reject]:
    ids = [place for place, one in enumerate(columns) if one and one.path == (RECORD_ID,)]
    header = "\n".join(str(column) for column in columns)
    digest = line_digest(form)

    def row(number: int, cells: list[str] | str) -> Unread | Reject:
        if isinstance(cells, str):
            return reject(number, cells)
        if len(cells) != len(columns):
            return reject(number, f"Has {len(cells)} cells, and the header {len(columns)}.")
        record_id = cells[ids[0]].strip(" ") or None
        written = digest("\0".join((header, *cells)))
        return Unread(number, record_id, written, partial(_said, columns, cells))

    return row


def _said(columns: list[Column | None], cells: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        text = cell.strip(" ")
        if text and column:
            value = BOOLEANS.get(text.lower(), text) if column.is_true_or_false else text
            put(row, column.path, value)
    return row


class _Lines:
    """The lines as csv.reader takes them; those a quote swallowed by mistake are read again."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self._taken: list[Line] = []
        self._delimiter = ","
        self.is_ended = True

    def first_line(self) -> list[str]:
        """Return the header's cells."""
        line = next(self, "")
        self._delimiter = max(DELIMITERS, key=line.count)
        try:
            return next(csv.reader([line], delimiter=self._delimiter, strict=True), [])
        except csv.Error:
            return []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= RECORD_LINES:
            raise csv.Error(QUOTES)
        line = self._again.popleft() if self._again else next(self._lines)
        self._taken.append(line)
        if line[1] is None:
            raise csv.Error(TOO_LONG)
        self.is_ended = is_ended(line[1])
        return line[1]

    def records(self) -> Iterator[Cells]:
        reader = csv.reader(self, delimiter=self._delimiter, strict=True)
        while True:
            self._taken = []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield self._taken[0][0], self._give_back()
            else:
                yield self._taken[0][0], cells

    def _give_back(self) -> str:
        """Return what is wrong with the first line taken; the others are records of their own."""
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        return TOO_LONG if first[1] is None else QUOTES
