"""One feed: its rows, valid or not, from a file of any age to the loader, in flat memory."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

from indexer.errors import FeedRefused
from indexer.feeds.batches import batches
from indexer.feeds.columns import FeedForm
from indexer.feeds.csv_rows import read_csv
from indexer.feeds.json_rows import read_json
from indexer.feeds.lines import nothing_in, read_lines
from indexer.feeds.rows import Reject, Unread
from indexer.feeds.seen import Seen

JUDGED_ROWS = 100  # with fewer, one bad row would soon be too many
MOST_REJECTED = 0.10
REPEATED = "Stands in this file already; only the first row with it counts."


class Feed:
    """The rows of a file, as of one day; `seen` knows, at the end, which record ids it has had.

    Making it looks at the file's first rows: raises FeedRefused if it is no feed.
    """

    def __init__(self, path: Path, form: FeedForm, today: date) -> None:
        self._path, self._form, self._today = path, form, today
        if next(self._rows(), None) is None:
            raise FeedRefused(f"{path.name}: the file has no rows, only the names of its columns")
        self.seen = Seen()

    def __iter__(self) -> Iterator[Unread | Reject]:
        """Yield every row, in order; those of a file that breaks off until it does.

        Raises FeedRefused where it breaks off, and after the rejects of the first 1,000 rows if a
        tenth of those or more is rejected: no other row has been yielded then.
        """
        checked = map(self._without_repeats, batches(self._rows()))
        first = next(checked, [])
        read = [one if isinstance(one, Reject) else one.read(self._today) for one in first]
        rejects = [one for one in read if isinstance(one, Reject)]
        if len(first) >= JUDGED_ROWS and len(rejects) >= MOST_REJECTED * len(first):
            yield from rejects
            raise FeedRefused(f"{self._path.name}: {_too_many(rejects, len(first))}")
        yield from first
        for batch in checked:
            yield from batch

    def _rows(self) -> Iterator[Unread | Reject]:
        lines = read_lines(self._path, self._form.encoding)
        first = next((line for line in lines if line[1] is None or line[1].strip()), None)
        if first is None:
            raise nothing_in(self._path.name)
        read = read_json if self._is_json(first[1] or "{") else read_csv
        return read(chain([first], lines), self._form, self._path.name)

    def _is_json(self, line: str) -> bool:
        """By what stands in it, for files are renamed; a CSV is whatever else has a header."""
        if line.lstrip().startswith("["):
            raise FeedRefused(
                f"{self._path.name}: is a list in JSON: a feed has one object a line, and no "
                "brackets or commas around them"
            )
        return line.lstrip().startswith("{")

    def _without_repeats(self, batch: list[Unread | Reject]) -> list[Unread | Reject]:
        """Reject what has a record id that the file had before, in a good row or a bad one."""
        had = self.seen.add(one.source_record_id for one in batch if one.source_record_id)
        kept: list[Unread | Reject] = []
        for one in batch:
            record_id = one.source_record_id
            kept.append(_repeated(one) if isinstance(one, Unread) and record_id in had else one)
            if record_id:
                had.add(record_id)
        return kept


def _repeated(row: Unread) -> Reject:
    return Reject(row.number, row.source_record_id, {"source_record_id": [REPEATED]})


def _too_many(rejects: list[Reject], rows: int) -> str:
    errors = Counter(
        (field, message)
        for one in rejects
        for field, messages in one.errors.items()
        for message in messages
    )
    (field, message), count = errors.most_common(1)[0]
    return (
        f"{len(rejects):,} of the first {rows:,} rows are wrong, and nothing was loaded. Most "
        f"often, {count:,} times, it is {field}: {message} Have it put right where the file comes "
        "from (--columns and --encoding help with other names and letters), and run the command "
        "again"
    )
