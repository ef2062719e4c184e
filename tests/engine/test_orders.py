"""The same rows make the same index, in whatever order and pieces their sources bring them."""

import random

import pytest

from indexer.children.load import Loader
from indexer.invented.england import Order, write_england
from indexer.world import REAL
from tests.benchmarks.recall import rows_of
from tests.conftest import OPERATOR
from tests.rows import entries
from tests.whole_index import difference, empty_index, read_whole_index

SOURCES = ("school-census", "gp-registration", "child-benefit", "social-care-359")
CHILDREN, SEED, DAYS = 600, 359, 3
NUMBERS = ("nhs_number", "upn")


@pytest.fixture(scope="module")
def feeds(tmp_path_factory):
    """Source → its rows about an invented England, with all its mistakes."""
    folder = tmp_path_factory.mktemp("england")
    write_england(Order(CHILDREN, SEED, REAL.today()), folder)
    return read_feeds(folder)


def read_feeds(folder):
    chance = random.Random(SEED)
    return {source: with_copies(list(rows_of(folder, source)), chance) for source in SOURCES}


def with_copies(rows, chance):
    """Some rows twice under two ids, with and without their numbers, and some numbers mixed up:
    an England of millions has enough of these, a small one hardly any."""
    copies = [{**row, "source_record_id": f"{row['source_record_id']}-B"} for row in rows]
    copies = chance.sample(copies, len(rows) // 15)
    for copy in copies:
        for name in NUMBERS:
            if chance.random() < 0.6:
                copy.pop(name, None)
    for row in chance.sample(rows, len(rows) // 50):
        row["nhs_number"] = chance.choice(rows).get("nhs_number")
    return [*rows, *copies]


@pytest.fixture
def fresh(ready):
    """The settings of an engine that holds nothing of any load."""
    empty_index(ready)
    return ready


def whole(feeds):
    """Each source as one load."""
    return list(feeds.items())


def backwards(feeds):
    """The last source first, and the last row of each first."""
    return [(source, rows[::-1]) for source, rows in reversed(feeds.items())]


def day_by_day(feeds):
    """A part of each source a day, as their systems send it."""
    return [(source, rows[day::DAYS]) for day in range(DAYS) for source, rows in feeds.items()]


def days_in_disorder(feeds):
    """The days of all sources in an order drawn by lot, and the rows of each day too."""
    chance = random.Random(SEED)
    loads = [(source, chance.sample(rows, len(rows))) for source, rows in day_by_day(feeds)]
    return chance.sample(loads, len(loads))


def loaded(settings, loads):
    loader = Loader(settings, REAL)
    for source, rows in loads:
        loader.load(entries(*rows), source, OPERATOR)
    return read_whole_index(settings)


@pytest.fixture(scope="module")
def in_order(ready, feeds):
    """What the sources make one after the other, each whole."""
    empty_index(ready)
    return loaded(ready, whole(feeds))


def test_invented_england_has_what_could_depend_on_the_order(in_order, feeds):
    rows = sum(map(len, feeds.values()))
    several = [group for group in in_order.groups if len(group) > 2]
    twice = [group for group in in_order.groups if len(group) > len(sources_of(group))]
    assert len(several) > CHILDREN / 2
    assert len(twice) > CHILDREN / 50
    assert sum(map(len, in_order.groups)) == rows


def sources_of(group):
    return {row.partition(":")[0] for row in group}


@pytest.mark.parametrize("order", [backwards, day_by_day, days_in_disorder])
def test_order_and_pieces_of_the_feeds_play_no_part(fresh, feeds, in_order, order):
    assert difference(in_order, loaded(fresh, order(feeds))) == ""


def test_same_feeds_again_in_another_order_change_nothing(fresh, feeds):
    before = loaded(fresh, day_by_day(feeds))
    assert difference(before, loaded(fresh, backwards(feeds))) == ""
