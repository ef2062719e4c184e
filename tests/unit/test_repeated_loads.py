"""When a load that a restore doubted is doubted no more, without a server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from indexer.checks.doubted import settle_doubted
from indexer.children.links import RowLink
from indexer.health.loads import Feeds, Source
from indexer.health.repeats import Doubted

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Stores:
    """Links by source, and the loads that were settled; both the links and the loads of a bench."""

    by_source: dict
    settled: list = field(default_factory=list)
    scanned: list = field(default_factory=list)

    @property
    def links(self):
        return self

    @property
    def loads(self):
        return self

    def scan(self, source):
        self.scanned.append(source)
        yield from self.by_source[source]

    def settle(self, load):
        self.settled.append(load)


def link(load, child="100000000017"):
    return RowLink("child-benefit", "1", child, True, load)


def feeds(done_hours_ago):
    doubted = Doubted("old", "child-benefit", NOW - timedelta(days=1), NOW - timedelta(hours=2), 3)
    done_at = None if done_hours_ago is None else NOW - timedelta(hours=done_hours_ago)
    return Feeds((Source("child-benefit", "done", done_at, 3),), (), (), (doubted,))


@pytest.mark.parametrize(
    ("links", "done_hours_ago", "settled"),
    [
        ([link("new")], 1, ["old"]),
        ([link("new"), link("old")], 1, []),  # a row of it did not come again
        ([link("new"), link("old", child="")], 1, ["old"]),  # that row leads to nobody any more
        ([link("new")], 3, []),  # nothing was loaded since
        ([], None, []),  # it broke off, so its rows are in no link
    ],
)
def test_load_is_doubted_until_all_its_rows_came_again(links, done_hours_ago, settled):
    stores = Stores({"child-benefit": links})
    assert settle_doubted(stores, feeds(done_hours_ago)) == len(settled)
    assert stores.settled == settled


def test_links_are_not_read_while_nothing_was_loaded_again():
    stores = Stores({})
    settle_doubted(stores, feeds(None))
    assert stores.scanned == []
