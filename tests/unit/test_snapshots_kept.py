"""Which snapshots are kept and which are removed, without a server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.snapshots.expiry import expired, kept_by_period
from mappings.names import REPOSITORIES
from tests.unit.test_snapshots import ours, snapshot

DAYS, WEEKS = kept_by_period()["day"], kept_by_period()["week"]
STATES = ("SUCCESS", "SUCCESS", "SUCCESS", "PARTIAL", "FAILED", "IN_PROGRESS")


def pair(days_ago, state="SUCCESS", sealed=None):
    """One snapshot, in both repositories."""
    hours = days_ago * 24
    of_sealed = ours(hours, state=sealed or state, repository="sealed")
    return [ours(hours, state=state), of_sealed]


def nightly(days):
    return [one for day in range(days) for one in pair(day)]


def names(snapshots):
    return {one.name for one in snapshots}


def kept(snapshots, tried=()):
    return names(snapshots) - names(expired(snapshots, tried))


def days_ago(*days):
    return {one.name for day in days for one in pair(day)}


def test_every_night_for_a_quarter_leaves_the_last_days_and_the_last_of_the_last_weeks():
    # 2026-11-22 is a Sunday: the weeks before ended 7, 14, 21, 28 days ago.
    assert kept(nightly(90)) == days_ago(0, 1, 2, 3, 4, 5, 6, 7, 14, 21, 28)
    assert (DAYS, WEEKS) == (7, 5)


def test_of_one_day_the_newest_stays():
    morning, evening = pair(1), pair(0.7)
    assert kept([*morning, *evening, *pair(0)]) == names([*evening, *pair(0)])


def test_nothing_goes_when_nothing_new_comes():
    old = [one for day in range(100, 100 + DAYS) for one in pair(day)]
    assert expired(old) == []


def test_without_one_that_is_whole_in_both_nothing_is_removed():
    assert expired([one for day in range(30) for one in pair(day, sealed="PARTIAL")]) == []
    assert expired([]) == []


def test_newest_that_is_whole_in_one_repository_stays_though_the_other_has_newer_ones():
    half = [one for day in range(9) for one in pair(day, sealed="FAILED")]
    older = [one for day in range(9, 60) for one in pair(day)]
    assert days_ago(9) <= kept([*half, *older])


def test_snapshot_that_was_tried_stays_and_none_that_was_only_there_by_then():
    assert days_ago(12) & kept(nightly(60)) == set()
    assert kept(nightly(60), days_ago(12)) - kept(nightly(60)) == days_ago(12)


@pytest.mark.parametrize("state", ["PARTIAL", "FAILED", "INCOMPATIBLE"])
def test_what_is_of_no_use_is_removed_once_there_is_a_newer_one(state):
    assert names(pair(0.5, state)) <= names(expired([*pair(0.5, state), *pair(0)]))
    assert expired([*pair(0, state), *pair(1)]) == []


def test_what_is_under_way_or_was_taken_by_hand_is_left_alone():
    under_way = pair(20.5, "IN_PROGRESS")
    by_hand = [snapshot(24 * 20), snapshot(24 * 20, repository="sealed")]
    left = kept([*nightly(60), *under_way, *by_hand])
    assert names(under_way) <= left
    assert by_hand[0] not in expired([*nightly(60), *by_hand])


def test_half_a_removal_is_finished_by_the_next():
    """It died between the two repositories."""
    old = expired(nightly(60))
    left = [one for one in nightly(60) if one != old[0]]
    assert expired(left) == old[1:]


some_snapshots = st.lists(
    st.builds(pair, st.floats(0, 120), st.sampled_from(STATES), st.sampled_from(STATES)),
    max_size=40,
)


@given(pairs=some_snapshots, tried=st.sets(st.integers(0, 40)))
def test_last_good_one_of_either_repository_is_never_removed(pairs, tried):
    snapshots = [one for both in pairs for one in both]
    tried = {both[0].name for at, both in enumerate(pairs) if at in tried}
    gone = expired(snapshots, tried)
    assert names(gone).isdisjoint(tried)
    for repository in REPOSITORIES:
        good = [one for one in snapshots if one.repository == repository and one.is_whole]
        assert not good or max(names(good)) not in names(gone)
    left = [one for one in snapshots if one not in gone]
    assert expired(left, tried) == []
