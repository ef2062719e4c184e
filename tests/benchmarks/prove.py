"""The long measurements behind docs/PROOF.md; prints what was asked and what came out."""

import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from indexer.builds.init import init
from indexer.children.load import Loader
from indexer.feeds.columns import FeedForm
from indexer.feeds.feed import Feed
from indexer.invented.england import feed_path, write_england
from indexer.invented.slices import Order
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.recall import linking, measure, one_edit_each_and_year
from tests.conftest import running_engine

CHILDREN, SEED, CASES = 20_000, 17, 200
SOURCES = ("child-benefit", "gp-registration", "school-census", "social-care-359")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def load_all(settings: Settings, feeds: Path) -> tuple[int, float]:
    """Load the four feeds; return rows and seconds."""
    loader, rows, began = Loader(settings, REAL), 0, time.monotonic()
    for source in SOURCES:
        feed = Feed(feed_path(feeds, source), FeedForm(), REAL.today())
        rows += loader.load(feed, source, person_at_keyboard()).rows
    return rows, time.monotonic() - began


def prove(settings: Settings, feeds: Path) -> None:
    init(settings, person_at_keyboard(), REAL)
    write_england(Order(CHILDREN, SEED, REAL.today()), feeds)
    rows, seconds = load_all(settings, feeds)
    say(f"load, first time: {rows:,} rows in {seconds:.1f} s: {rows / seconds:,.0f} a second")
    rows, again = load_all(settings, feeds)
    say(f"load, the same again: {again:.1f} s: {again / seconds:.2f} of the first time")
    joined, split, persons = linking(settings, feeds)
    say(f"linking: of {persons:,} persons {split:,} have more than one record")
    say(f"linking: records that hold rows of more than one person: {joined:,}")
    cases = one_edit_each_and_year(feeds, CASES, SEED)
    recall = measure(settings, feeds, cases)
    for size, found in recall.within.items():
        say(f"one edit in each name and the year, found in the first {size}: {found} of {CASES}")
    p50, p95, p99 = (recall.percentile(percent) for percent in (50, 95, 99))
    say(f"through the whole gate: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms")


def main() -> None:
    say(f"{REAL.today()}, {os.cpu_count()} cores, {platform.machine()}, {CHILDREN:,} children")
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        prove(settings, Path(folder) / "feeds")


if __name__ == "__main__":
    main()
