"""Rows into the index, on the real server: linked, combined, placed, and the receipt."""

import gzip
import random
import re

import orjson
import pytest

from indexer.children import loads as receipts
from indexer.children.links import Link, Links, nhs_key, row_key
from indexer.children.load import Listeners, Loader
from indexer.children.loads import Loads
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.errors import FeedRefused, Refused
from indexer.feeds.columns import FeedForm
from indexer.feeds.feed import Feed
from indexer.people.actor import Actor
from indexer.world import REAL
from tests.rows import entries, nhs_number, plain_row, row

LOADER_OF_FEEDS = Actor("tester", "operator", "")


class Index:
    """What a test says to the index and asks of it."""

    def __init__(self, settings, world):
        self._loader = Loader(settings, world)
        client = make_client(settings, "worker")
        self.links, self._store = Links(client), ChildStore(client)
        self.rejects = []

    def load(self, source, *rows):
        return self.load_feed(source, entries(*rows))

    def load_feed(self, source, feed):
        return self._loader.load(feed, source, LOADER_OF_FEEDS, Listeners(self.rejects.extend))

    def child(self, source, record_id):
        key = row_key(source, record_id)
        link = self.links.read([key]).get(key)
        stored = link and self._store.read([link.child]).get(link.child)
        return stored.child if stored else None


@pytest.fixture
def index(ready, world):
    return Index(ready, world)


def test_row_becomes_a_child_with_all_that_it_says(index, source):
    receipt = index.load(source, row(nhs_number=None, date_of_birth="2013-05-17"))
    child = index.child(source, "SC-0001234")
    assert (receipt.rows, receipt.new, receipt.rejected) == (1, 1, 0)
    assert (child.facts.given_names, child.facts.family_name) == ("Niamh Rose", "O'Brien-Smith")
    assert child.facts.involvements[0].organisation == "St Mary's Primary"
    assert child.facts.involvements[0].source == source


def test_same_feed_again_changes_nothing(index, source):
    rows = [plain_row("1", "Ann", "Kelly", "2014-03-09"), plain_row("2", "Bo", "Lee", "2015-01-01")]
    index.load(source, *rows)
    before = index.child(source, "1")
    receipt = index.load(source, *rows)
    assert (receipt.new, receipt.changed, receipt.unchanged) == (0, 0, 2)
    assert index.child(source, "1") == before


def test_first_load_of_a_source_says_that_the_source_is_new(index, source):
    first = index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    second = index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    assert (first.is_new_source, second.is_new_source) == (True, False)


def test_changed_row_keeps_number_and_former_name(index, source):
    index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    number = index.child(source, "1").number
    receipt = index.load(source, plain_row("1", "Ann", "Smith", "2014-03-09"))
    child = index.child(source, "1")
    assert (receipt.changed, child.number, child.facts.family_name) == (1, number, "Smith")
    assert [one.family_name for one in child.facts.former_names] == ["Kelly"]


def test_rows_of_two_sources_with_one_nhs_number_are_one_child(index, source, world):
    nhs = nhs_number(world)
    other = f"{source}-b"
    index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=nhs))
    index.load(other, plain_row("9", "Annie", "Kelly", "2014-03-09", nhs_number=nhs))
    assert index.child(source, "1") == index.child(other, "9")
    assert len(index.child(source, "1").contributions) == 2


def test_two_rows_of_one_feed_with_one_number_are_one_child(index, source, world):
    nhs = nhs_number(world)
    index.load(
        source,
        plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=nhs),
        plain_row("2", "Ann", "Kelly", "2014-03-09", nhs_number=nhs),
    )
    assert index.child(source, "1") == index.child(source, "2")


def test_number_with_another_name_and_another_date_does_not_link(index, source, world):
    nhs = nhs_number(world)
    index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=nhs))
    index.load(source, plain_row("2", "Bo", "Lee", "2011-07-30", nhs_number=nhs))
    assert index.child(source, "1").number != index.child(source, "2").number


def test_load_that_died_before_placing_is_finished_by_the_same_feed(index, source):
    index.links.write({row_key(source, "1"): Link(("100000000004",), source)})
    index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    assert index.child(source, "1").facts.given_names == "Ann"


def test_child_whom_every_source_withdrew_is_gone_and_can_come_back(index, source, world):
    ann = plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=nhs_number(world))
    index.load(source, ann)
    receipt = index.load(source, {"source_record_id": "1", "withdrawn": True})
    assert (receipt.withdrawn, index.child(source, "1")) == (1, None)
    index.load(source, ann)
    assert index.child(source, "1").facts.given_names == "Ann"


def test_number_of_a_child_who_left_does_not_give_the_record_to_another(index, source, world):
    number = nhs_number(world)
    index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=number))
    left = index.child(source, "1").number
    index.load(source, {"source_record_id": "1", "withdrawn": True})
    index.load(source, plain_row("2", "Bo", "Kelly", "2016-07-01", nhs_number=number))
    assert index.child(source, "2").number != left


def test_number_that_was_corrected_does_not_join_a_sibling(index, source, world):
    wrong, right = nhs_number(world), nhs_number(world)
    tom = plain_row("1", "Tom", "Ashworth", "2014-03-09", nhs_number=wrong)
    index.load(source, tom)
    index.load(source, tom | {"nhs_number": right})
    index.load(source, plain_row("2", "Lucy", "Ashworth", "2016-07-01", nhs_number=wrong))
    index.load(f"{source}-b", plain_row("7", "Lucy", "Ashworth", "2016-07-01", nhs_number=wrong))
    assert index.child(source, "2").number != index.child(source, "1").number
    assert index.child(f"{source}-b", "7") == index.child(source, "2")


def test_number_reserved_for_a_child_who_was_never_written_is_taken_over(index, source, world):
    number = nhs_number(world)
    index.links.write({nhs_key(number): Link(("100000000004",))})
    index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=number))
    index.load(f"{source}-b", plain_row("7", "Ann", "Kelly", "2014-03-09", nhs_number=number))
    assert index.child(source, "1") == index.child(f"{source}-b", "7") is not None


def test_row_of_a_hundred_long_former_names_is_loaded_with_the_rows_around_it(index, source):
    names = [
        {
            "given_names": f"Ann{i}",
            "family_name": " ".join(f"{word}x{i}" for word in "abcdefghijkl"),
        }
        for i in range(100)
    ]
    rows = [plain_row(str(i), "Ann", "Kelly", "2014-03-09", former_names=names) for i in range(12)]
    receipt = index.load(source, *rows, plain_row("99", "Bo", "Lee", "2015-01-01"))
    assert (receipt.new, index.child(source, "99").facts.given_names) == (13, "Bo")


def test_withdrawn_contribution_leaves_the_others(index, source, world):
    nhs = nhs_number(world)
    other = f"{source}-b"
    index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=nhs))
    index.load(other, plain_row("9", "Annie", "Kelly", "2014-03-09", nhs_number=nhs))
    index.load(other, {"source_record_id": "9", "withdrawn": True})
    child = index.child(source, "1")
    assert [one.source for one in child.contributions] == [source]


def test_bad_rows_are_rejected_and_the_others_are_in(index, source):
    good = plain_row("1", "Ann", "Kelly", "2014-03-09")
    receipt = index.load(source, good, plain_row("2", "Bo", "Lee", "2999-01-01"))
    assert (receipt.rows, receipt.new, receipt.rejected) == (2, 1, 1)
    assert [(one.number, one.source_record_id) for one in index.rejects] == [(2, "2")]


@pytest.mark.parametrize("count", [900, 3000])
def test_feed_that_is_cut_off_keeps_every_row_before_the_cut(index, source, tmp_path, count):
    noise = random.Random(1)
    rows = [
        plain_row(str(i), "Ann", "Kelly", "2014-03-09", address={"town": f"{noise.random()}"})
        for i in range(1, count + 1)
    ]
    whole = gzip.compress(b"\n".join(map(orjson.dumps, rows)))
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(FeedRefused, match="cut off or damaged after row") as refusal:
        index.load_feed(source, Feed(path, FeedForm(), REAL.today()))
    last = int(re.search(r"after row (\d+)", str(refusal.value))[1])
    assert index.child(source, "1") is not None
    assert index.child(source, str(last)) is not None


@pytest.mark.parametrize("name", ["nhs", "upn", "", "School Census", "a" * 41, "a:b"])
def test_name_that_no_source_can_have_is_refused(index, name):
    with pytest.raises(Refused, match="--source"):
        index.load(name, row())


def test_row_with_the_numbers_of_two_children_makes_them_one(index, source, world):
    nhs, upn = nhs_number(world), "Z823300012001"
    index.load(source, plain_row("1", "Ann", "Kelly", "2014-03-09", nhs_number=nhs))
    index.load(f"{source}-b", plain_row("7", "Ann", "Kelly", "2014-03-09", upn=upn))
    first, second = index.child(source, "1").number, index.child(f"{source}-b", "7").number
    both = plain_row("3", "Ann", "Kelly", "2014-03-09", nhs_number=nhs, upn=upn)
    index.load(f"{source}-c", both)
    child = index.child(f"{source}-c", "3")
    assert index.child(source, "1") == child == index.child(f"{source}-b", "7")
    assert {child.number, *child.former_numbers} == {first, second}


def test_of_many_loads_since_a_moment_none_is_left_out(ready, source, monkeypatch):
    """The newest least: it is the one that no snapshot has."""
    monkeypatch.setattr(receipts, "PAGE", 2)
    loads, began = Loads(make_client(ready, "worker"), REAL), REAL.now()
    made = []
    for _ in range(5):
        made.append(loads.begin(source, LOADER_OF_FEEDS))
        loads.end(made[-1], "done", {})
    found = [one.load for one in loads.since(began) if one.source == source]
    assert sorted(found) == sorted(one.load for one in made)
    assert loads.is_known_before(REAL.now())
