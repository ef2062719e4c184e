"""What the columns of a file are called: by us, or by a table the data manager gives."""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import blake2b
from pathlib import Path
from typing import Any

from indexer.errors import Refused
from indexer.feeds.fields import COLUMNS, OTHER_NAMES, is_like_a_field
from indexer.feeds.sensitive import sensitive_words
from indexer.feeds.shapes import LIST_LIMIT

ASCII = "".join(map(chr, [*range(32, 92), *range(93, 127)])) + "\\x41\r\n"
ALIKE = 0.75  # 0..1; below, what is nearest to a name is often no help at all
READING_VERSION = 3  # raise it when rows are understood differently, so that all are read again
MAP_HEADER = ["theirs", "ours"]
_PLACE = re.compile(rf"(?<=\.)([1-9][0-9]?|{LIST_LIMIT})(?=\.|\Z)")
_NO_LETTERS = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True)
class FeedForm:
    """How a file is written: its encoding, and its column → ours (empty: left out)."""

    encoding: str = "utf-8"
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """Where the cells of a column belong in a row."""

    path: tuple[str | int, ...]
    is_true_or_false: bool


def line_digest(form: FeedForm) -> Callable[[str], str]:
    """Return what makes the digest of what is written in a row: 32 hexadecimal digits.

    Whatever decides how it is understood is a part of it: then a row is read again when that
    changes.
    """
    understood = (READING_VERSION, sorted(form.columns.items()), sensitive_words())
    start = blake2b(repr(understood).encode() + b"\0", digest_size=16)

    def digest(written: str) -> str:
        own = start.copy()
        own.update(written.encode())
        return own.hexdigest()

    return digest


def column_of(ours: str) -> Column | None:
    """Return what a column of our names holds (`carers.2.name`: carers, 2, name), if it is one."""
    field = COLUMNS.get(_PLACE.sub("1", ours))
    steps = (int(step) if step.isdigit() else step for step in ours.split("."))
    return Column(tuple(steps), field.quick is bool) if field else None


def put(row: dict[str, Any], path: tuple[str | int, ...], value: Any) -> bool:
    """Put a value into the objects and lists (by number) of a row; False if one is there."""
    *outer, last = path
    inside: Any = row
    for step in outer:
        inside = inside.setdefault(step, {})
        if not isinstance(inside, dict):
            return False
    if last in inside:
        return False
    inside[last] = value
    return True


def checked_encoding(name: str) -> str:
    """Return the encoding's name; raise Refused if no file can be read by it line by line."""
    try:
        is_plain = ASCII.encode().decode(name) == ASCII
    except (LookupError, ValueError):
        is_plain = False
    if not is_plain:
        raise Refused("--encoding: use utf-8, cp1252, latin-1 or another in which a to z are ASCII")
    return name


def read_columns(path: Path) -> dict[str, str]:
    """Return theirs → ours from a CSV of the two; raises Refused, naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as table:
            lines = [line for line in csv.reader(table, strict=True) if line]
    except OSError as error:
        raise Refused(f"--columns: {path.name} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise Refused(f"--columns: {path.name} is not a CSV in UTF-8") from None
    if not lines or lines[0] != MAP_HEADER:
        raise Refused(f"--columns: the first line of {path.name} must be: theirs,ours")
    columns: dict[str, str] = {}
    for number, cells in enumerate(lines[1:], 2):
        wrong = _wrong_with(cells, columns)
        if wrong:
            raise Refused(f"--columns: line {number} of {path.name}: {wrong}")
        columns[cells[0]] = cells[1]
    return columns


def _wrong_with(cells: list[str], before: dict[str, str]) -> str:
    """The lines were written by the data manager, about columns: they may be repeated."""
    if len(cells) != len(MAP_HEADER) or not cells[0]:
        return "write the column of the file, a comma, and our name for it or nothing"
    theirs, ours = cells
    if theirs in before:
        return f"'{theirs}' stands in an earlier line too"
    if ours and ours in before.values():
        return f"'{ours}' stands in an earlier line too"
    if ours and not column_of(ours):
        hint = f"; the nearest is '{near}'" if (near := nearest_known(ours)) else ""
        return f"'{ours}' is not a field of a feed{hint}"
    return ""


def nearest_known(name: str) -> str:
    """Return the field that a name most likely stands for; empty if it is like none."""
    plain = plain_name(name)
    known = {one: one for one in COLUMNS} | OTHER_NAMES
    found = get_close_matches(re.sub(r"[0-9]+", "1", plain), known, 1, ALIKE)
    return known.get(plain) or (known[found[0]] if found else "")


def shown_column(number: int, name: str) -> str:
    """Return the column's number, and its name if it can hardly be anything but a field's."""
    is_known = plain_name(name) in COLUMNS or plain_name(name) in OTHER_NAMES
    return (
        f"column {number}, '{name}'," if is_known or is_like_a_field(name) else f"column {number}"
    )


def plain_name(name: str) -> str:
    """Return `Date of Birth` as `date_of_birth`."""
    return _NO_LETTERS.sub("_", name.lower()).strip("_")


def template() -> str:
    """Return a CSV's header, and a line that says what stands where and is no valid row."""
    about = (field.about for field in COLUMNS.values())
    return f"{','.join(COLUMNS)}\n{','.join(about)}"
