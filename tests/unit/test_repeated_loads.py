"""When a load that a restore doubted is doubted no more, without a server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from indexer.checks.doubted import settle_doubted
from indexer.children.child import Child, Contribution, Facts
from indexer.children.links import RowLink
from indexer.children.store import Stored
from indexer.health.loads import Feeds, Source
from indexer.health.repeats import Doubted, judge_doubted

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Stores:
    """Links by source, children by number, marks, and the loads that were settled: all of a bench
    that is asked."""

    by_source: dict
    children: dict = field(default_factory=dict)
    marks_there: frozenset = frozenset()
    settled: list = field(default_factory=list)
    scanned: list = field(default_factory=list)

    @property
    def links(self):
        return self

    loads = hands = store = marks = links

    def read(self, numbers):
        return {one: self.children[one] for one in numbers & self.children.keys()}

    def marked(self, numbers):
        return self.marks_there & numbers

    def scan(self, source):
        self.scanned.append(source)
        yield from self.by_source[source]

    def settle(self, loads):
        self.settled += loads


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
    assert settle_doubted(stores, feeds(done_hours_ago)).loads == tuple(settled)
    assert stores.settled == settled


def test_links_are_not_read_while_nothing_was_loaded_again():
    stores = Stores({})
    settle_doubted(stores, feeds(None))
    assert stores.scanned == []


SAID_AT = NOW - timedelta(days=1)
THERE, AWAY = "100000000017", "100000000025"
FACTS = Facts("Kelly", NOW.date(), "359")


def word(child, **more):
    """A row in which a practitioner said something of a child; its link is of the doubted load."""
    about = {"source": "practitioners", "source_record_id": child, "child": child} | more
    return RowLink(**{"is_in": True, "load": "said"} | about)


def with_row(loaded_at):
    """A child who has that row since then."""
    return {THERE: stored(Contribution("practitioners", THERE, loaded_at.isoformat(), FACTS))}


def stored(*contributions):
    return Stored(Child(THERE, FACTS, contributions), 1)


def settled(links, children, marks=(), *others):
    stores = Stores({"practitioners": links}, children, frozenset(marks))
    said = Doubted("said", "practitioners", SAID_AT, NOW - timedelta(hours=2), 1)
    return settle_doubted(stores, Feeds((), (), (), (*others, said)))


@pytest.mark.parametrize(
    ("links", "children", "is_lost"),
    [
        ([word(THERE)], with_row(SAID_AT), False),
        ([word(THERE)], with_row(SAID_AT - timedelta(days=1)), True),  # what was said before that
        ([word(THERE)], {THERE: stored()}, True),
        ([word(AWAY)], with_row(SAID_AT), True),  # and nobody brings that child again
        ([word(THERE, load="another")], {THERE: stored()}, False),
        ([word(THERE, is_held=True)], {THERE: stored()}, False),
        ([word(THERE, is_in=False)], {THERE: stored()}, False),
    ],
)
def test_what_practitioners_said_is_doubted_no_more_and_what_is_lost_is_told(
    links, children, is_lost
):
    found = settled(links, children)
    state = found.told(judge_doubted((), {}))
    assert found.loads == ("said",)
    assert ("what practitioners said since 21 November at 12:00 UTC" in state.cause) is is_lost
    assert state.is_well


def test_word_about_a_hidden_child_is_not_lost_with_the_build():
    assert settled([word(AWAY)], {}, [AWAY]).lost == ()


def test_word_about_a_child_whom_another_source_may_bring_again_waits_for_it():
    others = feeds(None).doubted
    assert settled([word(AWAY)], {}, (), *others).loads == ()
    assert settled([word(THERE)], with_row(SAID_AT), (), *others).loads == ("said",)


def test_nobody_is_asked_to_load_what_practitioners_said():
    said = Doubted("said", "practitioners", SAID_AT, NOW, 1)
    assert judge_doubted([said], {}).step == "contactpoint check"
    state = judge_doubted([said, *feeds(None).doubted], {})
    assert state.step == "contactpoint load FEED --source child-benefit"
    assert "practitioners" not in state.cause
