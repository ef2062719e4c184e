"""The lines of a feed's file: plain or gzip, whole, cut off, or no feed at all."""

import gzip
import os
import random
import resource
import zlib

import pytest

from indexer.errors import FeedRefused
from indexer.feeds.lines import LINE_LIMIT_BYTES, read_lines

ROW = '{"source_record_id": "1"}'


@pytest.fixture
def feed(tmp_path):
    """Write a file; return its path."""

    def write(content):
        path = tmp_path / "feed.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
def test_lines_are_numbered_as_in_the_file_whatever_ends_them(feed, pack, end):
    path = feed(pack(f"\ufeff{ROW}{end}{end}{ROW}".encode()))
    assert list(read_lines(path)) == [(1, ROW + end), (2, end), (3, ROW)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\r\n \n", "is empty"),
        (b"PK\x03\x04", "Excel workbook (.xlsx)"),
        (b"\xd0\xcf\x11\xe0", "Excel workbook (.xls)"),
        (b"%PDF-1.7", "PDF"),
        (gzip.compress(gzip.compress(ROW.encode(), mtime=0), mtime=0), "twice"),
        (ROW.encode("utf-16"), "UTF-16"),
        (ROW.encode("utf-16-le"), "UTF-16"),
        (ROW.encode("utf-16-be"), "UTF-16"),
        (b"\x1f\x8b and no more", "cut off or damaged after row 0"),
        (b'{"a": "\xff"}', "row 1 is not in utf-8"),
    ],
)
def test_file_that_is_no_feed_is_refused_before_its_first_row(feed, content, said):
    with pytest.raises(FeedRefused) as refusal:
        next(read_lines(feed(content)))
    assert said in str(refusal.value)


def test_gzip_of_several_members_is_one_feed(feed):
    parts = [gzip.compress(f"{ROW}\n".encode()) for _ in range(3)]
    assert [number for number, _ in read_lines(feed(b"".join(parts)))] == [1, 2, 3]


def test_feed_that_is_cut_off_gives_the_rows_before_the_cut(feed):
    noise = random.Random(1)
    rows = b"\n".join(b'{"a": %d}' % noise.randrange(10**12) for _ in range(10_000))
    packed = gzip.compress(rows)
    lines = read_lines(feed(packed[: len(packed) // 2]))
    read = []
    with pytest.raises(FeedRefused, match="cut off or damaged after row") as refusal:
        read.extend(lines)
    assert f"after row {len(read)};" in str(refusal.value)
    assert len(read) > 1_000


def test_line_that_is_too_long_is_none_and_the_next_is_read(feed):
    path = feed("a" * 5 * LINE_LIMIT_BYTES + f"\n{ROW}\n" + "b" * (LINE_LIMIT_BYTES + 1))
    assert list(read_lines(path)) == [(1, None), (2, f"{ROW}\n"), (3, None)]


@pytest.mark.parametrize("end", ["\n", ""], ids=repr)
def test_line_is_too_long_by_one_byte_with_its_end_or_without(feed, end):
    most = LINE_LIMIT_BYTES - 1
    assert list(read_lines(feed(f"{ROW}\n" + "a" * most + end)))[1] == (2, "a" * most + end)
    assert list(read_lines(feed(f"{ROW}\n" + "a" * (most + 1) + end)))[1] == (2, None)


def test_line_without_an_end_is_refused_and_fills_no_memory(tmp_path):
    path = tmp_path / "bomb.jsonl.gz"
    packer = zlib.compressobj(wbits=31)
    with path.open("wb") as bomb:
        bomb.write(packer.compress(f"{ROW}\n".encode()))
        for _ in range(300):
            bomb.write(packer.compress(b"a" * LINE_LIMIT_BYTES))
        bomb.write(packer.flush())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = read_lines(path)
    assert next(lines) == (1, f"{ROW}\n")
    with pytest.raises(FeedRefused, match="row 2 does not end"):
        next(lines)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kB


@pytest.mark.parametrize("name", ["gone.jsonl", ".", "a" * 300])
def test_file_that_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(FeedRefused):
        next(read_lines(tmp_path / name))


def test_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FeedRefused, match="a feed is a file"):
        next(read_lines(tmp_path / "pipe"))


def test_file_that_changes_while_it_is_read_is_said(feed):
    path = feed(f"{ROW}\n{ROW}\n")
    lines = read_lines(path)
    next(lines)
    with path.open("a") as more:
        more.write(ROW)
    with pytest.raises(FeedRefused, match="changed while it was read"):
        list(lines)


def test_other_encoding_is_read_if_it_is_named(feed):
    path = feed(f"{ROW}\nÉ\n".encode("cp1252"))
    assert list(read_lines(path, "cp1252"))[1] == (2, "É\n")
    with pytest.raises(FeedRefused, match="row 2 is not in utf-8.*--encoding cp1252"):
        list(read_lines(path))
