"""Shields while builds are filled, published and gone back to: nobody hidden is in any of them."""

from contextlib import contextmanager

import pytest

from indexer.builds.bench import open_bench
from indexer.builds.builds import published_build
from indexer.builds.publication import rollback
from indexer.builds.reindex import reindex
from indexer.children.document import build_document
from indexer.clients import make_client
from indexer.shields.subject import parse_row
from tests.builds import eventful_bench, leaving_one_build, revisions
from tests.conftest import OPERATOR
from tests.rows import nhs_number, plain_row
from tests.shields import BIRTHDAY, Office


@pytest.fixture(scope="module")
def office(shield_engine):
    return Office(shield_engine)


@pytest.fixture(autouse=True)
def one_build(shield_engine):
    with leaving_one_build(shield_engine):
        yield


@pytest.fixture
def bench(office):
    return open_bench(office.settings, office.world)


@pytest.fixture
def family(office):
    return office.family()


@pytest.fixture
def child(office, source, family):
    """The number of a child called Ann."""
    return office.add(source, family)


@contextmanager
def finding_nothing_wrong(office):
    """All that is done here leaves nothing to be put right."""
    yield
    verdict = office.verify()
    assert (verdict.faults, dict(verdict.repaired)) == ([], {})


def test_shield_set_while_a_build_is_filled_holds_in_it(office, family, child):
    with finding_nothing_wrong(office):
        bench = eventful_bench(office.settings, lambda: office.set(child))
        build = reindex(bench, OPERATOR)
        assert published_build(office.client) == build
        assert office.found(family) == []
        assert office.is_hidden(child)


def test_build_from_before_the_shield_is_gone_back_to_without_the_child(
    office, bench, source, family, child
):
    with finding_nothing_wrong(office):
        before = published_build(office.client)
        reindex(bench, OPERATOR)
        office.set(child)
        office.load(source, plain_row("1", "Ann", family, BIRTHDAY, known_as="Nan"))
        assert rollback(bench, OPERATOR) == before
        assert office.found(family) == []
        assert office.is_hidden(child)
        assert office.hidden.read([child])[child].child.facts.known_as == "Nan"


def test_shielded_child_whom_somebody_put_into_an_old_build_is_not_published_and_not_lost(
    office, bench, source, family, child
):
    """As a snapshot that is restored would bring it."""
    with finding_nothing_wrong(office):
        before = published_build(office.client)
        stored = office.store.read([child])[child]
        reindex(bench, OPERATOR)
        office.set(child)
        header = {"_index": before, "_id": child, "version": stored.revision + 1_000}
        office.client.bulk(
            operations=[
                {"index": header | {"version_type": "external"}},
                build_document(stored.child),
            ]
        )
        assert rollback(bench, OPERATOR) == before
        assert office.found(family) == []
        assert office.is_hidden(child)
        office.lift(child)
        assert office.found(family) == [child]


def test_row_withdrawn_since_the_build_of_other_analysers_stays_withdrawn(office, source, family):
    """That build is not kept up to date; children are hidden from it all the same."""
    row = plain_row("1", "Ann", family, BIRTHDAY, nhs_number=nhs_number(office.world))
    with finding_nothing_wrong(office):
        office.load(source, row)
        office.load(f"{source}-b", row)
        before = published_build(office.client)
        reindex(open_bench(office.settings, office.world), OPERATOR)
        make_client(office.settings, "operator").indices.put_mapping(
            index=before, meta={"analyser_version": "0-other"}
        )
        office.load(f"{source}-b", {"source_record_id": "1", "withdrawn": True})
        child = office.number_of(source)
        office.set(child)
        hidden = office.hidden.read([child])[child]
        assert [one.source for one in hidden.contributions] == [source]
        assert [one.source for one in hidden.evidence] == [f"{source}-b"]
        office.lift(child)
        stored = office.store.read([child])[child]
        assert [one.source for one in stored.child.contributions] == [source]


def test_child_whose_shield_is_lifted_is_in_every_build_in_one_revision(
    office, bench, family, child
):
    with finding_nothing_wrong(office):
        office.set(child)
        before = published_build(office.client)
        build = reindex(bench, OPERATOR)
        office.lift(child)
        assert office.found(family) == [child]
        there = {revisions(office.settings, one)[child] for one in (before, build)}
        assert len(there) == 1


def test_awaited_child_is_in_no_build_that_is_being_filled(office, source, family, child):
    def come():
        office.set(subject)
        office.load(source, plain_row("2", "Ann", other, BIRTHDAY))

    subject, other = parse_row(f"{source}:2"), office.family()
    with finding_nothing_wrong(office):
        reindex(eventful_bench(office.settings, come), OPERATOR)
        assert office.found(other) == []
        assert office.is_hidden(office.number_of(source, "2"))
        assert office.found(family) == [child]
