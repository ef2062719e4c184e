"""Every publish check refuses what it is there to refuse, and searches go on as before."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from analyzers.version import VERSION
from indexer.audit.trail import Trail
from indexer.builds import checks, filling
from indexer.builds.bench import open_bench
from indexer.builds.builds import build_body
from indexer.builds.canaries import NUMBER, QUESTIONS, canary
from indexer.builds.judging import Consent
from indexer.builds.old_builds import read_records
from indexer.builds.publication import publish, rollback
from indexer.builds.reindex import reindex
from indexer.children.document import build_document
from indexer.children.place import Placer
from indexer.children.scan import BuildScan
from indexer.clients import make_client
from indexer.errors import BuildRefused, NotAllowed, Refused, Unavailable
from indexer.people.actor import Actor
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.world import REAL
from mappings.names import AUDIT
from tests.builds import given_names, leaving_one_build, load, plain_rows, published, revisions
from tests.conftest import OPERATOR
from tests.rows import plain_row
from tests.shields import add_mark
from tests.whole_index import empty_index
from webapp.commands import contactpoint

CHILDREN = 100
DANA, EVE = (Actor(name, "data-manager", "359") for name in ("dana", "eve"))


@pytest.fixture
def fresh(ready):
    empty_index(ready)
    with leaving_one_build(ready):
        yield ready


@pytest.fixture
def bench(fresh):
    return open_bench(fresh, REAL)


@pytest.fixture
def build(fresh, bench, source):
    """A build that is filled, of a hundred children, and not published."""
    load(fresh, source, *plain_rows(CHILDREN))
    return reindex(bench, OPERATOR, is_to_publish=False)


def refused(bench, build, check, consent=None):
    """The one finding by which publishing is refused; searches use another build all the time."""
    before = published(bench.settings)
    with pytest.raises(BuildRefused, match=check):
        publish(bench, OPERATOR, build, consent)
    assert published(bench.settings) == before != build
    (record,) = [one for one in read_records(bench) if one.build == build]
    (finding,) = [one for one in record.findings if not one.passed]
    assert finding.check == check
    return finding.said


def test_build_that_nothing_is_wrong_with_is_published(bench, build):
    assert publish(bench, OPERATOR) == build
    (record,) = [one for one in read_records(bench) if one.build == build]
    assert {one.check for one in record.findings if one.passed} == {
        *("analysers", "mapping", "batches", "counts", "canary", "register")
    }


class HidesOnlyTheCanary(Placer):
    """A writer whose other deletions come to nothing."""

    def move(self, numbers, build):
        return super().move({NUMBER}.intersection(numbers), build)


def test_build_with_a_shielded_child_in_it_is_refused(bench, build, fresh):
    hidden = sorted(revisions(fresh, build))[0]
    add_mark(bench.client, fresh.secret("register.key"), hidden)
    idle = HidesOnlyTheCanary(bench.client, bench.hands.store, bench.hands.marks)
    said = refused(replace(bench, hands=replace(bench.hands, placer=idle)), build, "register")
    assert said.startswith("marked children are in it")
    assert hidden not in said
    assert publish(bench, OPERATOR, build) == build
    assert hidden not in revisions(fresh, build)


def test_publishing_takes_out_who_was_marked_after_the_filling(bench, build, fresh):
    hidden = sorted(revisions(fresh, build))[0]
    add_mark(bench.client, fresh.secret("register.key"), hidden)
    publish(bench, OPERATOR)
    assert len(revisions(fresh, build)) == CHILDREN - 1
    assert hidden not in revisions(fresh, build)


def test_every_kind_of_question_finds_the_canary_where_it_is_not_hidden(bench, build):
    """Or the check would pass whatever was wrong."""
    plant_canary(bench, build)
    assert checks.findable(bench.hands.scan, build) == list(QUESTIONS)


def test_no_kind_of_question_finds_a_canary_that_was_written_as_children_are(bench, build):
    assert checks.check_canary(bench, build).passed
    assert NUMBER not in revisions(bench.settings, build)


class NobodyMarked:
    """A register that knows of nobody."""

    def marked(self, _numbers):
        return frozenset()


def test_build_in_which_a_canary_is_found_is_refused(bench, build):
    """As it would be if the writer of children did not ask the register."""
    deaf = Placer(bench.client, bench.hands.store, NobodyMarked())
    said = refused(replace(bench, hands=replace(bench.hands, placer=deaf)), build, "canary")
    assert said.startswith("a shielded child is found by: exact, known as")


def plant_canary(bench, build):
    document = build_document(canary(REAL.now()).child)
    bench.client.bulk(
        index=build,
        operations=[{"index": {"_id": NUMBER}}, document],
        refresh=True,
    )


def lose(bench, build, count):
    """Delete children of the build alone."""
    for number in sorted(revisions(bench.settings, build))[:count]:
        bench.client.delete(index=build, id=number)


def test_build_with_two_per_cent_fewer_children_in_one_authority_is_refused(bench, build):
    lose(bench, build, 2)
    assert "359 100 to 98" in refused(bench, build, "counts")


def test_build_with_one_per_cent_fewer_is_made_whole_and_published(bench, build, fresh):
    lose(bench, build, 1)
    assert publish(bench, OPERATOR) == build
    assert len(revisions(fresh, build)) == CHILDREN


def move_to(bench, build, authority, count):
    """What a boundary change does: some children of the build are another authority's."""
    found = BuildScan(bench.client)
    pages = [page for born in found.held(build, "month") for page in found.children(build, born)]
    for one in [stored for page in pages for stored in page][:count]:
        document = build_document(one.child) | {"authority": authority}
        header = {"_id": one.child.number, "version": one.revision}
        bench.client.bulk(
            index=build,
            operations=[{"index": header | {"version_type": "external_gte"}}, document],
            refresh=True,
        )


def test_two_people_may_accept_that_an_authority_has_fewer_children(bench, build, fresh):
    move_to(bench, build, "355", 5)
    reason = "five streets of Leigh are in Salford now"
    assert "2 more people" in refused(bench, build, "counts")
    assert "1 more people" in refused(bench, build, "counts", Consent(DANA, reason))
    assert "1 more people" in refused(bench, build, "counts", Consent(DANA, reason))
    assert publish(bench, OPERATOR, build, Consent(EVE, reason)) == build
    assert BuildScan(bench.client).count_by_authority(build) == {"355": 5, "359": 95}
    (record,) = [one for one in read_records(bench) if one.build == build]
    assert [(one.by, one.reason) for one in record.accepted][-1] == ("eve", reason)
    desk_client = make_client(fresh, "desk")
    desk_client.indices.refresh(index=f"{AUDIT}-*")
    events = desk_client.search(
        index=f"{AUDIT}-*", query={"term": {"subject": build}}, sort=["at"], size=50
    )["hits"]["hits"]
    assert [one["_source"]["event"] for one in events].count("accept-counts") == 3
    assert events[-1]["_source"]["event"] == "publish"


def test_what_two_people_accepted_does_not_cover_more(bench, build):
    move_to(bench, build, "355", 5)
    refused(bench, build, "counts", Consent(DANA, "boundaries"))
    move_to(bench, build, "355", 8)
    assert "1 more" in refused(bench, build, "counts", Consent(EVE, "boundaries"))


def test_only_a_data_manager_with_a_reason_may_accept(bench, build):
    with pytest.raises(NotAllowed):
        publish(bench, OPERATOR, build, Consent(OPERATOR, "because"))
    with pytest.raises(Refused, match="reason"):
        publish(bench, OPERATOR, build, Consent(DANA, " "))


def test_build_of_other_analysers_is_refused(bench, build, fresh):
    make_client(fresh, "operator").indices.put_mapping(
        index=build, meta={"analyser_version": "0-other"}
    )
    before = published(fresh)
    with pytest.raises(BuildRefused, match="analysers: made by other analysers"):
        publish(bench, OPERATOR, build)
    assert published(fresh) == before
    assert VERSION != "0-other"


def test_build_whose_mapping_differs_is_refused(bench, build, fresh):
    make_client(fresh, "operator").indices.put_mapping(
        index=build, properties={"more": {"type": "keyword"}}
    )
    assert "differs" in refused(bench, build, "mapping")


def test_mapping_is_given_back_as_it_was_written(bench, build):
    mapping = bench.client.indices.get_mapping(index=build)[build]["mappings"]
    assert mapping == build_body()["mappings"]


class WritesNothing(Placer):
    """A writer whose every batch is refused."""

    def copy(self, children, build):
        raise Unavailable("a part of the index did not answer")


def test_build_of_which_a_batch_failed_is_refused_until_it_is_filled_again(
    bench, fresh, source, monkeypatch
):
    monkeypatch.setattr(filling, "PAUSES_SECONDS", ())
    load(fresh, source, *plain_rows(CHILDREN))
    hands = bench.hands
    failing = WritesNothing(bench.client, hands.store, hands.marks)
    with pytest.raises(Unavailable, match="batch"):
        reindex(replace(bench, hands=replace(hands, placer=failing)), OPERATOR)
    (build,) = [one.build for one in read_records(bench) if one.state == "filling"]
    assert "1 of its batches failed" in refused(bench, build, "batches")
    assert reindex(bench, OPERATOR) == build == published(fresh)


def test_build_that_was_never_filled_to_the_end_is_refused(bench, build):
    (record,) = [one for one in read_records(bench) if one.build == build]
    bench.records.write(replace(record, state="filling"))
    assert "to the end" in refused(bench, build, "batches")


def test_rollback_goes_through_the_same_checks(bench, build, fresh):
    before = published(fresh)
    publish(bench, OPERATOR)
    lose(bench, before, 2)
    with pytest.raises(BuildRefused, match="counts"):
        rollback(bench, OPERATOR)
    assert published(fresh) == build


def test_nothing_to_publish_and_nothing_to_roll_back_to_are_refused(bench):
    with pytest.raises(Refused, match="no such build"):
        publish(bench, OPERATOR)
    with pytest.raises(Refused, match="nothing to roll back to"):
        rollback(bench, OPERATOR)


def test_refused_build_and_why_are_listed_and_two_people_accept_by_command(
    bench, build, fresh, monkeypatch, world
):
    monkeypatch.setenv("CONTACTPOINT_HOME", str(fresh.home))
    monkeypatch.setenv("CONTACTPOINT_PORT_BASE", str(fresh.port_base))
    people = [f"manager-{world.below(10**9)}" for _ in range(2)]
    desk_client = make_client(fresh, "desk")
    trail = Trail(desk_client, fresh, REAL)
    switch_on(desk_client, "359", OPERATOR, trail)
    for name in people:
        new = NewUser(name, "data-manager", "359", "correct horse battery", REAL.today())
        add_user(desk_client, new, OPERATOR, trail, REAL)
    move_to(bench, build, "355", 5)
    words = ["--accept", "--reason", "boundaries", "--as"]
    first = CliRunner().invoke(contactpoint, ["publish", build, *words, people[0]])
    assert isinstance(first.exception, BuildRefused)
    assert "REFUSED  counts" in CliRunner().invoke(contactpoint, ["builds"]).output
    second = CliRunner().invoke(contactpoint, ["publish", build, *words, people[1]])
    assert second.output.endswith(f"{build} is published.\n")
    assert "Ann1" in given_names(fresh, build)


def test_child_of_a_row_is_found_where_the_number_of_an_authority_is_small(bench, fresh, source):
    """A load under way beside must not look like a loss."""
    load(fresh, source, plain_row("1", "Ann", "Kelly", "2014-03-09", authority="001"))
    reindex(bench, OPERATOR)
    assert given_names(fresh, published(fresh)) == ["Ann"]
