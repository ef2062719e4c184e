"""A shield whose setting, or lifting, dies at any request or at the disk: hidden, and finished."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from elastic_transport import Transport

from indexer.world import REAL
from tests.faults.conftest import STEPS_APART
from tests.rows import nhs_number, plain_row
from tests.shields import BIRTHDAY, OLGA, OMAR, REASON, Office

MOST_STEPS = 120
HASTY = replace(REAL, sleep=lambda _seconds: None)


class Died(BaseException):
    """The process is gone: nothing after this step happens."""


@contextmanager
def dying_after(steps: int, monkeypatch) -> Iterator[None]:
    """End the process just before its step of this number: a request, or a wait for the disk."""
    left = [steps]

    def counted(step):
        def run(*words, **named):
            left[0] -= 1
            if left[0] < 0:
                raise Died
            return step(*words, **named)

        return run

    with monkeypatch.context() as patch:
        patch.setattr(Transport, "perform_request", counted(Transport.perform_request))
        patch.setattr(os, "fsync", counted(os.fsync))
        patch.setattr(os, "pwrite", counted(os.pwrite))
        yield


@pytest.fixture(scope="module")
def office(shield_engine):
    """Nobody searches beside these tests, so that no set has to wait for those who do."""
    return Office(shield_engine, HASTY)


@pytest.fixture
def die_at_steps(first_step, monkeypatch):
    """Yields what `prepare` made for each step at which `act` died, until one gets through."""
    return partial(_die_at_steps, range(first_step, MOST_STEPS, STEPS_APART), monkeypatch)


def _die_at_steps(some, monkeypatch, prepare, act):
    for steps in some:
        made = prepare(steps)
        try:
            with dying_after(steps, monkeypatch):
                act(made)
        except Died:
            yield made
        else:
            assert steps > 10
            return
    pytest.fail(f"more than {MOST_STEPS} steps")


def test_set_that_died_at_any_step_hides_from_the_mark_on_and_is_finished(
    office, source, die_at_steps
):
    def prepare(steps):
        family = office.family()
        return office.add(f"{source}-{steps}", family), family

    outcomes = set()
    for number, family in die_at_steps(
        prepare, lambda made: Office(office.settings, HASTY).set(made[0])
    ):
        is_marked = number in office.marks.marked([number])
        assert office.found(family) == ([] if is_marked else [number])
        office.verify()
        was_decided = office.register.find(numbers=[number]) != {}
        assert office.is_hidden(number) == was_decided
        assert office.found(family) == ([] if was_decided else [number])
        assert was_decided or not is_marked
        outcomes.add(was_decided)
    assert outcomes == {True, False}
    assert office.verify().faults == []


def test_load_that_died_at_any_step_before_a_set_shows_nobody_and_is_finished(
    office, source, die_at_steps, monkeypatch
):
    """The row is of a child who is there: the set comes between the load's last step and its
    second try."""

    def prepare(steps):
        family = office.family()
        return f"{source}-{steps}", family, office.add(f"{source}-{steps}", family)

    def load(made):
        row = plain_row("1", "Ann", made[1], BIRTHDAY, known_as="Bee")
        Office(office.settings, HASTY).load(made[0], row)

    monkeypatch.setattr("indexer.children.loads.Loads._is_alive", lambda *_: False)
    for made in die_at_steps(prepare, load):
        office.set(made[2])
        assert office.found(made[1]) == []
        load(made)
        assert office.found(made[1]) == []
        assert office.is_hidden(made[2])
    assert office.verify().faults == []


def test_set_that_died_at_any_step_is_finished_by_the_same_command(office, source, die_at_steps):
    def prepare(steps):
        return office.add(f"{source}-{steps}", office.family())

    for number in die_at_steps(prepare, lambda made: Office(office.settings, HASTY).set(made)):
        office.set(number)
        assert office.is_hidden(number)
    assert office.verify().faults == []


def test_lift_that_died_at_any_step_loses_nobody_and_is_finished(office, source, die_at_steps):
    def prepare(steps):
        family = office.family()
        number = office.add(f"{source}-{steps}", family)
        office.set(number)
        return number, family

    outcomes = set()
    for number, family in die_at_steps(
        prepare,
        lambda made: Office(office.settings, HASTY).shielding.lift(made[0], OMAR, REASON),
    ):
        assert number in office.hidden.read([number]) or office.in_builds(number)
        office.verify()
        is_lifted = all(one.is_lifted for one in office.register.find(numbers=[number]).values())
        assert office.is_hidden(number) != is_lifted
        assert office.found(family) == ([number] if is_lifted else [])
        outcomes.add(is_lifted)
    assert outcomes == {True, False}
    assert office.verify().faults == []


def test_load_of_an_awaited_child_that_died_at_any_step_is_finished_by_the_same_feed(
    office, source, die_at_steps, monkeypatch
):
    def prepare(steps):
        number = nhs_number(office.world)
        office.set(number, OLGA)
        row = plain_row("1", "Ann", office.family(), BIRTHDAY, nhs_number=number)
        return f"{source}-{steps}", row

    def load(made):
        Office(office.settings, HASTY).load(*made)

    monkeypatch.setattr("indexer.children.loads.Loads._is_alive", lambda *_: False)
    for name, row in die_at_steps(prepare, load):
        assert office.found(row["family_name"]) == []
        office.load(name, row)
        assert office.found(row["family_name"]) == []
        assert office.is_hidden(office.number_of(name))
    assert office.verify().faults == []
