"""Every red and yellow state, made for real: health names it, and the runbook leads to green."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from indexer.audit.trail import Trail
from indexer.builds.bench import open_bench
from indexer.builds.builds import create_build
from indexer.builds.init import init
from indexer.builds.records import Record, Records, Tried
from indexer.builds.reindex import reindex
from indexer.children.load import Loader
from indexer.children.loads import Loads
from indexer.clients import make_client
from indexer.engine import configuration, lifecycle
from indexer.engine.places import engine_places
from indexer.health import snapshots as health_of_snapshots
from indexer.health.alarms import Alarms
from indexer.health.watch import Watch
from indexer.people.codes import make_code_secret
from indexer.people.demo import SignIn, set_up_with
from indexer.people.enrolment import read_person
from indexer.people.sessions import find_stay, open_session
from indexer.people.users import NewUser, add_user
from indexer.snapshots.snapshots import create
from indexer.world import REAL, World
from tests.builds import load, plain_rows, published
from tests.conftest import OPERATOR, running_engine
from tests.rows import entries
from tests.runbook import contactpoint, environment_of, follow, headings

PATIENCE_SECONDS = 120


def later(**more):
    """A world in which it is later than now."""
    return World(lambda: REAL.now() + timedelta(**more), REAL.below, REAL.token)


def colours(settings, world=REAL):
    return {one.name: one.colour for one in Watch(settings, world).look().states}


def state(settings, name, world=REAL):
    return next(one for one in Watch(settings, world).look().states if one.name == name)


def wait_for(settings, name, colour):
    """Return the state once it has the colour; Elasticsearch looks at its disks now and then."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while (found := state_or_none(settings, name)) is None or found.colour != colour:
        assert time.monotonic() < ends, found
        time.sleep(0.5)
    return found


def wait_until_blocked(settings):
    wait_until(lambda: "nothing can be written" in state(settings, "disk").cause)


def state_or_none(settings, name):
    return next((one for one in Watch(settings, REAL).look().states if one.name == name), None)


def free_bytes(folder):
    return shutil.disk_usage(folder).free


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An engine that looks at its disk every 10 seconds, and for which an eighth of what is free
    now makes the difference between enough and too little."""
    folder = tmp_path_factory.mktemp("health")
    part = free_bytes(folder) // 8
    usual = configuration.shared_text

    def impatient(name):
        text = usual(name)
        if name != "elasticsearch.yml":
            return text
        lines = [line for line in text.splitlines() if "watermark" not in line]
        marks = {"low": 6 * part, "high": 5 * part, "flood_stage": 4 * part}
        prefix = "cluster.routing.allocation.disk.watermark"
        lines += [f"{prefix}.{name}: {size}b" for name, size in marks.items()]
        lines += [
            "cluster.info.update.interval: 10s",
            "health.reporting.local.monitor.interval: 10s",
        ]
        return "\n".join(lines)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configuration, "shared_text", impatient)
        with running_engine(folder, heap="512m") as settings:
            yield settings


@pytest.fixture(scope="module")
def served(home):
    """The same with children in it, and a snapshot of them."""
    init(home, OPERATOR, REAL)
    load(home, "school-census", *plain_rows(20))
    create(open_bench(home, REAL), OPERATOR)
    return home


def test_before_init_health_says_to_run_it(home):
    found = state(home, "indices")
    assert (found.colour, found.step) == ("red", "contactpoint init")
    follow(home, "indices")
    assert state(home, "indices").is_well


def test_without_a_load_sources_are_yellow(home):
    found = state(home, "sources")
    assert found.colour == "yellow"
    assert "nothing was loaded" in found.cause


def test_snapshots_are_yellow_until_there_are_some_and_when_they_are_old_and_then_red(home):
    found = state(home, "snapshots")
    assert (found.colour, found.step) == ("yellow", "contactpoint snapshot create")
    follow(home, "snapshots", only="create")
    assert state(home, "snapshots").step == "contactpoint snapshot verify"
    follow(home, "snapshots", only="verify")
    for hours, colour in ((0, "green"), (20, "green"), (30, "yellow"), (80, "red")):
        assert state(home, "snapshots", later(hours=hours)).colour == colour
    records = Records(make_client(home, "worker"))
    tried = records.tried()
    records.write_tried(replace(tried, taken_at=later(days=-10).now()))  # an old one, just now
    assert state(home, "snapshots").step == "contactpoint snapshot verify"
    records.write_tried(tried)
    assert state(home, "snapshots").is_well


def test_repository_that_is_gone_is_red_until_it_is_back(served):
    folder = engine_places(served).snapshots / "builds"
    away = folder.rename(folder.with_name("away"))
    folder.write_bytes(b"")
    found = state(served, "snapshots")
    assert (found.colour, found.step) == ("red", "contactpoint snapshot list")
    said = contactpoint(served, "snapshot", "list")
    assert (said.returncode, "'builds' under the path.repo" in said.stderr) == (2, True)
    folder.unlink()
    away.rename(folder)
    follow(served, "snapshots", only="create")
    follow(served, "snapshots", only="list")
    assert state(served, "snapshots").is_well


def test_snapshots_that_nobody_removes_are_yellow_until_the_rule_is_applied(served, monkeypatch):
    monkeypatch.setattr(health_of_snapshots, "MOST_TIMES", 1)
    monkeypatch.setattr(health_of_snapshots, "kept_by_period", lambda: {"day": 1})
    Records(make_client(served, "worker")).write_tried(Tried(frozenset(), REAL.now()))
    assert state(served, "snapshots").step == "contactpoint snapshot expire"
    follow(served, "snapshots", only="expire")
    assert state(served, "snapshots").is_well


def test_build_that_was_half_restored_is_yellow_until_one_is_restored_and_published(served):
    client = make_client(served, "worker")
    half = str(create_build(client, REAL))
    client.indices.put_settings(index=half, settings={"index": {"hidden": True}})
    found = state(served, "builds")
    assert (found.colour, found.step) == ("yellow", "contactpoint snapshot restore")
    follow(served, "builds", only="snapshot restore")
    restored = state(served, "builds")
    assert restored.step.startswith("contactpoint publish children-")
    follow(served, "builds", only="publish", BUILD=restored.step.split()[-1])
    assert state(served, "builds").is_well


def test_stale_source_is_yellow_and_a_load_leads_to_green(served, tmp_path):
    loads = Loads(make_client(served, "worker"), later(days=-9))
    loads.end(loads.begin("gp-registration", OPERATOR), "done", {"rows": 3, "new": 3})
    make_client(served, "worker").indices.refresh(index="loads")
    rows = plain_rows(3, family="Okafor")
    found = state(served, "sources")
    assert found.colour == "yellow"
    assert "gp-registration" in found.cause
    assert found.step == "contactpoint load FEED --source gp-registration"
    follow(served, "sources", FEED=str(feed(tmp_path, rows)), SOURCE="gp-registration")
    assert state(served, "sources").is_well


def feed(folder, rows):
    path = folder / "feed.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


def test_load_that_broke_off_is_yellow_until_it_is_finished(served, tmp_path):
    rows = plain_rows(3, family="Lindqvist")
    loads = open_bench(served, later(seconds=-2)).loads  # receipts tell times to the second
    loading = loads.begin("child-benefit", OPERATOR)
    assert state(served, "sources").is_well  # it is under way
    loads.end(loading, "stopped", {})
    make_client(served, "worker").indices.refresh(index="loads")
    found = state(served, "sources")
    assert found.colour == "yellow"
    assert "did not come to its end" in found.cause
    assert found.cause.endswith(": child-benefit")
    follow(served, "sources", FEED=str(feed(tmp_path, rows)), SOURCE="child-benefit")
    assert state(served, "sources").is_well


def test_load_whose_rows_were_lost_is_yellow_until_it_is_repeated_and_checked(served, tmp_path):
    rows = plain_rows(2, family="Vance")
    lose_load(served, "social-care-359", rows)
    found = state(served, "repeats")
    step = "contactpoint load FEED --source social-care-359"
    assert (found.colour, found.step) == ("yellow", step)
    assert "(2 rows)" in found.cause
    path = str(feed(tmp_path, rows))
    follow(served, "repeats", only="load", FEED=path, SOURCE="social-care-359")
    assert state(served, "repeats").step == "contactpoint check"
    follow(served, "repeats", only="check")
    assert state(served, "repeats").is_well


def lose_load(settings, source, rows):
    """Load rows, and let them be doubted as `publish` does."""
    Loader(settings, later(seconds=-2)).load(entries(*rows), source, OPERATOR)
    loads = open_bench(settings, later(seconds=-1)).loads
    loads.doubt(next(one for one in loads.since(REAL.now()) if one.source == source))
    make_client(settings, "worker").indices.refresh(index="loads")


def test_word_of_practitioners_which_no_file_holds_is_doubted_until_the_check_has_looked(served):
    lose_load(served, "practitioners", plain_rows(2, family="Tindall"))
    found = state(served, "repeats")
    assert (found.colour, found.step) == ("yellow", "contactpoint check")
    follow(served, "repeats", only="check")
    assert state(served, "repeats").is_well


def test_build_that_was_not_filled_is_yellow_until_the_reindex_is_run_again(served):
    bench = open_bench(served, REAL)
    build = str(create_build(bench.client, REAL))
    bench.records.write(Record(build, "filling", "tester", REAL.now()))
    found = state(served, "builds")
    assert (found.colour, found.step) == ("yellow", "contactpoint reindex")
    follow(served, "builds", only="reindex")
    assert state(served, "builds").is_well
    assert published(served) == build


def test_build_that_another_version_did_not_fill_is_yellow_until_it_is_removed(served):
    bench = open_bench(served, REAL)
    build = str(create_build(bench.client, REAL))
    make_client(served, "operator").indices.put_mapping(
        index=build, meta={"analyser_version": "0-other"}
    )
    bench.records.write(Record(build, "filling", "tester", REAL.now()))
    found = state(served, "builds")
    assert (found.colour, found.step) == ("yellow", f"contactpoint builds --remove {build}")
    follow(served, "builds", only="--remove", BUILD=build)
    assert state(served, "builds").is_well


def test_build_that_was_not_published_is_yellow_until_it_is(served):
    build = reindex(open_bench(served, REAL), OPERATOR, is_to_publish=False)
    found = state(served, "builds")
    assert (found.colour, found.step) == ("yellow", f"contactpoint publish {build}")
    follow(served, "builds", only="publish", BUILD=build)
    assert state(served, "builds").is_well


def test_refused_build_is_yellow_until_it_is_removed(served):
    bench = open_bench(served, REAL)
    build = reindex(bench, OPERATOR, is_to_publish=False)
    record = bench.records.read([build])[build]
    bench.records.write(replace(record, state="refused"))
    found = state(served, "builds")
    assert (found.colour, found.step) == ("yellow", f"contactpoint builds --remove {build}")
    follow(served, "builds", only="--remove", BUILD=build)
    assert state(served, "builds").is_well


def test_month_without_an_audit_index_is_red_and_the_coming_one_yellow(served):
    assert state(served, "audit").is_well
    years, month = divmod(REAL.today().month - 1 + 4, 12)  # init made three months ahead
    ends = (date(REAL.today().year + years, month + 1, 1) - REAL.today()).days
    assert state(served, "audit", later(days=ends - 15)).is_well
    assert state(served, "audit", later(days=ends - 5)).colour == "yellow"
    gone = later(days=ends)
    assert state(served, "audit", gone).colour == "red"
    init(served, OPERATOR, gone)
    assert state(served, "audit", gone).is_well
    follow(served, "audit")


def test_alarm_is_red_until_somebody_acknowledges_it(served):
    Alarms(make_client(served, "front"), REAL).raise_alarm("register")
    found = state(served, "alarms")
    assert found.colour == "red"
    assert "1 alarm is open" in found.cause
    assert contactpoint(served, "health").returncode == 2
    follow(served, "alarms", KIND="register", TEXT="told the officers")
    assert state(served, "alarms").is_well


def test_alarm_raised_twice_is_one(served):
    alarms = Alarms(make_client(served, "worker"), REAL)
    alarms.raise_alarm("register")
    first = alarms.open_alarms()
    alarms.raise_alarm("register")
    assert alarms.open_alarms() == first
    follow(served, "alarms", only="acknowledge", KIND="register", TEXT="again")


def sign_in_operator(settings):
    desk_client = make_client(settings, "desk")
    trail = Trail(desk_client, settings, REAL)
    password = "a long pass phrase of a test"
    add_user(desk_client, NewUser("olu", "operator", "359", password), OPERATOR, trail, REAL)
    set_up_with(settings, SignIn("olu", "operator", password), make_code_secret(REAL))
    mark = read_person(desk_client, "olu").enrolment.mark
    return open_session(desk_client, "desk", "olu", mark, REAL)


@contextmanager
def full_disk(settings):
    """Take so much of the disk that Elasticsearch lets nothing be written; the file that does."""
    filling = engine_places(settings).root / "filling"
    try:
        with filling.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 5 * (free_bytes(filling.parent) // 8))
        yield filling
    finally:
        filling.unlink(missing_ok=True)


def test_full_disk_is_red_and_room_leads_to_green(served):
    wait_for(served, "disk", "green")
    older, token = published(served), sign_in_operator(served)
    reindex(open_bench(served, REAL), OPERATOR)
    with full_disk(served) as filling:
        assert wait_for(served, "disk", "red").step == "df -h"
        wait_until_blocked(served)
        stay = find_stay(make_client(served, "desk"), "desk", token, "olu", later(minutes=2))
        assert stay.user.name == "olu"  # who can be shown the page, though nothing can be noted
        follow(served, "disk", only="df")
        follow(served, "disk", only="rm", FILE=str(filling))
        wait_for(served, "disk", "green")
    follow(served, "disk", only="contactpoint", BUILD=older)
    assert contactpoint(served, "builds").stdout.count("children-") == 1


def test_watch_tells_the_hook_of_an_alarm_until_it_is_acknowledged(served, tmp_path):
    told, hook = tmp_path / "told", tmp_path / "hook"
    hook.write_text(f'#!/bin/sh\necho "$@" >> {told}\n')
    hook.chmod(0o700)
    Alarms(make_client(served, "front"), REAL).raise_alarm("register")
    with watching(served, f"{hook} contactpoint") as said:
        wait_until(told.exists)
        follow(served, "alarms", only="acknowledge", KIND="register", TEXT="seen to")
        wait_until(lambda: "green   alarms: no alarm is open" in said.read_text())
    assert set(told.read_text().splitlines()) == {"contactpoint alarms"}
    assert "red     alarms: 1 alarm is open" in said.read_text()


@contextmanager
def watching(settings, hook):
    """`health --watch` in a process of its own; the file that holds what it says."""
    said = settings.home / "watched"
    environment = environment_of(settings) | {"CONTACTPOINT_ALARM": hook, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from webapp.commands import main; main()", "health"]
    with said.open("wb") as stream:
        process = subprocess.Popen(
            [*command, "--watch", "--every", "1"], env=environment, stdout=stream
        )
    try:
        yield said
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def wait_until(is_so):
    ends = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.2)


def test_worker_that_nobody_saw_is_yellow_until_it_looks_at_what_waits(served):
    found = state(served, "work")
    assert (found.colour, found.step) == ("yellow", "contactpoint work")
    follow(served, "work")
    assert state(served, "work").is_well
    assert state(served, "work", later(minutes=3)).colour == "yellow"


def test_every_state_has_its_part_in_the_runbook(served):
    assert set(colours(served)) <= set(headings())


def test_stopped_engine_is_red_and_starting_it_leads_to_green(served):
    lifecycle.stop(served, print)
    said = contactpoint(served, "health")
    assert said.returncode == 2
    assert "red     engine: " in said.stdout
    assert "next: contactpoint engine start" in said.stdout
    follow(served, "engine")
    assert wait_for(served, "nodes", "green")
    assert wait_for(served, "shards", "green")
