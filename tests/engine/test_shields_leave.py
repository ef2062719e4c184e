"""Shielded children leave at 18 and a year after death, uncounted, and stay hidden for ever."""

from datetime import timedelta

import pytest

from indexer.age import years_after
from indexer.children.archive import Archive
from indexer.children.hidden import HiddenChildren
from indexer.shields.leaving import HiddenExpiry
from indexer.shields.register import Register
from indexer.world import World
from mappings.names import SHIELDED_ARCHIVE
from tests.conftest import OPERATOR
from tests.rows import nhs_number, plain_row
from tests.shields import OLGA, Office

CHILD_BORN = "2014-03-09"


class Died(Exception):
    """The process is gone."""


@pytest.fixture(scope="module")
def office(shield_engine):
    return Office(shield_engine)


@pytest.fixture
def family(office):
    return office.family()


@pytest.fixture
def in_two_days(office):
    """A day on which whoever turns 18 tomorrow has to leave, and nobody else of this engine."""
    now = office.world.now
    return World(lambda: now() + timedelta(days=2), office.world.below, office.world.token)


def add_shielded(office, source, family, **more):
    """A shielded child who turns 18 tomorrow, unless more says something else."""
    born = years_after(office.world.today() + timedelta(days=1), -18).isoformat()
    facts = {"nhs_number": nhs_number(office.world), **more}
    born = facts.pop("date_of_birth", born)
    office.load(source, plain_row("1", "Ann", family, born, **facts))
    child = office.number_of(source)
    office.set(child)
    return child


def expire(office, world):
    HiddenExpiry(office.settings, world).run(OPERATOR)


def archived(office, number):
    office.client.indices.refresh(index=SHIELDED_ARCHIVE)
    found = office.client.search(index=SHIELDED_ARCHIVE, query={"term": {"number": number}})
    return [hit["_source"]["reason"] for hit in found["hits"]["hits"]]


def shield_of(office, child):
    (shield,) = office.register.find(numbers=[child]).values()
    return shield


def test_adult_leaves_for_the_sealed_archive_and_a_late_row_is_seen_by_nobody(
    office, source, family, in_two_days
):
    child = add_shielded(office, source, family)
    expire(office, office.world)
    assert office.is_hidden(child)
    expire(office, in_two_days)
    assert office.hidden.read([child]) == {}
    assert archived(office, child) == ["adult"]
    assert office.marks.marked([child]) == {child}
    assert shield_of(office, child).is_closed
    assert shield_of(office, child).name not in {s.name for s in office.shielding.listed(OLGA)}
    assert office.verify().faults == []
    office.load(source, plain_row("1", "Ann", family, CHILD_BORN))
    assert office.is_hidden(child)
    assert office.found(family) == []
    expire(office, in_two_days)
    assert not shield_of(office, child).is_closed
    assert office.verify().faults == []


def test_child_who_died_leaves_and_is_not_brought_back_by_a_source_that_does_not_know(
    office, source, family, in_two_days
):
    died = years_after(office.world.today() + timedelta(days=1), -1).isoformat()
    child = add_shielded(office, source, family, date_of_birth=CHILD_BORN, date_of_death=died)
    expire(office, in_two_days)
    assert archived(office, child) == ["died"]
    office.load(source, plain_row("1", "Ann", family, CHILD_BORN))
    assert office.found(family) == []
    assert office.hidden.read([child]) == {}


STEPS = [(Archive, "add"), (Register, "append"), (HiddenChildren, "remove")]


@pytest.fixture(params=STEPS, ids=[step for _, step in STEPS])
def dying(request, office, in_two_days):
    """A run that dies before a step."""

    def die(*_):
        raise Died

    def run():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*request.param, die)
            expire(office, in_two_days)

    return run


def test_run_that_died_is_finished_by_the_next(office, source, family, in_two_days, dying):
    child = add_shielded(office, source, family)
    with pytest.raises(Died):
        dying()
    assert office.marks.marked([child]) == {child}
    assert office.found(family) == []
    expire(office, in_two_days)
    assert (office.hidden.read([child]), archived(office, child)) == ({}, ["adult"])
    assert shield_of(office, child).is_closed
