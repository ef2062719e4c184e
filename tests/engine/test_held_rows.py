"""Held rows on the real server, end to end: uploaded, not found, listed, decided, taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from indexer.audit.trail import Trail
from indexer.builds.bench import open_bench
from indexer.checks.waiting import check_waiting
from indexer.clients import make_client
from indexer.errors import NotFound
from indexer.health.alarms import Alarms
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.settings import Settings
from indexer.shields.decisions import Decisions
from indexer.shields.held import HeldRows
from indexer.shields.overdue import find_overdue, find_probing
from tests.conftest import OPERATOR
from tests.rows import nhs_number, plain_row
from tests.shields import BIRTHDAY, NOOR, OLGA, OMAR, REASON, Office
from webapp.commands import contactpoint


@pytest.fixture(scope="module")
def office(shield_engine):
    return Office(shield_engine)


@pytest.fixture
def family(office):
    return office.family()


@pytest.fixture
def home(office):
    """An address that no other test has: whoever is called Ann there would be near."""
    draw, letters = office.world.below, "ABDEFGHJLNPQRSTUWXYZ"
    unit = f"{draw(10)}{letters[draw(20)]}{letters[draw(20)]}"
    postcode = f"WN{draw(90) + 10} {unit}"
    return {"lines": [f"{draw(10**6)} High Street"], "town": "Wigan", "postcode": postcode}


@pytest.fixture
def child(office, source, family, home):
    """The number of a shielded child called Ann."""
    number = office.add(source, family, address=home, nhs_number=nhs_number(office.world))
    office.set(number)
    return number


@pytest.fixture
def decisions(office):
    return Decisions(office.settings, office.world)


def waiting(office, source):
    found = Decisions(office.settings, office.world).waiting(OLGA)
    return {one.name: one for one in found if one.name.startswith(source)}


def misspelt(family, record_id="1", **more):
    return plain_row(record_id, "Anne", f"{family}e", BIRTHDAY, **more)


def outcome(receipt):
    return (receipt.new, receipt.changed, receipt.unchanged, receipt.withdrawn)


def test_misspelt_row_is_found_by_nobody_and_its_receipt_says_nothing(
    office, source, family, home, child
):
    other = f"{source}-b"
    row = misspelt(family)
    assert outcome(office.load(other, row)) == (1, 0, 0, 0)
    assert outcome(office.load(other, row)) == (0, 0, 1, 0)
    assert office.found(family) == []
    assert office.found(f"{family}e") == []
    [held] = waiting(office, other).values()
    assert [one.child for one in held.suspects] == [child]
    assert outcome(office.load(other, row | {"address": home})) == (0, 1, 0, 0)
    assert office.found(f"{family}e") == []
    gone = {"source_record_id": "1", "withdrawn": True}
    assert outcome(office.load(other, gone)) == (0, 0, 0, 1)
    assert waiting(office, other) == {}


def test_row_of_another_child_is_found_once_it_is_decided_and_hidden_when_that_is_taken_back(
    office, source, family, child, decisions
):
    other = f"{source}-b"
    office.load(other, misspelt(family))
    with pytest.raises(NotFound):
        decisions.decide(f"{other}:1", "another-child", NOOR, REASON)
    assert decisions.decide(f"{other}:1", "another-child", OLGA, REASON) == ""
    [number] = office.found(f"{family}e")
    assert number == office.number_of(other)
    assert outcome(office.load(other, misspelt(family))) == (0, 0, 1, 0)
    assert decisions.undo(f"{other}:1", OMAR, REASON) == number
    assert office.is_hidden(number)
    assert number in {one.name for one in decisions.waiting(OLGA)}
    decisions.decide(number, "another-child", OLGA, REASON)
    assert office.found(f"{family}e") == [number]
    assert office.is_hidden(child)
    assert office.verify().faults == []


def test_row_of_the_same_child_is_the_shielded_childs_and_comes_back_with_it(
    office, source, family, child, decisions
):
    other = f"{source}-b"
    office.load(other, misspelt(family))
    decisions.decide(f"{other}:1", "same-child", OLGA, REASON)
    assert office.number_of(other) == child
    assert {one.source for one in office.hidden.read([child])[child].contributions} == {
        source,
        other,
    }
    assert outcome(office.load(other, misspelt(family, sex="female"))) == (0, 1, 0, 0)
    assert office.found(f"{family}e") == []
    office.lift(child)
    assert office.found(family) == [child]


def test_held_row_is_loaded_when_the_shield_is_lifted(office, source, family, child):
    other = f"{source}-b"
    office.load(other, misspelt(family))
    office.lift(child)
    assert office.found(f"{family}e") != []
    assert waiting(office, other) == {}


def test_child_who_is_near_is_hidden_with_the_shielded_one_and_its_brother_is_named(
    office, source, family, home, decisions
):
    ann = office.add(source, family, address=home)
    office.load(
        f"{source}-b",
        misspelt(family, "1"),
        plain_row("2", "Bartholomew", family, "2010-01-01", address=home),
    )
    near, brother = (office.number_of(f"{source}-b", one) for one in "12")
    done = office.set(ann)
    assert (done.numbers, done.held) == ((ann,), (near,))
    assert brother in done.household
    assert office.is_hidden(near)
    assert office.opens(brother)
    decisions.decide(near, "same-child", OLGA, REASON)
    assert office.is_hidden(near)
    assert decisions.undo(near, OLGA, REASON) == near
    decisions.decide(near, "another-child", OLGA, REASON)
    assert office.found(f"{family}e") == [near]


def test_unnamed_baby_of_the_same_address_is_hidden_whatever_its_date(office, source, family, home):
    home = home | {"postcode": ""}
    baby = plain_row("1", "Baby", family, "2025-09-13", address=home)
    office.load(source, baby)
    office.load(f"{source}-b", baby | {"source_record_id": "2", "date_of_birth": "2021-01-01"})
    set_for, near = office.number_of(source), office.number_of(f"{source}-b", "2")
    assert set_for != near
    assert office.set(set_for).held == (near,)
    assert office.is_hidden(near)


def test_shield_set_for_a_child_who_is_held_outlives_the_word_that_it_is_another(
    office, source, family, home, decisions
):
    ann = office.add(source, family, address=home)
    office.load(f"{source}-b", misspelt(family, "1"))
    near = office.number_of(f"{source}-b")
    first = office.set(ann)
    with pytest.raises(NotFound):
        office.lift(near)
    own = office.set(near)
    assert (own.is_new, own.numbers) == (True, (near,))
    assert office.set(near).shield == own.shield != first.shield
    decisions.decide(near, "another-child", OLGA, REASON)
    assert office.is_hidden(near)
    assert office.found(f"{family}e") == []
    assert office.verify().faults == []
    office.lift(near)
    assert office.found(f"{family}e") == [near]
    assert office.is_hidden(ann)


def test_what_waits_too_long_and_who_sends_many_is_known(office, source, family, child):
    other = f"{source}-b"
    office.load(other, *(misspelt(family, str(n)) for n in range(3)))
    held, now = HeldRows(office.client), office.world.now()
    assert find_probing(held, now)[f"source {other}"] == 3
    late = find_overdue(held, office.register, now + timedelta(days=3))
    assert late.late >= 3
    assert find_overdue(held, office.register, now + timedelta(days=8)).escalated >= 3
    later = replace(office.world, now=lambda: now + timedelta(days=3))
    [state] = check_waiting(open_bench(office.settings, later), OPERATOR, since=None)
    assert (state.name, state.colour) == ("decisions", "yellow")
    kinds = {one.kind for one in Alarms(office.client, office.world).open_alarms()}
    assert {"decisions", "probing"} <= kinds


def test_officer_lists_and_decides_at_the_keyboard(office, source, family, child, monkeypatch):
    name = f"olga-{office.world.below(10**9)}"
    desk = make_client(office.settings, "desk")
    trail = Trail(desk, office.settings, office.world)
    switch_on(desk, "359", OPERATOR, trail)
    new = NewUser(name, "shield-officer", "359", "x" * 20, office.world.today())
    add_user(desk, new, OPERATOR, trail, office.world)
    monkeypatch.setattr(Settings, "from_environment", lambda *_: office.settings)
    other = f"{source}-b"
    office.load(other, misspelt(family))
    listed = CliRunner().invoke(contactpoint, ["matches", "list", "--held", "--as", name])
    assert (listed.exit_code, f"{other}:1" in listed.output) == (0, True)
    assert f"Anne {family}e | Ann {family}" in listed.output
    words = ["matches", "decide", f"{other}:1", "another-child", "--held"]
    done = CliRunner().invoke(contactpoint, [*words, "--as", name, "--reason", REASON])
    assert done.exit_code == 0
    assert office.found(f"{family}e") == [office.number_of(other)]
