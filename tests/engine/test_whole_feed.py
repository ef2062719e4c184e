"""`load --whole` and `load --dry-run`: what is withdrawn, what is refused, what stays untouched."""

import orjson
import pytest

from indexer.children.links import Links, row_key
from indexer.children.load import DRY_RUN, Loader
from indexer.children.store import ChildStore
from indexer.children.whole import Whole
from indexer.clients import make_client
from indexer.errors import Refused
from indexer.feeds.columns import FeedForm
from indexer.feeds.feed import Feed
from indexer.world import REAL
from mappings.names import SHIELDED_CHILDREN
from tests.conftest import OPERATOR
from tests.rows import entries, plain_row
from tests.shields import add_mark
from tests.whole_index import empty

ROWS = [plain_row(str(n), "Ann", "Kelly", f"2014-03-{n:02}") for n in range(1, 31)]


@pytest.fixture(autouse=True)
def nobody_hidden(ready):
    """Or rows of these tests were held for being near a child whom another hid."""
    empty(ready, SHIELDED_CHILDREN)


@pytest.fixture
def load(ready, source, tmp_path):
    """Loads rows as a file; `whole` and `confirm` as the options say."""

    def load(rows, *, whole=False, confirm=False, is_dry=False):
        path = tmp_path / "feed.jsonl"
        path.write_bytes(b"".join(b"%s\n" % orjson.dumps(one) for one in rows))
        feed = Feed(path, FeedForm(), REAL.today())
        said = Whole(feed.seen.which, confirm) if whole else None
        return Loader(ready, REAL, is_dry=is_dry).load(feed, source, OPERATOR, whole=said)

    return load


@pytest.fixture
def here(ready, source):
    """The record ids of the source's rows that stand in a child."""

    def here():
        client = make_client(ready, "worker")
        keys = [row_key(source, one["source_record_id"]) for one in ROWS]
        links = Links(client).read(keys)
        there = ChildStore(client).read(link.child for link in links.values())
        return {key.split(":")[1] for key, link in links.items() if link.child in there}

    return here


def test_whole_feed_withdraws_what_it_has_not(load, here):
    load(ROWS)
    receipt = load(ROWS[1:], whole=True)
    assert (receipt.rows, receipt.unchanged, receipt.withdrawn) == (29, 29, 1)
    assert "1" not in here()
    assert len(here()) == 29


def test_receipts_of_whole_feeds_do_not_tell_that_a_child_is_hidden(load, ready, source):
    def told():
        """What is said of a feed without the first row, sent twice, and of one without half."""
        said = [load(ROWS[1:], whole=True) for _ in range(2)]
        with pytest.raises(Refused) as refusal:
            load(ROWS[16:], whole=True)
        return [_outcomes(one) for one in said], str(refusal.value)

    load(ROWS)
    without = told()
    load(ROWS)
    client = make_client(ready, "worker")
    key = row_key(source, "1")
    number = Links(client).read([key])[key].child
    add_mark(client, ready.secret("register.key"), number)
    load(ROWS)
    assert told() == without


def _outcomes(receipt):
    parts = ("rows", "new", "changed", "unchanged", "withdrawn", "rejected", "warnings")
    return [getattr(receipt, one) for one in parts]


def test_plain_feed_withdraws_nothing(load, here):
    load(ROWS)
    load(ROWS[:1])
    assert len(here()) == 30


def test_more_than_a_twentieth_is_withdrawn_only_when_confirmed(load, here):
    load(ROWS)
    with pytest.raises(Refused, match="2 of the 30 rows .* --confirm"):
        load(ROWS[2:], whole=True)
    assert len(here()) == 30
    assert load(ROWS[2:], whole=True, confirm=True).withdrawn == 2
    assert len(here()) == 28


def test_row_that_is_wrong_withdraws_nobody(load, here):
    load(ROWS)
    receipt = load([ROWS[0] | {"sex": "x"}, *ROWS[1:]], whole=True)
    assert (receipt.rejected, receipt.withdrawn) == (1, 0)
    assert len(here()) == 30


def test_row_without_a_readable_record_id_refuses_the_withdrawal(load, here):
    load(ROWS)
    with pytest.raises(Refused, match="1 rows had no record id"):
        load([ROWS[0] | {"source_record_id": 7}, *ROWS[1:]], whole=True)
    assert len(here()) == 30


def test_dry_run_says_what_a_load_would_do_and_changes_nothing(load, here, ready, source):
    load(ROWS[:20])
    changed = [ROWS[0] | {"given_names": "Bo"}, *ROWS[1:]]
    receipt = load(changed, whole=True, is_dry=True)
    assert (receipt.new, receipt.changed, receipt.unchanged) == (10, 1, 19)
    assert receipt.load == DRY_RUN
    assert len(here()) == 20
    assert load(changed).new == 10


def test_dry_run_of_a_new_source_leaves_it_new(load):
    assert load(ROWS, is_dry=True).is_new_source
    assert load(ROWS).is_new_source


def test_receipt_of_a_repeated_load_is_equal(load):
    rows = [*ROWS, ROWS[0] | {"source_record_id": "x", "sex": "x"}]
    load(rows)
    second, third = load(rows), load(rows)
    assert _outcomes(second) == [31, 0, 0, 30, 0, 1, 0]
    assert _outcomes(third) == _outcomes(second)


def test_source_that_is_being_loaded_is_refused(ready, source, load):
    other = Loader(ready, REAL)
    loading = other._stores.loads.begin(source, OPERATOR)
    with pytest.raises(Refused, match=f"another load of '{source}' is under way"):
        load(ROWS)
    other._stores.loads.end(loading, "stopped", {})
    assert load(ROWS).new == 30


def test_source_of_a_load_that_was_killed_is_free(ready, source, load):
    dead = Loader(ready, REAL)._stores.loads
    dead.process = "1-1"
    dead.begin(source, OPERATOR)
    assert load(ROWS).new == 30


def test_load_that_lost_its_source_to_another_stops(ready, source):
    loads = Loader(ready, REAL)._stores.loads
    loads.process = "1-1"
    loading = loads.begin(source, OPERATOR)
    Loader(ready, REAL).load(entries(ROWS[0]), source, OPERATOR)
    loading.beaten_at = loading.beaten_at.replace(year=2000)
    with pytest.raises(Refused, match="another load"):
        loads.beat(loading)
