"""The lines of a feed's file: plain or gzip, whole, cut off, or no feed at all."""

import gzip
import random

import pytest

from indexer.errors import FeedRefused
from indexer.feeds.lines import LINE_LIMIT_BYTES, read_lines

ROW = b'{"source_record_id": "1"}'


@pytest.fixture
def feed(tmp_path):
    """Write a file; return its path."""

    def write(content):
        path = tmp_path / "feed.jsonl"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_lines_are_numbered_as_in_the_file_and_blank_ones_left_out(feed, pack):
    path = feed(pack(b"\xef\xbb\xbf" + ROW + b"\r\n\n" + ROW))
    assert list(read_lines(path)) == [(1, ROW), (3, ROW)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n" + ROW,
        b"[1]",
        b"source_record_id,family_name\n1,Kelly\n",
        b'{"a": "\xff"}',
        b"PK\x03\x04",
        b"\x1f\x8b and no more",
        b"[" * 100_000,
    ],
    ids=["empty", "blank", "list", "csv", "latin-1", "zip", "no gzip", "deep"],
)
def test_file_that_is_no_feed_is_refused_before_its_first_row(feed, content):
    with pytest.raises(FeedRefused):
        next(read_lines(feed(content)))


def test_broken_first_row_of_a_feed_is_a_row(feed):
    assert list(read_lines(feed(b'{"a": \n' + ROW))) == [(1, b'{"a":'), (2, ROW)]


def test_feed_that_is_cut_off_gives_the_rows_before_the_cut(feed):
    noise = random.Random(1)
    rows = b"\n".join(b'{"a": %d}' % noise.randrange(10**12) for _ in range(10_000))
    packed = gzip.compress(rows)
    lines = read_lines(feed(packed[: len(packed) // 2]))
    read = []
    with pytest.raises(FeedRefused, match="cut off or damaged after row"):
        read.extend(lines)
    first = next(read_lines(feed(packed)))
    assert first == (1, rows.split(b"\n")[0])


def test_line_without_an_end_is_refused_with_its_number(feed):
    lines = read_lines(feed(ROW + b"\n" + b"a" * LINE_LIMIT_BYTES))
    assert next(lines) == (1, ROW)
    with pytest.raises(FeedRefused, match="row 2"):
        next(lines)


@pytest.mark.parametrize("name", ["gone.jsonl", ".", "a" * 300])
def test_file_that_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(FeedRefused):
        next(read_lines(tmp_path / name))
