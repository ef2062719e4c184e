"""Checks the header of a CSV before its first row is read."""

from collections.abc import Iterator

from indexer.errors import FeedRefused
from indexer.feeds.columns import Column, FeedForm, column_of, nearest_known, shown_column
from indexer.feeds.fields import ROW

TEMPLATE = "contactpoint load --template csv"
PROBLEMS_SHOWN = 5


def check_header(cells: list[str], form: FeedForm, name: str) -> list[Column | None]:
    """Return what each column is, None for one to leave out.

    Raises FeedRefused with all that is wrong, and the nearest field for it. Words that may be a
    child's data (there may be no header at all) are not repeated.
    """
    theirs = [cell.strip() for cell in cells]
    ours = [form.columns.get(one, one) for one in theirs]
    left_out = [form.columns.get(one) == "" for one in theirs]
    columns = [column_of(one) for one in ours]
    if not any(columns):
        raise FeedRefused(
            f"{name}: the first line is neither a JSON object nor the column names of a CSV; "
            f"'{TEMPLATE}' prints those there are"
        )
    unknown = {
        number: theirs[number - 1]
        for number, column in enumerate(columns, 1)
        if not column and not left_out[number - 1]
    }
    problems = [*_unknown(unknown), *_twice(ours), *_missing(ours, unknown)]
    problems += _not_there(theirs, form)
    if problems:
        raise FeedRefused(
            f"{name}: {'; '.join(problems[:PROBLEMS_SHOWN])}. Change the first line, or rename or "
            f"leave out columns with --columns; '{TEMPLATE}' prints those there are"
        )
    return columns


def _unknown(unknown: dict[int, str]) -> Iterator[str]:
    for number, name in unknown.items():
        if not name:
            yield f"column {number} has no name"
        else:
            nearest = nearest_known(name)
            hint = f" (the nearest is '{nearest}')" if nearest else ""
            yield f"{shown_column(number, name)} is not a field of a feed{hint}"


def _twice(ours: list[str]) -> Iterator[str]:
    for number, name in enumerate(ours, 1):
        first = ours.index(name) + 1
        if first < number and column_of(name):
            yield f"columns {first} and {number} are both '{name}'"


def _missing(ours: list[str], unknown: dict[int, str]) -> Iterator[str]:
    """A file that only withdraws needs no more than the record ids."""
    needed = ["source_record_id"] if "withdrawn" in ours else ROW.required
    for name in needed:
        if name not in ours:
            near = [shown_column(*one) for one in unknown.items() if nearest_known(one[1]) == name]
            hint = f" (the nearest is {near[0]})" if near else ""
            yield f"there is no column '{name}', which every row needs{hint}"


def _not_there(theirs: list[str], form: FeedForm) -> Iterator[str]:
    for name, ours in form.columns.items():
        if ours and name not in theirs:
            yield f"--columns names '{name}', and the file has no such column"
