"""Invented feeds as the product reads them: all rows are valid but those made bad on purpose."""

import json
from datetime import date

import pytest

from indexer.feeds.rows import Reject
from indexer.invented.bad_rows import BREAKERS
from indexer.invented.england import feed_path, write_england
from indexer.invented.slices import Order
from indexer.invented.sources import sources
from tests.rows import read_rows

TODAY = date(2026, 11, 1)
CHILDREN = 6_000
BAD_ROWS = 4 * len(BREAKERS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("feeds")
    write_england(Order(CHILDREN, 11, TODAY, BAD_ROWS), out)
    return out


@pytest.fixture(scope="module")
def read(folder):
    return {
        source: list(read_rows(feed_path(folder, source), TODAY))
        for source in sources()
        if source != "social-care-359"  # so small that its share of bad rows is too many
    }


def test_all_rows_but_the_bad_ones_are_valid_and_in_the_truth(folder, read):
    entries = map(json.loads, (folder / "truth.jsonl").read_text().splitlines())
    truth = {(entry["source"], entry["source_record_id"]) for entry in entries}
    for source, rows in read.items():
        good = [row for row in rows if not isinstance(row, Reject)]
        assert all((source, row.source_record_id) in truth for row in good)
        assert len(rows) - len(good) == BAD_ROWS / 4


def test_bad_rows_are_rejected_for_one_reason_each(read):
    reasons = [set(row.errors) for rows in read.values() for row in rows if isinstance(row, Reject)]
    assert {len(reason) for reason in reasons} == {1}
