"""A stolen credential at size: what comes back of shielded children, and how long erasing takes.

`python -m tests.benchmarks.stolen [CHILDREN]`: a million unless told; twenty of them are shielded.
"""

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
from indexer.shields.purge import purge_builds
from indexer.world import REAL
from mappings.names import CHILDREN
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine
from tests.rows import nhs_number, plain_row
from tests.shields import BIRTHDAY, Office
from tests.worlds.files import files_of_builds, words_in
from tests.worlds.thief import Thief, Wanted

SIZE, SEED, SHIELDED = 1_000_000, 29, 20
SOURCE, LONGEST_MINUTES = "gp-registration", 30


def load_england(office: Office, folder: Path, size: int) -> None:
    write_england(Order(size, SEED, REAL.today()), folder)
    feed = Feed(feed_path(folder, SOURCE), FeedForm(), REAL.today())
    receipt = Loader(office.settings, REAL).load(feed, SOURCE, OPERATOR)
    say(f"{receipt.rows:,} rows loaded in {receipt.seconds:.0f} s")


def add_wanted(office: Office) -> list[Wanted]:
    """Load children whose names nobody else has."""
    people = [
        (nhs_number(REAL), f"Z{office.family()}".title(), f"Q{office.family()}".title())
        for _ in range(SHIELDED)
    ]
    rows = [
        plain_row(str(n), given, family, BIRTHDAY, nhs_number=nhs)
        for n, (nhs, given, family) in enumerate(people)
    ]
    office.load("wanted", *rows)
    office.store.refresh()
    return [Wanted(office.number_of("wanted", str(n)), *person) for n, person in enumerate(people)]


def routes_and_hints(thieves: list[Thief]) -> str:
    """Return how many routes show a child, and by how many a word of its name comes back."""
    shown = sum(len(thief.shown()) for thief in thieves)
    return (
        f"{shown} routes show one of them, {sum(len(thief.hinted()) for thief in thieves)} a word"
    )


def words_in_files(office: Office, children: list[Wanted]) -> int:
    files = files_of_builds(office.settings, office.client)
    words = [word for one in children for word in (one.number, one.nhs, one.given, one.family)]
    return sum(len(words_in(path, words)) for path in files)


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "2g") as settings:
        init(settings, OPERATOR, REAL)
        office = Office(settings)
        load_england(office, Path(folder) / "feeds", size)
        children = add_wanted(office)
        thieves = [Thief(settings, one) for one in children]
        office.client.options(request_timeout=600).indices.flush(index=CHILDREN)
        say(f"before: {routes_and_hints(thieves)}; in files: {words_in_files(office, children)}")
        for one in children:
            office.set(one.number)
        shown = sum(len(thief.shown()) for thief in thieves)
        say(f"at the acknowledgement: {routes_and_hints(thieves)}")
        began = time.monotonic()
        left = purge_builds(settings, REAL, OPERATOR)
        minutes = (time.monotonic() - began) / 60
        found = words_in_files(office, children)
        hints = sum(len(thief.hinted()) + len(thief.shown()) for thief in thieves)
        say(f"erased in {minutes:.1f} minutes; deleted documents left: {left}")
        say(f"after it: {routes_and_hints(thieves)}; words in the files: {found}")
    sys.exit(bool(shown or left or found or hints or minutes > LONGEST_MINUTES))


if __name__ == "__main__":
    main()
