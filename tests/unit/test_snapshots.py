"""What goes into which snapshot, and which one is chosen, without a server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from indexer.builds.records import build_tried, parse_tried
from indexer.errors import SnapshotRefused
from indexer.snapshots.restore import chosen
from indexer.snapshots.snapshots import Snapshot, parse_snapshot
from indexer.snapshots.trial import Trial, noted
from mappings.credentials import build_roles
from mappings.names import BUDGETS, CHILDREN, PRACTICE, REPOSITORIES, SESSIONS, TRIAL, snapshot_name

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
BUILD = "children-20261121t120000z"
SEALED = {"shield-marks", "shield-register", "shielded-children", "held-rows", "links", "orders"}


def stored_indices():
    """Every index that any credential may touch, but for builds and what is only tried."""
    granted = [entry for role in build_roles().values() for entry in role["indices"]]
    names = {name for entry in granted for name in entry["names"]}
    return {one for one in names if not one.startswith((f"{CHILDREN}-", TRIAL)) and one != CHILDREN}


def test_every_index_is_kept_in_one_repository_and_what_lasts_hours_in_none():
    kept = [name for patterns in REPOSITORIES.values() for name in patterns]
    assert len(kept) == len(set(kept))
    assert set(kept) == stored_indices() - {SESSIONS, BUDGETS, PRACTICE}


def test_nothing_that_tells_who_is_hidden_is_kept_with_the_children():
    assert set(REPOSITORIES["builds"]).isdisjoint(SEALED)
    assert set(REPOSITORIES["sealed"]) >= SEALED


def snapshot(hours_ago, state="SUCCESS", repository="builds", **more):
    taken_at = NOW - timedelta(hours=hours_ago)
    return Snapshot(snapshot_name(taken_at), repository, state, taken_at, (BUILD,), **more)


def ours(hours_ago, **more):
    about = {"documents": 100, "build": "" if "repository" in more else BUILD}
    return snapshot(hours_ago, **about | more)


def test_newest_whole_snapshot_is_chosen():
    some = [ours(30), ours(20), ours(10, state="PARTIAL"), ours(1, repository="sealed")]
    assert chosen(some, "builds", None) == some[1]
    assert chosen(some, "builds", some[0].name) == some[0]


@pytest.mark.parametrize("state", ["PARTIAL", "FAILED", "IN_PROGRESS", "INCOMPATIBLE", "ODD"])
def test_snapshot_that_is_not_whole_is_refused_by_its_name(state):
    one = ours(1, state=state)
    with pytest.raises(SnapshotRefused, match="children would be missing"):
        chosen([one], "builds", one.name)
    with pytest.raises(SnapshotRefused, match="no such snapshot"):
        chosen([one], "builds", None)


def test_snapshot_that_somebody_took_by_hand_is_not_ours():
    found = {"snapshot": "mine", "state": "SUCCESS", "indices": ["shield-marks", "children-1"]}
    by_hand = parse_snapshot(
        "builds", {**found, "start_time_in_millis": 0, "metadata": {"by": "ann"}}
    )
    assert "not one of ours" in by_hand.in_words()
    with pytest.raises(SnapshotRefused, match="no such snapshot"):
        chosen([by_hand], "builds", "mine")


@pytest.mark.parametrize("build", ["", "shielded-children", "children-20261121t130000z"])
def test_snapshot_whose_note_names_no_build_that_is_in_it_is_not_ours(build):
    one = ours(1, build=build)
    assert not replace(one, indices=(BUILD, "shielded-children")).is_ours


@pytest.mark.parametrize(
    ("documents", "analysers", "passed"),
    [(100, "1", True), (98, "1", True), (97, "1", False), (100, "2", False), (0, "1", False)],
)
def test_trial_fails_if_documents_are_missing_or_the_analysers_are_others(
    documents, analysers, passed
):
    assert Trial(ours(1, analysers="1"), documents, analysers).passed is passed


def test_of_a_trial_it_is_kept_which_snapshot_came_back_and_when_that_was_taken():
    trials = [Trial(ours(50), 100, ""), Trial(ours(49, repository="sealed"), 100, "")]
    kept = parse_tried(build_tried(noted(trials)))
    assert kept.snapshots == {ours(50).name, ours(49).name}
    assert kept.taken_at == NOW - timedelta(hours=50)


def test_note_of_a_trial_that_does_not_say_of_which_snapshot_is_none():
    assert parse_tried({"seen_at": NOW.isoformat()}) is None
