"""A new build beside, filled from the published one while loads, shields and searches go on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from elastic_transport import ConnectionTimeout

from analyzers.version import VERSION
from indexer.builds import filling, publication
from indexer.builds.bench import Listener, open_bench
from indexer.builds.builds import (
    Builds,
    OpenBuilds,
    create_build,
    open_builds,
    published_build,
    remove_build,
)
from indexer.builds.init import init
from indexer.builds.lock import LOCK, holding_builds, holding_snapshots
from indexer.builds.old_builds import previous, read_records
from indexer.builds.publication import publish, rollback
from indexer.builds.records import Record
from indexer.builds.reindex import Space, reindex, reindex_child
from indexer.children.links import Links, row_key
from indexer.children.loads import Loads
from indexer.children.place import Placement
from indexer.children.scan import BuildScan
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.errors import ClusterUnavailable, NotFound, Refused
from indexer.health.builds import judge_builds, look_at_builds
from indexer.holder import this_machine
from indexer.people.actor import Actor
from indexer.world import REAL
from mappings.names import BUILDS
from tests.builds import (
    eventful_bench,
    given_names,
    leaving_one_build,
    load,
    plain_rows,
    published,
    revisions,
)
from tests.conftest import OPERATOR
from tests.rows import plain_row
from tests.shields import add_mark
from tests.whole_index import empty_index
from webapp.commands import contactpoint
from webapp.search.gate import Gate
from webapp.search.question import parse_question

PAT = Actor("pat", "practitioner", "359")


@pytest.fixture
def fresh(ready):
    """The settings of an engine that holds nothing of any load, and one build at the end."""
    empty_index(ready)
    with leaving_one_build(ready):
        yield ready
        of_version(ready, published(ready), VERSION)


@pytest.fixture
def bench(fresh):
    return open_bench(fresh, REAL)


def of_version(settings, build, version):
    """Make a build look as if other analysers had made it."""
    operator_client = make_client(settings, "operator")
    operator_client.indices.put_mapping(index=build, meta={"analyser_version": version})


def child_of(settings, source, record):
    links = Links(make_client(settings, "worker")).read([row_key(source, record)])
    return links[row_key(source, record)].child


def mark(settings, number):
    add_mark(make_client(settings, "worker"), settings.secret("register.key"), number)


def found(settings, typed):
    answer = Gate(settings).find(parse_question(typed, today=REAL.today()), PAT)
    return sorted(one.given_names for one in answer.found)


def test_new_build_holds_the_same_children_in_the_same_revisions(fresh, bench, source):
    load(fresh, source, *plain_rows(40))
    load(fresh, source, plain_row("3", "Zoe", "Kelly", "2014-03-09"))
    before = published(fresh)
    build = reindex(bench, OPERATOR)
    assert published(fresh) == build != before
    assert revisions(fresh, build) == revisions(fresh, before)
    assert len(revisions(fresh, build)) == 40
    assert found(fresh, "zoe kelly") == ["Zoe"]


def test_build_is_synced_at_each_write_once_it_is_filled(fresh, bench, source):
    load(fresh, source, *plain_rows(3))
    told = []

    def durability(build):
        settings = bench.client.indices.get_settings(index=build, flat_settings=True)
        return settings[build]["settings"].get("index.translog.durability", "request")

    def look():
        (build,) = set(open_builds(bench.client)) - {published(fresh)}
        told.append(durability(build))

    build = reindex(eventful_bench(fresh, look), OPERATOR)
    assert [*told, durability(build)] == ["async", "request"]


def test_what_loads_and_shields_do_meanwhile_is_in_the_new_build(fresh, source):
    load(fresh, source, *plain_rows(6))
    before = published(fresh)
    leaves, hidden = child_of(fresh, source, "1"), child_of(fresh, source, "2")

    def event():
        load(
            fresh,
            source,
            plain_row("0", "Changed", "Kelly", "2010-01-01"),
            {"source_record_id": "1", "withdrawn": True},
            plain_row("new", "New", "Kelly", "2010-01-02"),
        )
        mark(fresh, hidden)

    build = reindex(eventful_bench(fresh, event), OPERATOR)
    assert given_names(fresh, build) == ["Ann3", "Ann4", "Ann5", "Changed", "New"]
    after = revisions(fresh, build)
    assert {leaves, hidden}.isdisjoint(after)
    # Who sets a shield deletes in every build; a mark alone is found where it would be published.
    assert {k: v for k, v in revisions(fresh, before).items() if k != hidden} == after


def test_child_whose_month_of_birth_changes_during_the_scan_is_there_once(fresh, source):
    load(fresh, source, *plain_rows(24))
    build = reindex(
        eventful_bench(
            fresh, lambda: load(fresh, source, plain_row("0", "Ann0", "Kelly", "2021-12-31"))
        ),
        OPERATOR,
    )
    assert len(revisions(fresh, build)) == 24
    assert given_names(fresh, build).count("Ann0") == 1


def test_write_that_began_before_the_build_was_there_is_in_it(fresh, bench, source):
    load(fresh, source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    number = child_of(fresh, source, "1")
    before = published(fresh)
    beside = str(create_build(bench.client, REAL))
    seen = iter([OpenBuilds(before), OpenBuilds(before, (beside,)), OpenBuilds(before, (beside,))])
    stored = ChildStore(bench.client).read([number])[number]
    placement = Placement(number, stored.revision, stored.child)
    assert bench.hands.placer.place([placement], lambda: next(seen)) == set()
    assert revisions(fresh, beside) == revisions(fresh, before) == {number: stored.revision + 1}


def test_child_deleted_before_it_was_copied_is_not_brought_back(fresh, bench, source):
    load(fresh, source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    number = child_of(fresh, source, "1")
    read = ChildStore(bench.client).read([number])[number]
    beside = str(create_build(bench.client, REAL))
    load(fresh, source, {"source_record_id": "1", "withdrawn": True})
    assert bench.hands.placer.copy([read], beside) == {number}
    assert revisions(fresh, beside) == {}


def test_older_copy_never_overwrites_what_a_load_wrote(fresh, bench, source):
    load(fresh, source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    number = child_of(fresh, source, "1")
    read = ChildStore(bench.client).read([number])[number]
    beside = str(create_build(bench.client, REAL))
    load(fresh, source, plain_row("1", "Anna", "Kelly", "2014-03-09"))
    assert bench.hands.placer.copy([read], beside) == {number}
    assert given_names(fresh, beside) == ["Anna"]


def test_load_into_two_builds_gives_each_child_the_same_revision(fresh, bench, source):
    load(fresh, source, *plain_rows(3))
    create_build(bench.client, REAL)
    beside = Builds(bench.client).now().beside[-1]
    load(fresh, source, *plain_rows(3, known_as="Annie"), plain_row("9", "Bo", "Lee", "2015-01-01"))
    load(fresh, source, {"source_record_id": "0", "withdrawn": True})
    both = revisions(fresh, published(fresh))
    assert revisions(fresh, beside) == both
    assert len(both) == 3


class Stopped(Exception):
    """The process ends here."""


def stop(*_what):
    raise Stopped


def test_run_that_was_interrupted_is_taken_up_in_the_same_build(fresh, bench, source):
    load(fresh, source, *plain_rows(30))
    with pytest.raises(Stopped):
        reindex(eventful_bench(fresh, stop), OPERATOR)
    (half,) = [one.build for one in read_records(bench) if one.state == "filling"]
    assert reindex(bench, OPERATOR) == half == published(fresh)
    assert len(revisions(fresh, half)) == 30


def test_run_that_died_while_its_build_was_judged_is_taken_up_in_the_same_build(
    fresh, bench, source, monkeypatch
):
    load(fresh, source, *plain_rows(10))
    monkeypatch.setattr(bench.hands.marks, "all", stop)
    with pytest.raises(Stopped):
        reindex(bench, OPERATOR)
    monkeypatch.undo()
    (half,) = [one.build for one in read_records(bench) if one.state == "filled"]
    load(fresh, source, plain_row("new", "New", "Kelly", "2014-03-09"))
    assert reindex(bench, OPERATOR) == half == published(fresh)
    assert "New" in given_names(fresh, half)


def test_copied_months_are_not_copied_again(fresh, bench, source):
    load(fresh, source, *plain_rows(24))
    told = []
    build = str(create_build(bench.client, REAL))
    for _ in range(2):
        begun = filling.Filling(bench.hands, published(fresh), build, told.append)
        begun.fill()
    assert max(one.done for one in told) == told[-1].total == 24
    assert len(told) == 12  # once a month of birth


def test_no_publish_leaves_the_published_build_and_publish_takes_the_new_one(fresh, bench, source):
    load(fresh, source, *plain_rows(5))
    before = published(fresh)
    build = reindex(bench, OPERATOR, is_to_publish=False)
    assert published(fresh) == before
    load(fresh, source, plain_row("later", "Later", "Kelly", "2014-03-09"))
    assert publish(bench, OPERATOR) == build == published(fresh)
    assert "Later" in given_names(fresh, build)


def test_only_one_command_changes_builds_at_a_time(bench):
    with holding_builds(bench.client, REAL, "publish"), pytest.raises(Refused, match="publish"):
        reindex(bench, OPERATOR)


def test_trial_of_a_snapshot_keeps_nobody_from_going_back_but_from_a_reindex(fresh, bench, source):
    load(fresh, source, *plain_rows(2))
    before, build = published(fresh), reindex(bench, OPERATOR)
    with holding_snapshots(bench.client, REAL, "snapshot verify"):
        with pytest.raises(Refused, match="'contactpoint snapshot verify'"):
            reindex(bench, OPERATOR)
        assert rollback(bench, OPERATOR) == before
    assert published(fresh) == before != build


def test_trial_of_a_snapshot_does_not_begin_while_builds_are_changed(bench):
    trying = holding_snapshots(bench.client, REAL, "snapshot verify")
    with holding_builds(bench.client, REAL, "reindex"), pytest.raises(Refused, match="reindex"):
        trying.__enter__()
    with holding_snapshots(bench.client, REAL, "snapshot verify"):
        pass


def test_lock_ends_with_the_process_that_held_it(fresh, bench, source):
    load(fresh, source, *plain_rows(2))
    with holding_builds(bench.client, REAL, "reindex") as lock:
        lock.check()
    entry = bench.client.get(index=BUILDS, id=LOCK)["_source"]
    held = entry | {"machine": this_machine(), "process": "1-1", "doing": "reindex"}
    bench.client.index(index=BUILDS, id=LOCK, document=held | {"holds_loads": True})
    assert reindex(bench, OPERATOR) == published(fresh)


def test_lock_of_another_machine_ends_two_minutes_after_its_last_sign_of_life(bench):
    held = {"machine": "another", "process": "1-1", "doing": "reindex", "holds_loads": False}
    for seconds, is_free in ((60, False), (180, True)):
        seen_at = (REAL.now() - timedelta(seconds=seconds)).isoformat()
        bench.client.index(index=BUILDS, id=LOCK, document=held | {"seen_at": seen_at})
        if is_free:
            with holding_builds(bench.client, REAL, "reindex"):
                pass
        else:
            with pytest.raises(Refused), holding_builds(bench.client, REAL, "reindex"):
                pass


def test_child_is_found_again_after_its_search_fields_are_made_anew(fresh, bench, source):
    load(fresh, source, plain_row("1", "Ann", "Quigley", "2014-03-09"))
    number, build = child_of(fresh, source, "1"), published(fresh)
    spoil(bench, build, number)
    assert found(fresh, "ann quigley") == []
    reindex_child(bench, number)
    bench.hands.scan.refresh(build)
    assert found(fresh, "ann quigley") == ["Ann"]


def spoil(bench, build, number):
    """Write a child without what it is found by."""
    source = bench.client.get(index=build, id=number)["_source"]
    bench.client.index(index=build, id=number, document=source, refresh=True)


def test_marked_child_and_nobody_are_not_reindexed_in_the_same_words(fresh, bench, source):
    load(fresh, source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    hidden = child_of(fresh, source, "1")
    mark(fresh, hidden)
    said = []
    for number in (hidden, "100000000017"):
        with pytest.raises(NotFound) as refusal:
            reindex_child(bench, number)
        said.append(str(refusal.value))
    assert len(set(said)) == 1


def test_rollback_is_current_and_hides_who_was_marked_since(fresh, bench, source):
    load(fresh, source, *plain_rows(5))
    before = published(fresh)
    after = reindex(bench, OPERATOR)
    load(
        fresh,
        source,
        plain_row("0", "Changed", "Kelly", "2010-01-01"),
        {"source_record_id": "1", "withdrawn": True},
        plain_row("new", "New", "Kelly", "2010-01-02"),
    )
    hidden = child_of(fresh, source, "2")
    mark(fresh, hidden)
    assert rollback(bench, OPERATOR) == before == published(fresh)
    assert given_names(fresh, before) == ["Ann3", "Ann4", "Changed", "New"]
    assert found(fresh, "kelly") == ["Ann3", "Ann4", "Changed", "New"]
    load(fresh, source, plain_row("later", "Later", "Kelly", "2010-01-02"))
    assert rollback(bench, OPERATOR) == after
    assert "Later" in given_names(fresh, after)


def publish_the_one_before(bench, actor):
    return publish(bench, actor, previous(bench).build)


@pytest.mark.parametrize("back", [rollback, publish_the_one_before])
def test_way_back_brings_back_a_child_whom_the_newer_build_lost(fresh, bench, source, back):
    load(fresh, source, *plain_rows(200))
    reindex(bench, OPERATOR)
    lost = child_of(fresh, source, "3")
    bench.client.delete(index=published(fresh), id=lost)
    assert lost in revisions(fresh, back(bench, OPERATOR))


def test_publishing_that_died_before_the_swap_is_seen_in_health_and_done_by_the_same_command(
    fresh, bench, source, monkeypatch
):
    load(fresh, source, *plain_rows(3))
    build, before = reindex(bench, OPERATOR, is_to_publish=False), published(fresh)
    monkeypatch.setattr(publication, "swap", stop)
    with pytest.raises(Stopped):
        publish(bench, OPERATOR)
    monkeypatch.undo()
    assert published(fresh) == before
    seen = judge_builds(look_at_builds(make_client(fresh, "monitor"), REAL))
    assert (seen.colour, seen.step) == ("yellow", f"contactpoint publish {build}")
    assert publish(bench, OPERATOR) == build == published(fresh)
    assert previous(bench).build == before


def test_rollback_that_died_before_the_swap_is_seen_in_health_and_loses_nobody_when_repeated(
    fresh, bench, source, monkeypatch
):
    load(fresh, source, *plain_rows(200))
    before = published(fresh)
    newer = reindex(bench, OPERATOR)
    lost = child_of(fresh, source, "3")
    bench.client.delete(index=newer, id=lost)
    monkeypatch.setattr(publication, "swap", stop)
    with pytest.raises(Stopped):
        rollback(bench, OPERATOR)
    monkeypatch.undo()
    assert published(fresh) == newer
    seen = judge_builds(look_at_builds(make_client(fresh, "monitor"), REAL))
    assert (seen.colour, seen.step) == ("yellow", f"contactpoint publish {before}")
    assert rollback(bench, OPERATOR) == before == published(fresh)
    assert lost in revisions(fresh, before)


def test_rollback_whose_answer_alone_was_lost_is_done(fresh, bench, source, monkeypatch):
    load(fresh, source, *plain_rows(3))
    before = published(fresh)
    reindex(bench, OPERATOR)
    update_aliases = bench.client.indices.update_aliases

    def lose_the_answer(**what):
        update_aliases(**what)
        raise ConnectionTimeout("no answer")

    monkeypatch.setattr(bench.client.indices, "update_aliases", lose_the_answer)
    assert rollback(bench, OPERATOR) == before == published(fresh)


def test_published_build_that_is_lost_is_no_empty_one_and_a_rollback_brings_all_back(
    fresh, bench, source
):
    load(fresh, source, *plain_rows(20))
    before, lost = published(fresh), reindex(bench, OPERATOR)
    load(fresh, source, plain_row("new", "New", "Kelly", "2014-03-09"))
    hidden = child_of(fresh, source, "2")
    mark(fresh, hidden)
    children = revisions(fresh, lost).keys() - {hidden}
    remove_build(bench.client, lost)
    with pytest.raises(Refused, match="rollback"):
        init(fresh, OPERATOR, REAL)
    assert open_builds(bench.client) == (before,)
    seen = judge_builds(look_at_builds(make_client(fresh, "monitor"), REAL))
    assert (seen.colour, seen.step) == ("red", "contactpoint rollback")
    assert rollback(bench, OPERATOR) == before == published(fresh)
    assert revisions(fresh, before).keys() == children
    assert found(fresh, "new kelly") == ["New"]
    (record,) = read_records(bench)
    assert record.findings[-1].said.startswith("all that was loaded since")


def test_no_search_is_answered_from_a_build_that_stands_in_for_a_lost_one(fresh, bench, source):
    """Loading every feed anew is one way out of it; until that is done, nobody is "not found"."""
    load(fresh, source, *plain_rows(20))
    remove_build(bench.client, published(fresh))
    init(fresh, OPERATOR, REAL, is_empty_meant=True)
    stand_in = published(fresh)
    for step in ("contactpoint snapshot restore", "contactpoint reindex"):
        with pytest.raises(ClusterUnavailable, match="lost"):
            found(fresh, "kelly")
        seen = judge_builds(look_at_builds(make_client(fresh, "monitor"), REAL))
        assert (seen.colour, seen.step) == ("red", step)
        load(fresh, source, *plain_rows(20))
        bench.client.indices.refresh(index=stand_in)
    build = reindex(bench, OPERATOR)
    assert len(found(fresh, "kelly")) == 20
    assert open_builds(bench.client) == (build,)
    assert judge_builds(look_at_builds(make_client(fresh, "monitor"), REAL)).is_well


def test_build_that_is_emptied_is_red_in_health(fresh, bench, source):
    load(fresh, source, *plain_rows(20))
    before, build = published(fresh), reindex(bench, OPERATOR)
    for number in revisions(fresh, build):
        bench.client.delete(index=build, id=number)
    bench.client.indices.refresh(index=build)
    seen = judge_builds(look_at_builds(make_client(fresh, "monitor"), REAL))
    assert (seen.colour, seen.step) == ("red", "contactpoint rollback")
    assert rollback(bench, OPERATOR) == before
    assert judge_builds(look_at_builds(make_client(fresh, "monitor"), REAL)).is_well


def test_rollback_does_not_bring_back_a_child_who_left(fresh, bench, source):
    load(fresh, source, *plain_rows(5))
    before = published(fresh)
    gone = child_of(fresh, source, "3")
    left = ChildStore(bench.client).read([gone])[gone]
    reindex(bench, OPERATOR)
    load(fresh, source, {"source_record_id": "3", "withdrawn": True})
    # As if the load had been killed between the two builds.
    bench.hands.placer.copy([replace(left, revision=left.revision + 10)], before)
    assert gone in revisions(fresh, before)
    assert gone not in revisions(fresh, rollback(bench, OPERATOR))


def test_load_killed_between_two_builds_is_carried_over(fresh, bench, source):
    load(fresh, source, *plain_rows(5))
    build = reindex(bench, OPERATOR, is_to_publish=False)
    alone = OpenBuilds(published(fresh))
    number = child_of(fresh, source, "3")
    stored = ChildStore(bench.client).read([number])[number]
    bench.hands.placer.place([Placement(number, stored.revision, stored.child)], lambda: alone)
    assert revisions(fresh, build)[number] == stored.revision
    publish(bench, OPERATOR)
    assert revisions(fresh, build)[number] == stored.revision + 1


def test_published_build_settles_who_of_two_writers_was_first(fresh, bench, source):
    load(fresh, source, plain_row("1", "Ann", "Kelly", "2014-03-09"))
    number, before = child_of(fresh, source, "1"), published(fresh)
    stored = ChildStore(bench.client).read([number])[number]
    beside = str(create_build(bench.client, REAL))
    other = replace(stored, revision=stored.revision + 1)
    bench.hands.placer.copy([other], beside)
    placement = Placement(number, stored.revision, stored.child)
    still, swapped = OpenBuilds(before, (beside,)), OpenBuilds(beside, (before,))
    assert bench.hands.placer.place([placement], lambda: still) == set()
    bench.hands.placer.copy([replace(stored, revision=stored.revision + 2)], beside)
    seen = iter([still, swapped])
    placement = Placement(number, stored.revision + 1, stored.child)
    assert bench.hands.placer.place([placement], lambda: next(seen)) == {number}


def test_three_publishings_leave_two_builds(fresh, bench, source):
    load(fresh, source, *plain_rows(2))
    builds = [reindex(bench, OPERATOR) for _ in range(3)]
    assert open_builds(bench.client) == tuple(builds[1:])
    settings = bench.client.indices.get_settings(index=builds[1])
    assert "verified_before_close" not in str(settings)


def test_builds_are_listed_and_one_is_removed_by_its_name(fresh, bench, source, monkeypatch):
    load(fresh, source, *plain_rows(2))
    before, after = published(fresh), reindex(bench, OPERATOR)
    monkeypatch.setenv("CONTACTPOINT_HOME", str(fresh.home))
    monkeypatch.setenv("CONTACTPOINT_PORT_BASE", str(fresh.port_base))

    def said(*words):
        return CliRunner().invoke(contactpoint, words).output

    listed = said("builds")
    assert f"{before}  the one before" in listed
    assert f"{after}  published" in listed
    assert "passed  canary: no kind of question finds a shielded child" in listed
    refused = CliRunner().invoke(contactpoint, ["builds", "--remove", after])
    assert isinstance(refused.exception, Refused)
    bench.records.write(Record(before, "filling", "tester", REAL.now()))
    assert f"{before}  not filled to the end: 'con" in said("builds")
    of_version(fresh, before, "0-other")
    assert f"{before}  not filled to the end by another version" in said("builds")
    CliRunner().invoke(contactpoint, ["builds", "--remove", before])
    assert open_builds(bench.client) == (after,)


def test_progress_says_rate_and_time_left(fresh, source):
    load(fresh, source, *plain_rows(24))
    told = []
    bench = open_bench(fresh, REAL, Listener(on_progress=told.append))
    reindex(bench, OPERATOR)
    assert (told[-1].done, told[-1].total) == (24, 24)
    assert told[0].rate > 0
    assert told[0].seconds_left > 0


def test_disk_need_is_stated_before_a_build_is_begun(fresh, source):
    load(fresh, source, *plain_rows(24))
    said = []
    reindex(open_bench(fresh, REAL, Listener(said.append)), OPERATOR)
    assert "GB of disk" in said[0]


def test_reindex_without_room_is_refused_and_begins_no_build(bench, monkeypatch):
    before = open_builds(bench.client)
    short = Space(needed=10**12, free=10**9)
    monkeypatch.setattr("indexer.builds.reindex.space", lambda *_builds: short)
    with pytest.raises(Refused, match=r"1,000\.0 GB"):
        reindex(bench, OPERATOR)
    assert open_builds(bench.client) == before


def test_loads_write_no_build_of_other_analysers(fresh, bench, source):
    other = str(create_build(bench.client, REAL))
    of_version(fresh, other, "0-other")
    load(fresh, source, *plain_rows(2))
    assert revisions(fresh, other) == {}
    assert len(revisions(fresh, published(fresh))) == 2


def test_load_into_a_published_build_of_other_analysers_is_refused(fresh, source):
    of_version(fresh, published(fresh), "0-other")
    with pytest.raises(ClusterUnavailable, match="reindex"):
        load(fresh, source, *plain_rows(2))


def test_upgrade_carries_over_what_loads_of_the_version_before_wrote(fresh, bench, source):
    """They do not write into the new build, which is not theirs."""
    load(fresh, source, *plain_rows(20))
    before = published(fresh)
    build = reindex(bench, OPERATOR, is_to_publish=False)
    of_version(fresh, build, "0-not-ours")
    load(fresh, source, plain_row("0", "Changed", "Kelly", "2010-01-01"))
    load(fresh, source, {"source_record_id": "1", "withdrawn": True})
    of_version(fresh, build, VERSION)
    of_version(fresh, before, "0-before")
    assert publish(bench, OPERATOR) == build
    assert revisions(fresh, build) == revisions(fresh, before)
    assert "Changed" in given_names(fresh, build)


def test_build_of_other_analysers_is_not_published_while_a_load_is_under_way(fresh, bench, source):
    load(fresh, source, *plain_rows(3))
    build = reindex(bench, OPERATOR, is_to_publish=False)
    loads = Loads(bench.client, REAL)
    of_version(fresh, published(fresh), "0-before")
    loading = loads.begin(f"{source}-b", OPERATOR)
    with pytest.raises(Refused, match=f"{source}-b"):
        publish(bench, OPERATOR)
    loads.end(loading, "done", {})
    assert publish(bench, OPERATOR) == build


def test_no_load_begins_while_a_build_of_other_analysers_is_published(fresh, bench, source):
    with holding_builds(bench.client, REAL, "publish") as lock:
        load(fresh, source, *plain_rows(1))
        lock.hold_loads()
        with pytest.raises(ClusterUnavailable, match="in a minute"):
            load(fresh, source, *plain_rows(2))
    load(fresh, source, *plain_rows(2))


def test_search_fields_differ_if_any_child_is_missing_or_older(fresh, bench, source):
    """What builds are compared by: children and revisions, summed by day of birth."""
    load(fresh, source, *plain_rows(9))
    build, scan = published(fresh), BuildScan(bench.client)
    scan.refresh(build)
    before = scan.held(build, "day")
    load(fresh, source, plain_row("3", "Ann3", "Kelly-Smith", "2013-04-04"))
    scan.refresh(build)
    after = scan.held(build, "day")
    changed = [day for day in before if before[day] != after.get(day)]
    assert len(changed) == 1
    assert published_build(bench.client) == build


def test_record_without_a_document_is_that_of_the_build_that_init_made(bench):
    assert bench.records.read(["children-20260101t000000z"]) == {
        "children-20260101t000000z": Record("children-20260101t000000z")
    }
