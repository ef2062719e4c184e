"""What makes a state yellow or red, without a server."""

import os
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from indexer.checks.counts import check_counts, measure
from indexer.checks.documents import unless_missed
from indexer.checks.register import judge_faults, judge_purge
from indexer.health.alarms import KINDS
from indexer.health.builds import Build, Builds, judge_builds
from indexer.health.engine import Engine, Indicator, Node, judge_engine
from indexer.health.hook import Hook
from indexer.health.loads import Source, is_overdue
from indexer.health.repeats import Doubted, judge_doubted
from indexer.health.reports import Counts, Report, judge_reports, parse_report
from indexer.health.snapshots import (
    Repository,
    Trials,
    judge_number,
    judge_snapshots,
    judge_trials,
)
from indexer.health.state import State, rounded, some, worst
from indexer.holder import parse_holder, this_machine, this_process
from indexer.shields.verify import Verdict
from mappings.reader import index_body
from tests.runbook import headings
from tests.unit.test_snapshots import NOW as TAKEN
from tests.unit.test_snapshots import ours

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GIGA = 10**9


def node(free=50):
    return Node("node-1", 1, 2, free * GIGA, 100 * GIGA, 2 * GIGA, GIGA // 2)


def engine(*indicators, missing=(), unassigned=0, whole=True, free=50):
    return Engine((node(free),), missing, 10, unassigned, whole, indicators)


def colour(states, name):
    return next(one.colour for one in states if one.name == name)


@pytest.mark.parametrize(
    ("looked", "name", "expected"),
    [
        (engine(), "nodes", "green"),
        (engine(missing=("node-2",)), "nodes", "yellow"),
        (engine(unassigned=1), "shards", "yellow"),
        (engine(unassigned=1, whole=False), "shards", "red"),
        (engine(free=1), "disk", "yellow"),
        (engine(free=0), "disk", "red"),
        (engine(Indicator("master_is_stable", "red", "No master.")), "nodes", "red"),
        (engine(Indicator("ilm", "yellow", "Stopped.")), "engine", "yellow"),
    ],
)
def test_engine_is_judged_by_its_worst(looked, name, expected):
    states = judge_engine(looked)
    assert worst(one for one in states if one.name == name) == expected
    assert all(one.step for one in states if not one.is_well)


def test_indicator_that_knows_nothing_is_no_state():
    assert len(judge_engine(engine(Indicator("disk", "unknown", "No data.")))) == 3


@pytest.mark.parametrize(
    ("source", "days", "expected"),
    [
        ("gp-registration", 7, False),
        ("gp-registration", 9, True),
        ("social-care-359", 9, True),
        ("school-census", 100, False),
        ("another", 34, False),
        ("another", 36, True),
        ("practitioners", 400, False),
    ],
)
def test_source_is_overdue_by_its_own_measure(source, days, expected):
    assert is_overdue(Source(source, "done", NOW - timedelta(days=days), 1), NOW) is expected


@pytest.mark.parametrize(
    ("totals", "is_many"), [((24, 24), False), ((25, 3), True), ((3, 25), True)]
)
def test_snapshots_that_nobody_removes_are_told(totals, is_many):
    found = judge_number([Repository(str(at), total=total) for at, total in enumerate(totals)])
    assert bool(found) is is_many
    assert not found or (found.colour, found.step) == ("yellow", "contactpoint snapshot expire")


def doubted(source, hours_ago):
    moment = NOW - timedelta(hours=hours_ago)
    return Doubted("load-1", source, moment - timedelta(days=1), moment, 1_234)


@pytest.mark.parametrize(
    ("some", "done_hours_ago", "colour", "step"),
    [
        ((), {}, "green", ""),
        (("child-benefit",), {}, "yellow", "contactpoint load FEED --source child-benefit"),
        (
            ("child-benefit",),
            {"child-benefit": 3, "school-census": 1},
            "yellow",
            "contactpoint load FEED --source child-benefit",
        ),
        (("child-benefit",), {"child-benefit": 1}, "yellow", "contactpoint check"),
        (
            ("child-benefit", "school-census"),
            {"child-benefit": 1},
            "yellow",
            "contactpoint load FEED --source school-census",
        ),
    ],
)
def test_load_that_must_be_repeated_is_named_until_it_was(some, done_hours_ago, colour, step):
    done_at = {name: NOW - timedelta(hours=ago) for name, ago in done_hours_ago.items()}
    found = judge_doubted([doubted(one, 2) for one in some], done_at)
    assert (found.colour, found.step) == (colour, step)


def test_load_that_must_be_repeated_is_told_by_when_it_began_and_its_rows():
    cause = judge_doubted([doubted("child-benefit", 2)], {}).cause
    assert "child-benefit of 21 November at 10:00 UTC (1,234 rows)" in cause


def test_source_that_was_never_done_is_overdue():
    assert is_overdue(Source("school-census", "stopped", None, 1), NOW)


def test_source_of_which_no_row_is_left_is_not_overdue():
    """It has ended, or its name was mistyped, and its rows were withdrawn."""
    assert not is_overdue(Source("scool-census", "done", NOW - timedelta(days=400), 0), NOW)


def kept(*builds, sealed=None, **more):
    """Both repositories, the builds' with these snapshots, and the other's: one of an hour ago."""
    other = Repository("sealed", (ours(1, repository="sealed"),) if sealed is None else sealed, 1)
    return Repository("builds", builds, len(builds), **more), other


@pytest.mark.parametrize(
    ("looked", "expected"),
    [
        (kept(ours(20), ours(44)), "green"),
        (kept(ours(26)), "green"),
        (kept(ours(27)), "yellow"),
        (kept(ours(74)), "yellow"),
        (kept(ours(75)), "red"),
        (kept(ours(2, state="PARTIAL"), ours(30)), "yellow"),
        (kept(ours(2, state="IN_PROGRESS"), ours(20)), "green"),
        (kept(), "yellow"),
        (kept(ours(1), sealed=()), "yellow"),
        (kept(ours(0, state="IN_PROGRESS")), "yellow"),
        (kept(ours(2, state="PARTIAL"), ours(20, state="FAILED")), "red"),
        (kept(ours(2, documents=-1)), "red"),  # somebody else's, by hand
        (kept(is_readable=False), "red"),
    ],
)
def test_snapshots_are_judged_by_the_newest_that_is_whole_of_either_repository(looked, expected):
    said = judge_snapshots(looked, TAKEN)
    assert said.colour == expected
    assert said.is_well or said.step.startswith("contactpoint snapshot ")


@pytest.mark.parametrize(
    ("trials", "is_well"),
    [
        (Trials(NOW - timedelta(days=9)), True),
        (Trials(NOW - timedelta(days=9, hours=1)), False),
        (Trials(None), False),
        (Trials(NOW, is_half_done=True), False),
    ],
)
def test_snapshots_of_which_none_of_a_week_was_tried_are_yellow(trials, is_well):
    said = judge_trials(trials, NOW)
    assert said is None if is_well else said.step == "contactpoint snapshot verify"


def test_build_of_other_analysers_is_red():
    build = Build("children-1", "published", 1, 1, NOW)
    said = judge_builds(Builds((build,), fault="made by other analysers"))
    assert (said.colour, said.step) == ("red", "contactpoint reindex")


def test_no_published_build_is_red_and_init_makes_one():
    said = judge_builds(Builds(()))
    assert (said.colour, said.step) == ("red", "contactpoint init")


BEFORE, RESTORED = Build("b", "before", 9, 1, NOW), Build("c", "filled", 9, 1, None)
EMPTY_BEFORE = Build("b", "before", 0, 1, NOW)


@pytest.mark.parametrize(
    ("beside", "step"),
    [
        ((), "contactpoint snapshot restore"),
        ((EMPTY_BEFORE,), "contactpoint snapshot restore"),
        ((RESTORED,), "contactpoint publish c"),
        ((BEFORE, RESTORED), "contactpoint rollback"),
    ],
)
def test_published_build_without_a_child_is_red_where_rows_were_loaded(beside, step):
    empty = Build("a", "published", 0, 1, NOW)
    said = judge_builds(Builds((empty, *beside), holder=held(seen_ago=5), rows=1_234))
    assert (said.colour, said.step) == ("red", step)
    assert said.cause.endswith("though 1,230 rows were loaded")


@pytest.mark.parametrize("rows", [0, 9])
def test_published_build_without_a_child_is_well_where_nobody_was_loaded_or_a_family(rows):
    assert judge_builds(Builds((Build("a", "published", 0, 1, NOW),), rows=rows)).is_well


def test_published_build_that_is_lost_is_red_and_the_one_before_comes_back():
    said = judge_builds(Builds((BEFORE,)))
    assert (said.colour, said.step) == ("red", "contactpoint rollback")


def test_build_that_is_being_filled_now_is_no_fault():
    builds = (Build("a", "published", 1, 1, NOW), Build("b", "filling", 1, 1, None))
    assert judge_builds(Builds(builds, holder=held(seen_ago=5))).is_well
    assert judge_builds(Builds(builds)).colour == "yellow"


def held(seen_ago, begun_ago=3_600):
    """Who holds a lock, as it is read of an entry of this process."""
    entry = {"doing": "reindex", "machine": this_machine(), "process": this_process()}
    ago = {"seen_at": seen_ago, "begun_at": begun_ago}
    moments = {name: (NOW - timedelta(seconds=one)).isoformat() for name, one in ago.items()}
    return parse_holder(entry | moments, NOW)


def test_who_is_refused_is_told_which_process_is_at_work_and_for_how_long():
    said = held(seen_ago=5).refusal()
    assert f"'contactpoint reindex' (process {os.getpid()}, for 60 minutes) is at work" in said
    assert "wait until it has ended" in said
    assert f"'kill -CONT {os.getpid()}'" in held(seen_ago=180).refusal()


def test_process_that_was_stopped_and_holds_a_lock_is_yellow_though_it_is_there():
    published = Build("a", "published", 1, 1, NOW)
    assert judge_builds(Builds((published,), holder=held(seen_ago=119))).is_well
    silent = held(seen_ago=120)
    for said in (
        judge_builds(Builds((published,), holder=silent)),
        judge_trials(Trials(NOW, holder=silent), NOW),
    ):
        assert (said.colour, said.step) == ("yellow", f"kill -KILL {os.getpid()}")
        assert "no sign of life for 2 minutes" in said.cause


def test_lock_of_a_process_that_is_gone_is_held_by_nobody():
    entry = {"doing": "reindex", "machine": this_machine(), "process": "1-1"}
    assert parse_holder(entry | {"seen_at": NOW.isoformat()}, NOW) is None
    assert parse_holder({"seen_at": NOW.isoformat()}, NOW) is None


def test_build_that_was_not_restored_to_its_end_is_yellow_and_the_same_command_begins_anew():
    builds = (Build("a", "published", 1, 1, NOW), Build("b", "restoring", 0, 0, None))
    said = judge_builds(Builds(builds))
    assert (said.colour, said.step) == ("yellow", "contactpoint snapshot restore")


@pytest.mark.parametrize("use", ["filling", "filled", "refused"])
def test_build_that_another_version_left_is_to_be_removed_for_this_one_cannot_go_on(use):
    builds = (Build("a", "published", 1, 1, NOW), Build("b", use, 1, 1, None, is_of_others=True))
    said = judge_builds(Builds(builds))
    assert (said.colour, said.step) == ("yellow", "contactpoint builds --remove b")


def verdict(*faults, since=None):
    return Verdict(1, 0, 0, Counter(), list(faults), since)


@pytest.mark.parametrize(("hours", "expected"), [(0, "green"), (26, "green"), (27, "yellow")])
def test_who_was_hidden_is_to_be_erased_from_the_files_within_a_day(hours, expected):
    said = judge_purge(NOW - timedelta(hours=hours), NOW)
    assert said.colour == expected
    assert judge_purge(None, NOW).is_well


def test_register_that_only_a_person_can_put_right_is_red_and_tells_not_how_many():
    assert judge_faults(verdict()).is_well
    said = judge_faults(verdict("marks of children whom no shield hides: 7"))
    assert (said.colour, said.step) == ("red", "contactpoint shield verify")
    assert "7" not in said.cause


def test_what_the_check_found_is_a_state_of_its_own():
    drift = State("documents", "red", "1 differs", "contactpoint check --all --mend")
    said = judge_reports([Report(NOW, "x", 1.0, (drift,))], NOW)
    assert said[0] == drift
    assert (said[1].name, said[1].colour) == ("check", "red")


def test_source_that_was_loaded_since_the_check_is_no_fault_any_more():
    stale = State("sources", "yellow", "not loaded", "contactpoint load FEED --source x")
    assert [one.colour for one in judge_reports([Report(NOW, "x", 1.0, (stale,))], NOW)] == [
        "green"
    ]


@pytest.mark.parametrize(
    ("now", "expected"), [(980, "red"), (981, "green"), (1_000, "green"), (2_000, "green")]
)
def test_authority_that_loses_a_fiftieth_is_red(now, expected):
    assert check_counts(Counts({"359": now}), Counts({"359": 1_000})).colour == expected


def test_small_authority_that_loses_a_family_tells_nobody():
    assert check_counts(Counts({"420": 91}), Counts({"420": 100})).is_well


def test_source_that_shrinks_is_red():
    found, right = ({"child-benefit": rows} for rows in (10, 1_000))
    said = check_counts(Counts(sources=found), Counts(sources=right))
    assert "child-benefit 1,000 to 10" in said.cause


def reported(report, children, since=timedelta()):
    """The report of a check behind another that found so many children."""
    found = Counts({"359": children})
    state, baseline = measure(found, report and report.right, since)
    return Report(NOW, "x", 1.0, (state,), authorities=found.authorities, baseline=baseline)


@pytest.mark.parametrize(
    ("numbers", "colours"),
    [
        ((1_000, 500, 500, 500), ("green", "red", "red", "red")),
        ((1_000, 500, 981, 962), ("green", "red", "green", "red")),
        ((1_000, 500, 700, 980, 990), ("green", "red", "red", "red", "green")),
        ((1_000, 900, 2_000, 1_000), ("green", "red", "green", "red")),
    ],
)
def test_authority_that_lost_children_is_red_until_they_are_back(numbers, colours):
    report, seen = None, []
    for number in numbers:
        report = reported(report, number)
        seen.append(report.states[0].colour)
    assert tuple(seen) == colours


@pytest.mark.parametrize(("a_day", "is_red"), [(0.001, True), (1 / 18 / 366, False)])
def test_slow_fall_is_red_unless_it_is_children_who_come_of_age(a_day, is_red):
    report = reported(None, 100_000)
    for day in range(1, 366):
        report = reported(report, int(100_000 * (1 - a_day) ** day), timedelta(days=1))
    assert (report.states[0].colour == "red") == is_red


def test_counts_that_somebody_accepts_are_those_that_the_next_check_measures_from():
    fallen = reported(reported(None, 1_000), 500)
    assert fallen.right == Counts({"359": 1_000})
    accepted = reported(None, 500)
    assert (accepted.states[0].colour, accepted.right) == ("green", Counts({"359": 500}))


def test_report_read_back_measures_from_the_same_counts():
    fallen = reported(reported(None, 1_000), 500)
    stored = orjson.loads(orjson.dumps(asdict(fallen) | {"at": NOW.isoformat()}))
    assert parse_report(stored) == fallen
    assert set(stored) == set(index_body("checks")["mappings"]["properties"])


DRIFT = State("documents", "red", "1 of 1,000 differ", "contactpoint check --all --mend")
SAME = State("documents", "green", "1,000 were made again and are the same")


@pytest.mark.parametrize(
    ("found", "before", "said"),
    [
        (SAME, (), SAME),
        (SAME, (State("counts", "red", "fewer", "x"), SAME), SAME),
        (SAME, (DRIFT,), DRIFT),
        (DRIFT, (SAME,), DRIFT),
        (
            replace(DRIFT, cause="2 of 1,000 differ"),
            (DRIFT,),
            replace(DRIFT, cause="2 of 1,000 differ"),
        ),
    ],
)
def test_document_that_differs_is_red_though_the_next_sample_misses_it(found, before, said):
    assert unless_missed(found, before) == said


@pytest.mark.parametrize(
    ("count", "shown"), [(7, 7), (409, 409), (11_001, 11_000), (10_998_765, 11_000_000)]
)
def test_number_of_children_is_told_to_three_digits(count, shown):
    assert rounded(count) == shown


def test_many_names_are_told_by_the_first_five():
    assert some("abcdefg") == "a, b, c, d, e and 2 more"


@pytest.fixture
def told(tmp_path):
    """A hook that writes what it is told, and what it wrote."""
    script, file = tmp_path / "hook", tmp_path / "told"
    script.write_text(f'#!/bin/sh\necho "$@" >> {file}\n')
    script.chmod(0o700)
    return Hook(
        f"{script} contactpoint:"
    ), lambda: file.read_text().splitlines() if file.exists() else []


RED, DISK = State("alarms", "red", "1 alarm is open", "x"), State("disk", "red", "full", "x")


def test_hook_is_told_the_names_of_what_is_red_and_nothing_else(told):
    hook, lines = told
    hook.tell([RED, DISK, State("sources", "yellow", "old", "x")])
    assert lines() == ["contactpoint: alarms disk"]


def test_hook_is_told_again_only_when_it_is_time(told, monkeypatch):
    hook, lines = told
    hook.tell([RED])
    hook.tell([RED])
    assert len(lines()) == 1
    monkeypatch.setattr("indexer.health.hook.REPEAT_SECONDS", 0)
    hook.tell([RED])
    assert len(lines()) == 2


def test_hook_is_told_at_once_of_what_is_new_or_red_again(told):
    hook, lines = told
    hook.tell([RED])
    hook.tell([RED, DISK])
    hook.tell([DISK])
    hook.tell([RED, DISK])
    assert lines() == ["contactpoint: alarms", *["contactpoint: alarms disk"] * 2]


def test_hook_is_not_run_while_nothing_is_red(told):
    hook, lines = told
    hook.tell([State("sources", "yellow", "old", "x")])
    assert lines() == []


@pytest.mark.parametrize("command", ["", "false", "/nowhere/to/be/found"])
def test_hook_that_fails_or_is_not_there_ends_nothing(command):
    hook = Hook(command)
    assert not hook.tell([RED])
    assert not hook.tell([RED])


def test_every_kind_of_alarm_is_in_the_runbook():
    assert "alarms" in headings()
    assert set(KINDS) <= set(headings())
