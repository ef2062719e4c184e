"""What builds are judged and paced by, without a server."""

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest

from indexer.builds import publication
from indexer.builds.builds import swap_actions
from indexer.builds.checks import check_counts, check_filling, shortfalls
from indexer.builds.disks import free_bytes
from indexer.builds.filling import (
    MANY_DAYS,
    BatchFailed,
    Filling,
    Hands,
    Progress,
    joined,
    spans,
)
from indexer.builds.init import refuse_to_hide_a_loss
from indexer.builds.old_builds import last_left
from indexer.builds.pace import FIRST_RATE, LEAST_RATE, MOST_RATE, SLOW_MILLISECONDS, next_rate
from indexer.builds.publication import is_copy
from indexer.builds.records import Acceptance, Finding, Record, Restored, build_record, parse_record
from indexer.builds.reindex import SPARE_BYTES, Space, is_unfinished
from indexer.children.scan import PAGE, Born, Held
from indexer.errors import ClusterUnavailable, Refused, RegisterUnavailable
from indexer.searches import QUIET_SECONDS, Searches
from indexer.world import REAL, World
from mappings.reader import index_body
from webapp.commands.builds import in_words

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def accepted(by, **counts):
    return Acceptance(by, NOW, "boundaries", {code.strip("_"): n for code, n in counts.items()})


@pytest.mark.parametrize(
    ("published", "build", "short"),
    [
        ({"359": 100}, {"359": 98}, {"359": 98}),
        ({"359": 1000}, {"359": 981}, {}),
        ({"359": 100}, {"359": 150}, {}),
        ({"359": 100, "355": 3}, {"359": 100}, {"355": 0}),
        ({"355": 1}, {"355": 1, "359": 5}, {}),
        ({}, {}, {}),
    ],
)
def test_two_per_cent_fewer_children_of_one_authority_are_too_many(published, build, short):
    assert shortfalls(published, build) == short


@pytest.mark.parametrize(
    ("acceptances", "passes"),
    [
        ([], False),
        ([accepted("dana", _359=90)], False),
        ([accepted("dana", _359=90), accepted("dana", _359=90)], False),
        ([accepted("dana", _359=90), accepted("eve", _359=90)], True),
        ([accepted("dana", _359=91), accepted("eve", _359=90)], False),
        ([accepted("dana", _355=90), accepted("eve", _359=90)], False),
    ],
)
def test_loss_needs_two_people_who_saw_as_much(acceptances, passes):
    assert check_counts({"359": 100}, {"359": 90}, acceptances).passed is passes


@pytest.mark.parametrize(
    ("record", "passes"),
    [
        (Record("b", "filled"), True),
        (Record("b", "published"), True),
        (Record("b", "filling"), False),
        (Record("b", "filling", failed=1), False),
    ],
)
def test_build_with_a_failed_batch_or_half_filled_is_refused(record, passes):
    assert check_filling(record).passed is passes


def test_new_build_is_published_and_the_old_one_left_in_one_request():
    assert swap_actions(["children-old"], "children-new") == [
        {"remove": {"alias": "children", "index": "children-old"}},
        {"add": {"alias": "children", "index": "children-new"}},
    ]


SLOW, QUICK = Searches(10, 10 * SLOW_MILLISECONDS + 10), Searches(10, 20)


@pytest.mark.parametrize(
    ("rate", "new", "quiet_seconds", "expected"),
    [
        (None, Searches(), 60, None),
        (None, QUICK, 0, FIRST_RATE),
        (1000.0, Searches(), 1, 1000.0),
        (1000.0, Searches(), QUIET_SECONDS, None),
        (LEAST_RATE, SLOW, 0, LEAST_RATE),
        (MOST_RATE, QUICK, 0, MOST_RATE),
    ],
)
def test_nobody_searching_is_full_speed_and_searches_set_the_pace(
    rate, new, quiet_seconds, expected
):
    assert next_rate(rate, new, quiet_seconds) == expected


def test_slow_searches_slow_a_reindex_down_and_quick_ones_let_it_go_faster():
    assert next_rate(1000.0, SLOW, 0) < 1000 < next_rate(1000.0, QUICK, 0)


def test_disk_that_would_be_nearly_full_is_refused():
    Space(needed=100, free=100 + SPARE_BYTES).refuse_if_short()
    with pytest.raises(Refused, match="make room"):
        Space(needed=101, free=100 + SPARE_BYTES).refuse_if_short()


def node(host, free, mount="/ (/dev/vda1)", total=100):
    disk = {"mount": mount, "total_in_bytes": total, "available_in_bytes": free}
    return {"host": host, "fs": {"data": [disk]}}


@pytest.mark.parametrize(
    ("nodes", "free"),
    [
        ([node("127.0.0.1", 40)] * 3, 40),
        ([node("127.0.0.1", 40), node("127.0.0.1", 39)], 39),  # asked a moment later
        ([node("127.0.0.1", 40), node("127.0.0.1", 40, mount="/data (/dev/vdb1)")], 80),
        ([node("10.0.0.1", 40), node("10.0.0.2", 41)], 81),  # two machines of one make
        ([node("172.18.0.2", 40), node("172.18.0.3", 40)], 40),  # containers of one machine
        ([node("10.0.0.1", 40), node("10.0.0.2", 40, total=200)], 80),
    ],
)
def test_disk_that_nodes_share_is_counted_once(nodes, free):
    assert free_bytes(nodes) == free


def test_progress_is_said_with_rate_and_time_left():
    said = in_words(Progress(done=50_000, total=1_000_000, seconds=10))
    assert said == "50,000 of 1,000,000 children, 5,000 a second, 3 min 10 s left"
    assert Progress(0, 10, 0).seconds_left == 0


MONTHS = [Born(date(2014, month, 1), date(2014, month + 1, 1)) for month in (1, 2, 3)]


@dataclass
class Builds:
    """Two builds, of which one is copied into the other month by month in pages of two; what is in
    `failures` is raised, one after the other, by whoever writes."""

    failures: list = field(default_factory=list)
    copied: dict = field(default_factory=dict)

    def refresh(self, build):
        pass

    def held(self, build, unit):
        return {month: Held(4, 4) for month in MONTHS} if build == "old" else {}

    def children(self, build, born):
        yield from ([(born, 0), (born, 1)], [(born, 2), (born, 3)])

    def wait(self, children):
        pass

    def copy(self, page, build):
        if self.failures and page[0][1]:  # the second page, so that a part is there already
            raise self.failures.pop()
        self.copied |= dict.fromkeys(page, build)


def filling_of(builds, told):
    hands = Hands(scan=builds, store=None, placer=builds, marks=None, builds=None, pace=builds)
    return Filling(hands, "old", "new", told.append)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr("indexer.builds.filling.PAUSES_SECONDS", (0, 0))


@pytest.fixture
def pages_of_a_month(monkeypatch):
    monkeypatch.setattr("indexer.builds.filling.PAGE", 4)


def test_month_is_copied_again_when_elasticsearch_did_not_answer_for_a_moment(pages_of_a_month):
    builds, told = Builds([RegisterUnavailable("a pause"), ClusterUnavailable("a pause")]), []
    copied = filling_of(builds, told).fill()
    assert builds.copied == {(month, n): "new" for month in MONTHS for n in range(4)}
    assert (copied.done, copied.total) == (12, 12)
    assert all(one.done <= one.total for one in told)


def test_months_of_few_children_are_copied_as_one_and_none_that_is_there_already():
    months = [Born(date(2014, n, 1), date(2014, n + 1, 1)) for n in range(1, 10)]
    january, february, march, april, may, _, july, august, september = months  # nobody in June
    few, page = Held(300, 300), Held(PAGE, PAGE)
    held = dict.fromkeys((january, february, march, april, july), few)
    held |= {may: few, august: page, september: few}
    assert joined(held, held.keys() - {may}) == [
        Born(january.first, march.past_last),  # a fourth would be more than a page
        april,
        july,
        august,
        september,
    ]
    assert joined(held, {may, july}) == [Born(may.first, july.past_last)]
    assert joined(held, set()) == []


def day(number):
    first = date(2013, 12, 30) + timedelta(days=number)
    return Born(first, first + timedelta(days=1))


def test_few_days_are_compared_one_by_one_and_many_by_their_months():
    assert spans([day(5), day(0)]) == [day(0), day(5)]
    many = spans([day(number) for number in range(MANY_DAYS + 1)])
    assert many[0] == Born(date(2013, 12, 1), date(2014, 1, 1))
    assert all(one.past_last == other.first for one, other in pairwise(many))
    assert many[-1].first <= day(MANY_DAYS).first < many[-1].past_last


def test_reindex_ends_when_elasticsearch_does_not_come_back():
    with pytest.raises(BatchFailed, match="goes on where this one stopped"):
        filling_of(Builds([ClusterUnavailable("gone")] * 9), []).fill()


FOUND = (Finding("analysers", True, "ours"),)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record("b", "filling"), True),
        (Record("b", "filled", findings=FOUND), True),
        (Record("b", "filled"), False),  # --no-publish
        (Record("b", "refused", findings=FOUND), False),
        (Record("b", "published", findings=FOUND), False),
        (Record("b", "filled", findings=FOUND, restored=Restored("s", NOW, 1)), False),
    ],
)
def test_reindex_takes_up_what_died_while_it_was_filled_or_judged(record, expected):
    assert is_unfinished(record) is expected


@pytest.mark.parametrize(
    ("is_used", "is_empty_meant", "is_refused"),
    [(False, False, False), (True, False, True), (True, True, False), (False, True, False)],
)
def test_empty_build_stands_in_for_a_lost_one_only_if_somebody_insists(
    is_used, is_empty_meant, is_refused
):
    refusal = pytest.raises(Refused, match="rollback") if is_refused else nullcontext()
    with refusal:
        refuse_to_hide_a_loss(is_used=is_used, is_empty_meant=is_empty_meant)


class MemoryRecords:
    """The index `builds`."""

    def __init__(self, *records):
        self.records = {one.build: one for one in records}

    def read(self, builds):
        return {name: self.records[name] for name in builds}

    def write(self, record):
        self.records[record.build] = record


class Died(Exception):
    """The process ends here."""


def die(*_what):
    raise Died


def hours_ago(hours):
    return NOW - timedelta(hours=hours)


NEWER = Record("children-2", published_at=hours_ago(2))
OLDER = Record("children-1", published_at=hours_ago(9), left_at=hours_ago(2))
COPY = Record("children-1", "filled", filled_at=hours_ago(1))


def publishing_that_died(monkeypatch, record):
    """What is written of the builds after one died that was to be published instead of the newer;
    before anything was swapped."""
    records = MemoryRecords(NEWER, record)
    world = World(lambda: NOW, REAL.below, REAL.token)
    monkeypatch.setattr(publication, "swap", die)
    with pytest.raises(Died):
        publication._swap(
            SimpleNamespace(records=records, world=world, client=None), "children-2", record
        )
    return records.records


def test_rollback_that_died_before_the_swap_has_the_same_build_to_go_back_to(monkeypatch):
    records = publishing_that_died(monkeypatch, OLDER)
    assert last_left(records.values(), "children-2") == records["children-1"]
    assert not is_copy(records["children-1"])


def test_publishing_of_a_copy_that_died_before_the_swap_is_still_that_of_a_copy(monkeypatch):
    records = publishing_that_died(monkeypatch, COPY)
    assert last_left(records.values(), "children-2") is None
    assert is_copy(records["children-1"])


@pytest.mark.parametrize("record", [OLDER, COPY])
def test_build_whose_publishing_died_before_the_swap_says_so(monkeypatch, record):
    assert not record.is_half_published
    assert publishing_that_died(monkeypatch, record)["children-1"].is_half_published


WHOLE = Record(
    build="children-20261122t120000z",
    state="refused",
    actor="ann",
    begun_at=NOW,
    filled_at=NOW,
    published_at=NOW,
    left_at=NOW,
    failed=1,
    findings=(Finding("counts", False, "fewer"),),
    accepted=(accepted("dana", _359=1),),
    restored=Restored("snapshot-20261121t030000z", NOW, 7),
)


def test_record_read_back_is_the_same():
    stored = build_record(WHOLE)
    for name in ("begun_at", "filled_at", "published_at", "left_at"):
        stored[name] = stored[name].isoformat()
    stored["restored"] |= {"taken_at": stored["restored"]["taken_at"].isoformat()}
    stored["accepted"] = [one | {"at": one["at"].isoformat()} for one in stored["accepted"]]
    assert parse_record(WHOLE.build, stored) == WHOLE


def test_record_and_lock_have_exactly_the_fields_of_the_mapping():
    lock = {"doing", "holds_loads", "machine", "process", "seen_at"}
    assert set(build_record(WHOLE)) | lock == set(index_body("builds")["mappings"]["properties"])
