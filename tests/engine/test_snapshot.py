"""Snapshots, on a real repository: what is taken comes back aside, and never shows whom it must
not."""

import os
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from analyzers.version import VERSION
from indexer.builds import restored as restored_checks
from indexer.builds.bench import Listener, open_bench
from indexer.builds.builds import hidden_builds, open_builds, remove_build
from indexer.builds.disks import Disks
from indexer.builds.init import init
from indexer.builds.lock import holding_snapshots
from indexer.builds.old_builds import read_records
from indexer.builds.publication import publish
from indexer.builds.purge import purge
from indexer.checks.doubted import settle_doubted
from indexer.children.links import Links, row_key
from indexer.children.loads import Loads
from indexer.clients import make_client
from indexer.engine.places import engine_places
from indexer.errors import (
    BuildRefused,
    ClusterUnavailable,
    Refused,
    RegisterUnavailable,
    SnapshotRefused,
)
from indexer.health.loads import look_at_loads
from indexer.people.actor import Actor
from indexer.shields.events import Event
from indexer.shields.journal import Journal
from indexer.shields.marks import SENTINEL
from indexer.shields.verify import Verification
from indexer.snapshots import restore as restoring
from indexer.snapshots.expiry import expire
from indexer.snapshots.lost import restore_lost
from indexer.snapshots.restore import restore
from indexer.snapshots.snapshots import create, listed
from indexer.snapshots.trial import verify
from indexer.world import REAL, World
from mappings.names import REPOSITORIES, SHIELD_MARKS, TRIAL
from tests.builds import given_names, leaving_one_build, load, plain_rows, published, revisions
from tests.conftest import OPERATOR, running_engine
from tests.rows import plain_row
from tests.shields import add_mark
from tests.whole_index import empty_index, read_whole_index
from webapp.commands import contactpoint
from webapp.search.gate import Gate
from webapp.search.question import parse_question

PAT = Actor("pat", "practitioner", "359")


def put_repositories(settings, folder, **more):
    """Let both repositories be in a folder of their own; return an operator's client."""
    operator_client = make_client(settings, "operator")
    for name in REPOSITORIES:
        where = {"location": f"{folder}/{name}", **more}
        operator_client.snapshot.create_repository(
            name=name, repository={"type": "fs", "settings": where}
        )
    return operator_client


@pytest.fixture
def folder(ready, source):
    """Where the snapshots of this test are, beside those of others."""
    put_repositories(ready, source)
    return engine_places(ready).snapshots / source


@pytest.fixture
def erasing():
    """What erases a restored build; a test that is not about that has none, for it takes 20 s."""
    return lambda _client, _builds: 0


@pytest.fixture
def fresh(ready, folder, monkeypatch, erasing):
    """The settings of an engine that holds nothing of any load, and one build at the end."""
    monkeypatch.setattr(restoring, "purge", erasing)
    empty_index(ready)
    with leaving_one_build(ready):
        yield ready
        client = make_client(ready, "worker")
        for build in hidden_builds(client):
            remove_build(client, build)


@pytest.fixture
def bench(fresh):
    return open_bench(fresh, REAL)


def child_of(settings, source, record):
    links = Links(make_client(settings, "worker")).read([row_key(source, record)])
    return links[row_key(source, record)].child


def mark(settings, number):
    add_mark(make_client(settings, "worker"), settings.secret("register.key"), number)


def shield(bench, number):
    """Mark a child, then delete it in every open build, as who sets a shield does."""
    mark(bench.settings, number)
    bench.hands.placer.hide([number])


def found(settings, typed):
    answer = Gate(settings).find(parse_question(typed, today=REAL.today()), PAT)
    return sorted(one.given_names for one in answer.found)


def finding(bench, build, check):
    (record,) = [one for one in read_records(bench) if one.build == build]
    (one,) = [one for one in record.findings if one.check == check]
    return one


class Lookout:
    """Whoever looks, at each sentence that a command says, for a child who must not be seen."""

    def __init__(self, settings, hidden):
        self._settings, self._hidden = settings, hidden
        self.told = []

    def look(self, _sentence=""):
        client = make_client(self._settings, "worker")
        builds = open_builds(client)
        self.told.append(found(self._settings, "ursula oakes"))
        self.told += [self._hidden in revisions(self._settings, build) for build in builds]


NUMBERED = {"nhs_number": "9990000018"}
URSULA = plain_row("u", "Ursula", "Oakes", "2014-05-09")


def load_yesterday(settings, source, other):
    xena = plain_row("x", "Xena", "Kelly", "2014-03-09")
    load(settings, source, *plain_rows(40), URSULA, xena)
    load(settings, other, plain_row("y", "Yann", "Kelly", "2014-04-09"))


def load_today(settings, source, other):
    """A child changes, one is withdrawn, one is new, and two sources speak of one child."""
    xena = plain_row("x", "Xena", "Kelly", "2014-03-09", **NUMBERED)
    changed = plain_row("0", "Changed", "Kelly", "2010-01-01")
    new = plain_row("new", "New", "Kelly", "2010-01-02")
    load(settings, source, changed, {"source_record_id": "1", "withdrawn": True}, new, xena)
    load(settings, other, plain_row("z", "Xena", "Kelly", "2014-03-09", **NUMBERED))


def test_careless_operator_restores_yesterday(fresh, bench, source):
    """No shielded child is in an open build, or found, at any moment; all loads since are in."""
    load_yesterday(fresh, source, f"{source}-b")
    create(bench, OPERATOR)
    shield(bench, child_of(fresh, source, "u"))
    load_today(fresh, source, f"{source}-b")
    expected, before = read_whole_index(fresh), revisions(fresh, published(fresh))
    lookout = Lookout(fresh, child_of(fresh, source, "u"))
    bench = replace(bench, listener=Listener(lookout.look))
    build = restore(bench, OPERATOR).build
    lookout.look()
    publish(bench, OPERATOR)
    lookout.look()
    assert published(fresh) == build
    assert len(lookout.told) > 10
    assert not any(lookout.told)
    assert revisions(fresh, build) == before
    assert read_whole_index(fresh) == expected
    assert finding(bench, build, "loads").said.startswith("all that was loaded since")
    assert found(fresh, "xena kelly") == ["Xena"]


class DiesThere(Exception):
    """The process ends here."""


class DeadlyMarks:
    """A register in the question to which the process ends."""

    def __init__(self, marks):
        self._marks = marks

    def all(self):
        raise DiesThere

    def __getattr__(self, name):
        return getattr(self._marks, name)


def test_restore_that_died_before_the_register_was_applied_leaves_no_open_build(
    fresh, bench, source
):
    load(fresh, source, *plain_rows(10))
    create(bench, OPERATOR)
    hidden = child_of(fresh, source, "2")
    shield(bench, hidden)
    builds = open_builds(bench.client)
    dying = replace(bench, hands=replace(bench.hands, marks=DeadlyMarks(bench.hands.marks)))
    with pytest.raises(DiesThere):
        restore(dying, OPERATOR)
    (half,) = hidden_builds(bench.client)
    assert hidden in revisions(fresh, half)
    assert open_builds(bench.client) == builds
    with pytest.raises(Refused, match="no such build"):
        publish(bench, OPERATOR, half)
    load(fresh, source, plain_row("new", "New", "Kelly", "2010-01-02"))
    assert revisions(fresh, half).keys() - {hidden} < revisions(fresh, published(fresh)).keys()
    build = restore(bench, OPERATOR).build
    assert hidden_builds(bench.client) == ()
    assert set(open_builds(bench.client)) == {*builds, build}
    assert hidden not in revisions(fresh, build)


@pytest.mark.parametrize("erasing", [purge], ids=["erased"])
def test_words_of_who_was_shielded_since_are_not_in_the_files_of_the_restored_build(
    fresh, bench, source
):
    """Health counts from when somebody was hidden, so it would be green about them."""
    load(fresh, source, *plain_rows(10), URSULA)
    create(bench, OPERATOR)
    shield(bench, child_of(fresh, source, "u"))
    build = restore(bench, OPERATOR).build
    stats = bench.client.indices.stats(index=build, metric="docs")
    docs = stats["_all"]["total"]["docs"]
    assert (docs["count"], docs["deleted"]) == (10, 0)


def test_restore_that_died_before_publishing_goes_on_days_later(fresh, bench, source):
    load(fresh, source, *plain_rows(10), URSULA)
    create(bench, OPERATOR)
    load(fresh, source, plain_row("0", "Changed", "Kelly", "2010-01-01"))
    build = restore(bench, OPERATOR).build
    load(fresh, source, plain_row("new", "New", "Kelly", "2010-01-02"))
    hidden = child_of(fresh, source, "u")
    mark(fresh, hidden)
    before = revisions(fresh, published(fresh))
    assert publish(open_bench(fresh, REAL), OPERATOR) == build
    assert revisions(fresh, build) == {k: v for k, v in before.items() if k != hidden}
    assert found(fresh, "ursula oakes") == []
    assert {"Changed", "New"} <= set(given_names(fresh, build))


def stop_a_load(settings, source):
    """A load that began a moment ago, since receipts tell seconds, and broke off."""
    moment_ago = World(lambda: REAL.now() - timedelta(seconds=2), REAL.below, REAL.token)
    loads = Loads(make_client(settings, "worker"), moment_ago)
    loads.end(loads.begin(source, OPERATOR), "stopped", {"rows": 3})


def doubted(bench):
    """Loads that must be repeated, once the check has looked: their sources and rows."""
    settle_doubted(bench, look_at_loads(bench.client, REAL))
    return sorted((one.source, one.rows) for one in look_at_loads(bench.client, REAL).doubted)


def lose_children(settings, source):
    """An old child and one who came since the snapshot are gone; return their numbers."""
    numbers = child_of(settings, source, "0"), child_of(settings, source, "new")
    for number in numbers:
        make_client(settings, "worker").delete(index=published(settings), id=number)
    return numbers


def test_children_whom_the_published_build_lost_come_back_and_loads_to_repeat_are_named(
    fresh, bench, source
):
    load(fresh, source, *plain_rows(5))
    create(bench, OPERATOR)
    later = [
        plain_row("0", "Changed", "Kelly", "2010-01-01"),
        plain_row("new", "Ann0", "Fresh", "2010-01-01"),
    ]
    load(fresh, source, *later)
    old, _ = lose_children(fresh, source)
    for stopped in (f"{source}-stopped", f"{source}-mended"):
        stop_a_load(fresh, stopped)
    load(fresh, f"{source}-mended", plain_row("m", "Mended", "Kelly", "2012-02-02"))
    build = publish(bench, OPERATOR, restore(bench, OPERATOR).build)
    assert old in revisions(fresh, build)
    assert given_names(fresh, build) == [*(f"Ann{i}" for i in range(5)), "Mended"]
    said = finding(bench, build, "loads").said
    assert f"'contactpoint load FEED --source {source}'" in said
    assert f"{source}-stopped" in said
    assert f"{source}-mended" not in said
    load(fresh, source, *later[:1])
    assert doubted(bench) == [(source, 2), (source, 5), (f"{source}-stopped", 3)]
    load(fresh, source, *later)
    assert given_names(fresh, published(fresh)) == [
        *(f"Ann{i}" for i in range(5)),
        *("Changed", "Mended"),
    ]
    assert child_of(fresh, source, "0") == old
    assert doubted(bench) == [(source, 5), (f"{source}-stopped", 3)]


def test_build_that_was_deleted_comes_back_with_the_same_numbers(fresh, bench, source):
    """What is published is empty then, as `init` makes it."""
    load(fresh, source, *plain_rows(30))
    create(bench, OPERATOR)
    before = revisions(fresh, published(fresh))
    for number in before:
        bench.client.delete(index=published(fresh), id=number)
    publish(bench, OPERATOR, restore(bench, OPERATOR).build)
    assert revisions(fresh, published(fresh)) == before


def test_restored_build_to_which_no_rows_lead_is_refused(fresh, bench, source):
    """Its children would be taken for gone."""
    load(fresh, source, *plain_rows(5))
    create(bench, OPERATOR)
    build = restore(bench, OPERATOR).build
    links = bench.links.read([row_key(source, str(i)) for i in range(5)])
    bench.links.release(links)
    with pytest.raises(BuildRefused, match="'links' was lost"):
        publish(bench, OPERATOR, build)
    assert len(revisions(fresh, build)) == 5


@pytest.fixture
def register_of_before(fresh):
    """A function that puts the register's sentinel back to where it began; undone at the end."""
    client = make_client(fresh, "worker")
    now = client.get(index=SHIELD_MARKS, id=SENTINEL)["_source"]
    yield lambda: client.index(index=SHIELD_MARKS, id=SENTINEL, document=now | {"sequence": 0})
    client.index(index=SHIELD_MARKS, id=SENTINEL, document=now | {"sequence": now["sequence"] + 9})


def test_register_older_than_the_snapshot_lets_nothing_come_back(
    fresh, bench, source, register_of_before
):
    load(fresh, source, *plain_rows(5))
    create(bench, OPERATOR)
    build = restore(bench, OPERATOR).build
    register_of_before()
    with pytest.raises(RegisterUnavailable, match="older"):
        publish(bench, OPERATOR, build)
    fresh.register_seen.unlink()
    forgetful = open_bench(fresh, REAL)  # a machine that never saw the newer one
    with pytest.raises(BuildRefused, match="rebuild it from its journal"):
        publish(forgetful, OPERATOR, build)
    with pytest.raises(SnapshotRefused, match="rebuild it from its journal"):
        restore(forgetful, OPERATOR)
    assert published(fresh) != build


def of_version(settings, build, version):
    make_client(settings, "operator").indices.put_mapping(
        index=build, meta={"analyser_version": version}
    )


def an_hour_ago(bench):
    hour_ago = REAL.now() - timedelta(hours=1)
    return replace(bench, world=World(lambda: hour_ago, REAL.below, REAL.token))


def test_second_snapshot_of_one_second_is_refused(fresh, bench):
    then = an_hour_ago(bench)
    create(then, OPERATOR)
    with pytest.raises(SnapshotRefused, match="try again in a second"):
        create(then, OPERATOR)


def test_what_cannot_come_back_is_refused_before_anything_is_restored(fresh, bench, monkeypatch):
    of_version(fresh, published(fresh), "0-other")
    create(an_hour_ago(bench), OPERATOR)
    of_version(fresh, published(fresh), VERSION)
    with pytest.raises(SnapshotRefused, match="with the version that took it"):
        restore(bench, OPERATOR)
    create(bench, OPERATOR)
    full = Disks(nodes=1, free=restoring.SPARE_BYTES)
    monkeypatch.setattr(restoring, "look_at_disks", lambda _bench: full)
    for command in (restore, verify):
        with pytest.raises(SnapshotRefused, match="make room"):
            command(bench, OPERATOR)
    assert hidden_builds(bench.client) == ()


def trials(settings):
    return make_client(settings, "restore").indices.get(
        index=f"{TRIAL}*", expand_wildcards=["open", "hidden"]
    )


def assert_apart(builds, sealed, build):
    """Register and children are never in one snapshot."""
    assert build in builds.indices
    assert SHIELD_MARKS in sealed.indices
    assert not set(builds.indices) & set(sealed.indices)
    assert not [one for one in sealed.indices if one.startswith("children-")]
    assert not [one for one in builds.indices if "shield" in one or one.startswith("audit")]


def test_snapshot_is_tried_and_nothing_of_it_stays(fresh, bench, source):
    load(fresh, source, *plain_rows(7))
    taken = create(bench, OPERATOR)
    assert_apart(*sorted(taken, key=lambda one: one.repository), published(fresh))
    builds = open_builds(bench.client)
    tried = verify(bench, OPERATOR)
    assert [one.passed for one in tried] == [True, True]
    assert tried[0].snapshot.children == 7
    assert not trials(fresh)
    assert open_builds(bench.client) == builds


def test_snapshot_that_lost_a_part_fails_its_trial_and_leaves_nothing(fresh, bench, source, folder):
    load(fresh, source, *plain_rows(50))
    create(bench, OPERATOR)
    for path in sorted((folder / "builds" / "indices").rglob("__*")):
        path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(Refused):
        verify(bench, OPERATOR)
    assert not trials(fresh)
    with pytest.raises(Refused):
        restore(bench, OPERATOR)
    load(fresh, source, plain_row("new", "New", "Kelly", "2010-01-02"))


def test_repository_that_cannot_be_used_is_said_with_its_folder(fresh, bench, source, folder):
    operator_client = put_repositories(fresh, source, readonly=True)
    with pytest.raises(SnapshotRefused, match=r"repository 'builds' .*read-only"):
        create(bench, OPERATOR)
    assert listed(operator_client) == []
    put_repositories(fresh, source)
    create(bench, OPERATOR)
    (folder / "builds").rename(folder / "away")
    (folder / "builds").write_bytes(b"")
    with pytest.raises(SnapshotRefused, match="'builds' under the path.repo"):
        create(bench, OPERATOR)
    with pytest.raises(SnapshotRefused, match="'builds' under the path.repo"):
        restore(bench, OPERATOR)


def test_snapshot_is_not_restored_while_one_is_tried(fresh, bench, source):
    """Both would take the disk that each has counted as free."""
    load(fresh, source, *plain_rows(2))
    create(bench, OPERATOR)
    with holding_snapshots(bench.client, REAL, "snapshot verify"), pytest.raises(Refused):
        restore(bench, OPERATOR)
    assert restore(bench, OPERATOR).state == "filled"


def test_name_that_no_snapshot_has_is_refused(fresh, bench):
    with pytest.raises(SnapshotRefused, match="no such snapshot"):
        restore(bench, OPERATOR, "snapshot-20200101t000000z")
    with pytest.raises(SnapshotRefused, match="no such snapshot"):
        verify(bench, OPERATOR)


def test_old_snapshot_is_removed_from_both_repositories_and_the_newest_can_be_brought_back(
    fresh, bench, source
):
    load(fresh, source, *plain_rows(3))
    old = create(an_hour_ago(bench), OPERATOR)
    verify(bench, OPERATOR, old[0].name)
    new = create(bench, OPERATOR)
    assert expire(bench, OPERATOR) == []  # it was tried, and none since
    verify(bench, OPERATOR)
    assert [one.name for one in expire(bench, OPERATOR, is_to_remove=False)] == [old[0].name] * 2
    assert len(listed(make_client(fresh, "operator"))) == len(old) + len(new)
    assert len(expire(bench, OPERATOR)) == len(REPOSITORIES)
    left = listed(make_client(fresh, "operator"))
    assert {(one.name, one.repository) for one in left} == {
        (new[0].name, name) for name in REPOSITORIES
    }
    assert expire(bench, OPERATOR) == []
    assert all(one.passed for one in verify(bench, OPERATOR))


def test_snapshots_are_taken_listed_tried_and_restored_by_command(fresh, monkeypatch, source):
    monkeypatch.setenv("CONTACTPOINT_HOME", str(fresh.home))
    monkeypatch.setenv("CONTACTPOINT_PORT_BASE", str(fresh.port_base))

    def run(*words):
        ran = CliRunner().invoke(contactpoint, words, catch_exceptions=False)
        assert ran.exit_code == 0
        return ran.output

    assert "There is no snapshot" in run("snapshot", "list")
    load(fresh, source, *plain_rows(3))
    taken = run("snapshot", "create")
    assert f"builds: {published(fresh)}, 3 children; whole" in taken
    assert run("snapshot", "list").count("; whole\n") == 2
    assert run("snapshot", "list", "--json").count("\n") == 2
    assert "can be brought back" in run("snapshot", "verify")
    name = taken.splitlines()[-1].split()[0]
    said = run("snapshot", "restore", name)
    (build,) = [one for one in open_builds(make_client(fresh, "worker")) if one != published(fresh)]
    assert f"'contactpoint publish {build}'" in said
    assert f"(restored from {name})" in run("builds")
    assert run("publish", build).endswith(f"{build} is published.\n")


def test_loads_of_before_the_snapshot_without_a_receipt_are_said(bench):
    taken_at = REAL.now()
    restored = restored_checks.Restored("snapshot", taken_at, 0)
    assert "load every feed" in restored_checks.check_loads(bench, restored, []).said


@pytest.fixture
def empty_engine(tmp_path):
    """Another machine, on which nothing is yet."""
    with running_engine(tmp_path, heap="512m") as settings:
        yield settings


def carry_repositories(folder, settings):
    """Put the repositories' folders where an engine looks for them."""
    there = engine_places(settings).snapshots
    for name in REPOSITORIES:
        shutil.copytree(folder / name, there / name)
        for path in [there / name, *(there / name).rglob("*")]:
            os.chown(path, there.stat().st_uid, there.stat().st_gid)


def write_journal(settings, kind, *numbers, shield="s-1", times=1):
    """What officers did, as it stands in the copy of the journal that is put back."""
    at = REAL.now().isoformat()
    event = Event(kind, shield, "olga", "359", "order", "359", numbers=numbers, at=at)
    with Journal(settings.journal, settings.secret("register.key")).held() as pen:
        for _ in range(times):
            pen.write(pen.seal(event))


def assert_old_journal_brings_nobody_back(settings, child):
    """It tells that the child's shield was lifted, and not that the child has another since."""
    write_journal(settings, "set", child)
    write_journal(settings, "lifted", child)
    init(settings, OPERATOR, REAL, is_empty_meant=True)
    with pytest.raises(RegisterUnavailable, match="newest copy"):
        Verification(settings, REAL).run(OPERATOR)
    assert not revisions(settings, published(settings))


def assert_refused_without_journal(settings):
    """However often somebody tries, in whatever order."""
    for _ in range(2):
        with pytest.raises(Refused, match="Put the journal back"):
            init(settings, OPERATOR, REAL)
        with pytest.raises(Refused, match="they stay hidden"):
            Verification(settings, REAL).run(OPERATOR)


def put_newest_journal_back(settings, sequence, *numbers):
    """It shields these children, and knows no less than the register that was lost."""
    write_journal(settings, "set", *numbers, shield="s-2")
    write_journal(settings, "reviewed", shield="s-2", times=sequence)
    assert Verification(settings, REAL).run(OPERATOR).faults == []


def shield_again(bench, number):
    """The last of several events about the child."""
    for _ in range(5):
        mark(bench.settings, number)
    shield(bench, number)


def bring_children_back(bench):
    """Nobody is said not to be there until they are."""
    build = restore(bench, OPERATOR).build
    with pytest.raises(ClusterUnavailable, match="being brought back"):
        found(bench.settings, "kelly")
    publish(bench, OPERATOR, build)
    assert "Ann3" in found(bench.settings, "kelly")
    assert open_builds(bench.client) == (build,)


def test_after_the_loss_of_everything_all_comes_back_but_the_register(
    fresh, bench, source, folder, empty_engine
):
    """One child was shielded before the snapshot, for the second time, and one since."""
    load(fresh, source, *plain_rows(20), URSULA)
    early, late = child_of(fresh, source, "0"), child_of(fresh, source, "u")
    shield_again(bench, early)
    create(bench, OPERATOR)
    before, sequence = revisions(fresh, published(fresh)), bench.hands.marks.sequence_now()
    carry_repositories(folder, empty_engine)
    saved = open_bench(empty_engine, REAL)
    assert {"links", "loads", "users"} <= set(restore_lost(saved, OPERATOR))
    assert_refused_without_journal(empty_engine)
    assert_old_journal_brings_nobody_back(empty_engine, early)
    put_newest_journal_back(empty_engine, sequence, early, late)
    bring_children_back(saved)
    after = revisions(empty_engine, published(empty_engine))
    assert after == {number: one for number, one in before.items() if number != late}
    with pytest.raises(SnapshotRefused, match="nothing is lost"):
        restore_lost(saved, OPERATOR)
    load(empty_engine, source, *plain_rows(20), URSULA)
    assert revisions(empty_engine, published(empty_engine)) == after
    assert Verification(empty_engine, REAL).run(OPERATOR).faults == []
