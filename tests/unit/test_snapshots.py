"""What goes into which snapshot, and which one is chosen, without a server."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from indexer.builds.records import Finding, Record, Restored, build_tried, parse_tried
from indexer.errors import SnapshotRefused
from indexer.snapshots import restore
from indexer.snapshots.restore import chosen
from indexer.snapshots.snapshots import Snapshot, parse_snapshot
from indexer.snapshots.trial import Trial, noted
from mappings.credentials import build_roles
from mappings.names import BUDGETS, CHILDREN, PRACTICE, REPOSITORIES, SESSIONS, TRIAL, snapshot_name
from tests.runbook import commands
from webapp.commands.snapshot import NEXT

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


def test_steps_after_the_loss_of_everything_are_printed_in_the_order_of_the_runbook():
    begun = ["contactpoint engine start", "contactpoint snapshot restore --lost"]
    assert commands("loss of everything") == begun + re.findall("'(contactpoint .+?)'", NEXT)


class Restoring:
    """What happens to a build between its coming back and its being shown."""

    def __init__(self, monkeypatch, marked=(), *, was_unpurged=False, left=0):
        self.happened, self.said = [], []
        for name, double in {
            "marked_in": lambda *_: list(marked),
            "check_register": lambda *_: self._happens("applied", Finding("register", True, "")),
            "was_unpurged": lambda _register, sequence: was_unpurged and sequence == 9,
            "purge": lambda _client, builds: self._happens(f"erased from {builds}", left),
            "show_build": lambda _client, build: self._happens(f"shown {build}", None),
            "Register": SimpleNamespace(for_worker=lambda *_: None),
        }.items():
            monkeypatch.setattr(restore, name, double)

    def _happens(self, what, answer):
        self.happened.append(what)
        return answer

    def run(self):
        hands = SimpleNamespace(
            marks=SimpleNamespace(all=frozenset), scan=SimpleNamespace(refresh=lambda _build: None)
        )
        bench = SimpleNamespace(
            client=None,
            settings=None,
            hands=hands,
            world=SimpleNamespace(now=lambda: NOW),
            records=SimpleNamespace(write=lambda _record: None),
            listener=SimpleNamespace(say=self.said.append),
        )
        record = Record(BUILD, "restoring", "ann", NOW, restored=Restored("snapshot", NOW, 9))
        restore._open(bench, SimpleNamespace(check=lambda: None), record)
        return self.happened


ERASED_FIRST = ["applied", f"erased from {[BUILD]}", f"shown {BUILD}"]


def test_whoever_is_taken_out_of_a_restored_build_is_erased_from_it_before_it_is_shown(monkeypatch):
    assert Restoring(monkeypatch, marked=["100000000017"]).run() == ERASED_FIRST


def test_whoever_was_deleted_and_not_purged_before_the_snapshot_is_erased_from_it(monkeypatch):
    assert Restoring(monkeypatch, was_unpurged=True).run() == ERASED_FIRST


def test_restored_build_that_holds_nobody_hidden_is_shown_as_it_is(monkeypatch):
    assert Restoring(monkeypatch).run() == ["applied", f"shown {BUILD}"]


def test_what_could_not_be_erased_from_a_restored_build_is_said(monkeypatch):
    restoring = Restoring(monkeypatch, marked=["100000000017"], left=1)
    assert restoring.run() == ERASED_FIRST
    assert "contactpoint shield purge" in restoring.said[-1]


def test_of_a_trial_it_is_kept_which_snapshot_came_back_and_when_that_was_taken():
    trials = [Trial(ours(50), 100, ""), Trial(ours(49, repository="sealed"), 100, "")]
    kept = parse_tried(build_tried(noted(trials)))
    assert kept.snapshots == {ours(50).name, ours(49).name}
    assert kept.taken_at == NOW - timedelta(hours=50)


def test_note_of_a_trial_that_does_not_say_of_which_snapshot_is_none():
    assert parse_tried({"seen_at": NOW.isoformat()}) is None
