"""Shields on the real server: set, before and after the child comes, kept through loads, lifted."""

import errno
import os
import threading
import time
from datetime import date

import pytest
from click.testing import CliRunner

from indexer.audit.trail import Trail
from indexer.builds.builds import shielded_body
from indexer.clients import make_client
from indexer.errors import NotAllowed, NotFound, Refused
from indexer.people.actor import Actor
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.shields.marks import Marks
from indexer.shields.purge import purge_builds, unpurged_since
from indexer.shields.subject import parse_name, parse_row
from indexer.world import World
from mappings.names import AUDIT_SEALED, CHILDREN
from mappings.reader import index_body
from tests.conftest import OPERATOR
from tests.rows import nhs_number, plain_row
from tests.shields import (
    BIRTHDAY,
    NELL,
    NOOR,
    OLGA,
    OMAR,
    PAT,
    REASON,
    Office,
    set_while_others_search,
)
from webapp.commands import contactpoint

UPN = "A123456789012"


@pytest.fixture(scope="module")
def office(shield_engine):
    return Office(shield_engine)


@pytest.fixture
def family(office):
    return office.family()


@pytest.fixture
def child(office, source, family):
    """The number of a child called Ann."""
    return office.add(source, family)


def test_shielded_child_is_not_found_not_opened_and_in_no_build(office, family, child):
    assert office.found(family) == [child]
    outcome = office.set(child)
    assert (outcome.numbers, outcome.is_new) == ((child,), True)
    assert office.found(family) == []
    assert not office.opens(child)
    assert office.is_hidden(child)


def test_set_is_acknowledged_after_half_a_second_and_within_two(office, child):
    began = time.monotonic()
    office.set(child)
    assert 0.5 <= time.monotonic() - began < 2


def test_child_leaves_every_open_build(office, child):
    other = "children-20200101t000000z"
    office.client.indices.create(index=other, **index_body(CHILDREN))
    try:
        office.client.index(
            index=other,
            id=child,
            document=office.client.get(index=CHILDREN, id=child)["_source"],
            version=1,
            version_type="external",
        )
        office.set(child)
        assert office.is_hidden(child)
    finally:
        office.client.indices.delete(index=other)


def keys_of(source, family, number):
    return {
        "row": parse_row(f"{source}:1"),
        "NHS number": number,
        "name": parse_name(f"{family} ANN", date(2014, 3, 9)),
    }


@pytest.mark.parametrize("how", ["row", "NHS number", "name"])
def test_child_who_is_there_is_hidden_by_any_key(office, source, family, how):
    number = nhs_number(office.world)
    child = office.add(source, family, nhs_number=number)
    assert office.set(keys_of(source, family, number)[how]).numbers == (child,)
    assert office.is_hidden(child)
    assert office.found(family) == []


@pytest.mark.parametrize("how", ["row", "NHS number", "name"])
def test_child_who_comes_later_is_hidden_from_the_first_moment(office, source, family, how):
    number = nhs_number(office.world)
    outcome = office.set(keys_of(source, family, number)[how])
    assert outcome.numbers == ()
    receipt = office.load(
        source, plain_row("1", "Ann", family, BIRTHDAY, nhs_number=number), row_of_another(family)
    )
    child = office.number_of(source)
    assert (receipt.new, receipt.rejected) == (2, 0)
    assert office.is_hidden(child)
    assert office.found(family) == []
    assert office.opens(office.number_of(source, "2"))
    (shield,) = office.register.find(numbers=[child]).values()
    assert shield.name == outcome.shield
    assert office.verify().faults == []


def row_of_another(family):
    return plain_row("2", "Tom", f"{family}son", "2016-01-01")


def test_second_source_of_a_child_who_was_awaited_is_hidden_too(office, source, family):
    number = nhs_number(office.world)
    office.set(number)
    for name in (source, f"{source}-b"):
        office.load(name, plain_row("1", "Ann", family, BIRTHDAY, nhs_number=number))
    assert office.number_of(source) == office.number_of(f"{source}-b")
    assert office.is_hidden(office.number_of(source))


def test_loads_keep_a_hidden_child_up_to_date_and_a_lift_brings_back_what_is_so_by_then(
    office, source, family, child
):
    office.load(f"{source}-b", plain_row("9", "Ann", family, BIRTHDAY))
    office.set(child)
    office.load(source, plain_row("1", "Ann", f"{family}x", BIRTHDAY, known_as="Nan"))
    assert office.is_hidden(child)
    office.lift(child)
    assert office.found(f"{family}x")[0] == child
    record = office.store.read([child])[child].child
    assert record.facts.known_as == "Nan"
    assert record.facts.former_names[0].family_name == family
    assert office.hidden.read([child]) == {}
    assert office.marks.marked([child]) == set()


def test_child_whom_every_source_withdrew_while_hidden_does_not_come_back(
    office, source, family, child
):
    office.set(child)
    office.load(source, {"source_record_id": "1", "withdrawn": True})
    assert office.is_hidden(child)
    office.lift(child)
    assert office.found(family) == []
    assert office.hidden.read([child]) == {}
    office.load(source, plain_row("1", "Ann", family, BIRTHDAY))
    (again,) = office.found(family)
    assert again != child


def test_child_can_be_hidden_lifted_and_hidden_again(office, source, family, child):
    for _ in range(3):
        office.set(child)
        assert office.is_hidden(child)
        office.lift(child)
        assert office.found(family) == [child]
        office.load(source, plain_row("1", "Ann", family, BIRTHDAY, known_as=office.family()))
    assert office.verify().faults == []


def test_set_again_is_harmless_and_adds_nothing(office, child):
    first = office.set(child)
    again = office.set(child)
    assert (again.shield, again.is_new, again.numbers) == (first.shield, False, (child,))
    assert office.is_hidden(child)


def test_who_set_a_shield_cannot_lift_it_and_another_authority_does_not_see_it(office, child):
    office.set(child)
    with pytest.raises(NotAllowed):
        office.lift(child, OLGA)
    with pytest.raises(NotFound):
        office.lift(child, NOOR)
    assert office.is_hidden(child)


def test_child_of_two_shields_stays_hidden_until_both_are_lifted(office, source, family):
    number = nhs_number(office.world)
    office.set(number, NOOR)
    office.load(source, plain_row("1", "Ann", family, BIRTHDAY, nhs_number=number))
    child = office.number_of(source)
    office.set(child, OLGA)
    office.lift(child, OMAR)
    assert office.is_hidden(child)
    office.lift(child, NELL)
    assert office.found(family) == [child]


def test_hand_over_takes_effect_when_the_receiver_accepts(office, child):
    office.set(child)
    office.shielding.hand_over(child, "383", OLGA, REASON)
    with pytest.raises(NotFound):
        office.lift(child, NELL)
    office.shielding.accept(child, NOOR, REASON)
    with pytest.raises(NotFound):
        office.lift(child, OMAR)
    with pytest.raises(NotAllowed):
        office.lift(child, NOOR)
    office.lift(child, NELL)
    assert office.opens(child)


def test_shield_that_was_not_offered_cannot_be_accepted(office, child):
    office.set(child)
    with pytest.raises(NotFound):
        office.shielding.accept(child, NOOR, REASON)


def test_review_moves_the_day_and_the_list_begins_with_the_most_urgent(office, shield_engine):
    old = World(lambda: office.world.now().replace(year=2025), office.world.below, lambda: "")
    earlier = Office(shield_engine, old)
    first = office.add(f"list-{office.world.below(10**9)}", office.family())
    outcome = earlier.set(first)
    listed = office.shielding.listed(OLGA)
    assert listed[0].name == outcome.shield
    assert listed[0].review_due < office.world.today()
    office.shielding.review(first, OLGA, "still needed")
    listed = {one.name: one for one in office.shielding.listed(OLGA)}
    assert listed[outcome.shield].review_due > office.world.today()
    assert outcome.shield not in {one.name for one in office.shielding.listed(NOOR)}


@pytest.mark.parametrize("role", ["practitioner", "data-manager", "auditor", "operator"])
def test_only_shield_officers_decide(office, family, child, role):
    with pytest.raises(NotAllowed):
        office.set(child, Actor("somebody", role, "359"))
    assert office.found(family) == [child]


def test_officer_of_another_authority_cannot_shield_the_child(office, family, child):
    with pytest.raises(NotAllowed):
        office.set(child, NOOR)
    assert office.found(family) == [child]


def test_child_hidden_by_another_authority_is_refused_in_the_words_for_nobody(office, child):
    office.set(child)
    said = []
    for number in (child, "100000000017"):
        with pytest.raises(NotFound) as refusal:
            office.set(number, NOOR)
        said.append(str(refusal.value))
    assert len(set(said)) == 1


def test_reason_is_asked_for(office, child):
    with pytest.raises(Refused, match="reason"):
        office.shielding.shield(parse_row("zoo:1"), OLGA, " ")


def test_full_journal_refuses_and_nothing_changes(office, family, child, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", fail)
    with pytest.raises(Refused, match="journal"):
        office.set(child)
    monkeypatch.undo()
    assert office.found(family) == [child]
    assert office.register.find(numbers=[child]) == {}
    assert office.set(child).is_new


def test_every_event_is_in_the_sealed_audit_and_none_in_the_ordinary_one(
    office, shield_engine, child
):
    shield = office.set(child).shield
    office.shielding.review(child, OLGA, REASON)
    office.lift(child)
    desk_client = make_client(shield_engine, "desk")
    desk_client.indices.refresh(index=AUDIT_SEALED)
    sealed = desk_client.search(
        index=AUDIT_SEALED, query={"term": {"subject": shield}}, sort=["sequence"]
    )
    said = [hit["_source"] for hit in sealed["hits"]["hits"]]
    assert {one["event"] for one in said} == {"shield-set", "shield-reviewed", "shield-lifted"}
    assert {one["actor"] for one in said} == {"olga", "omar"}
    assert all(one["children"] == [child] and one["reason"] == REASON for one in said)
    open_index = f"audit-{office.world.today():%Y-%m}"
    desk_client.indices.refresh(index=open_index)
    events = desk_client.search(index=open_index, query={"prefix": {"event": "shield"}})
    assert events["hits"]["hits"] == []


def test_shielded_children_are_mapped_as_children_are():
    ours, theirs = shielded_body()["mappings"], index_body(CHILDREN)["mappings"]
    assert theirs["properties"].items() <= ours["properties"].items()
    assert ours["_source"] == theirs["_source"]


def test_no_answer_after_the_acknowledgement_holds_the_child(office):
    """Ten sets while four clients search; two hundred in tests/benchmarks/shields.py."""
    race = set_while_others_search(office, sets=10, clients=4)
    assert race.answers > 20
    assert race.shown_before > 0
    assert race.shown_after == 0


def test_set_beside_a_load_of_the_same_child_loses_nothing(office, source, family, child):
    """Whichever is first, the child is hidden with what the load said."""
    names = [office.family() for _ in range(12)]

    def load_all():
        for name in names:
            office.load(source, plain_row("1", "Ann", family, BIRTHDAY, known_as=name))

    thread = threading.Thread(target=load_all)
    thread.start()
    time.sleep(0.3)
    office.set(child)
    assert office.found(family) == []
    thread.join()
    assert office.is_hidden(child)
    assert office.hidden.read([child])[child].child.facts.known_as == names[-1]


def test_lift_beside_a_load_of_the_same_child_loses_nothing(office, source, family, child):
    office.set(child)
    names = [office.family() for _ in range(12)]

    def load_all():
        for name in names:
            office.load(source, plain_row("1", "Ann", family, BIRTHDAY, known_as=name))

    thread = threading.Thread(target=load_all)
    thread.start()
    time.sleep(0.3)
    office.lift(child)
    thread.join()
    assert office.found(family) == [child]
    assert office.number_of(source) == child
    assert office.store.read([child])[child].child.facts.known_as == names[-1]
    assert office.hidden.read([child]) == {}


def test_purge_erases_what_was_deleted_and_says_so(office, child, shield_engine):
    office.set(child)
    assert unpurged_since(office.register) is not None
    assert purge_builds(shield_engine, office.world, OPERATOR) == 0
    assert unpurged_since(office.register) is None
    stats = office.client.indices.stats(index="children-*", metric="docs")
    assert stats["_all"]["total"]["docs"]["deleted"] == 0


@pytest.fixture(scope="module")
def people(shield_engine, office):
    """Officers as users, so that commands can act as them."""
    client = make_client(shield_engine, "desk")
    trail = Trail(client, shield_engine, office.world)
    switch_on(client, "359", OPERATOR, trail)
    switch_on(client, "383", OPERATOR, trail)
    for one in (OLGA, OMAR, NOOR, PAT):
        new = NewUser(one.name, one.role, one.organisation, "x" * 20, office.world.today())
        add_user(client, new, OPERATOR, trail, office.world)


@pytest.fixture
def run(people, shield_engine, monkeypatch):
    monkeypatch.setattr("indexer.settings.Settings.from_environment", lambda: shield_engine)

    def run_command(*words):
        result = CliRunner().invoke(contactpoint, ["shield", *words])
        return result.exit_code, result.output, result.exception

    return run_command


def test_commands_set_list_review_hand_over_and_lift(run, office, family, child):
    because = ("--reason", "court order")
    code, said, _ = run("set", child, "--as", "olga", *because)
    assert (code, child in said) == (0, True)
    assert office.found(family) == []
    assert child in run("list", "--as", "olga")[1]
    assert child not in run("list", "--as", "noor")[1]
    assert run("review", child, "--as", "omar", *because)[0] == 0
    assert isinstance(run("lift", child, "--as", "olga", *because)[2], NotAllowed)
    assert isinstance(run("lift", child, "--as", "pat", *because)[2], NotAllowed)
    assert run("hand-over", child, "--to", "383", "--as", "olga", *because)[0] == 0
    assert "accept" in run("list", "--as", "noor")[1]
    assert run("accept", child, "--as", "noor", *because)[0] == 0
    assert run("hand-over", child, "--to", "359", "--as", "noor", *because)[0] == 0
    assert run("accept", child, "--as", "olga", *because)[0] == 0
    assert run("lift", child, "--as", "omar", *because)[0] == 0
    assert office.found(family) == [child]


def test_command_sets_by_row_and_by_name_and_date(run, office, source, family):
    because = ("--as", "olga", "--reason", "court order")
    assert run("set", "--row", f"{source}:1", *because)[0] == 0
    code, said, _ = run("set", "--name", f"Ann {family}", "--born", BIRTHDAY, *because)
    assert (code, "nobody yet" in said) == (0, True)
    office.load(
        source,
        plain_row("1", "Tom", f"{family}a", BIRTHDAY),
        plain_row("2", "Ann", family, BIRTHDAY),
    )
    assert office.is_hidden(office.number_of(source))
    assert office.is_hidden(office.number_of(source, "2"))


@pytest.mark.parametrize("words", [(), ("1", "--row", "a:1"), ("--name", "Ann Kelly")])
def test_command_asks_for_one_way_of_saying_who(run, words):
    result = run("set", *words, "--as", "olga", "--reason", "x")
    assert isinstance(result[2], Refused)


def test_import_sets_a_shield_a_line_and_says_which_were_refused(run, office, source, tmp_path):
    families = [office.family() for _ in range(3)]
    numbers = [office.add(source, f, str(place)) for place, f in enumerate(families)]
    file = tmp_path / "shields.csv"
    lines = [f"{numbers[0]},,,,359,order", f",{source}:1,,,359,order"]
    lines += [f",,{families[2]} Ann,{BIRTHDAY},359,order", "1,,,,359,x", f"{numbers[0]},,,,383,x"]
    file.write_text("\n".join(["child,row,name,born,authority,reason", *lines]))
    code, said, _ = run("import", str(file), "--as", "olga")
    assert code == 3
    assert "Set: 3; were set already: 0." in said
    assert [line.split(":")[0] for line in said.splitlines()[:2]] == ["line 5", "line 6"]
    assert all(office.is_hidden(number) for number in numbers)
    assert "Set: 0; were set already: 3." in run("import", str(file), "--as", "olga")[1]


def test_verify_and_purge_are_commands(run):
    code, said, _ = run("verify")
    assert (code, "Put right: nothing." in said) == (0, True)
    assert run("purge")[0] == 0


def test_marks_of_the_worker_and_of_the_front_are_the_same(office, shield_engine, child):
    office.set(child)
    for credential in ("front", "desk", "worker"):
        assert Marks.for_credential(shield_engine, credential).marked([child]) == {child}


def test_child_whom_another_authority_awaits_stays_hidden_after_the_lift(office, source, family):
    """The row that brought the number was of a child who was hidden already."""
    child = office.add(source, family)
    office.set(child)
    number = nhs_number(office.world)
    office.set(number, NOOR)
    office.load(source, plain_row("1", "Ann", family, BIRTHDAY, nhs_number=number))
    office.lift(child)
    assert office.is_hidden(child)
    (shield,) = office.register.find(keys=[f"nhs:{number}"]).values()
    assert child in shield.numbers


def test_officer_learns_nothing_of_a_hidden_child_by_setting_a_shield(office, source, family):
    number = nhs_number(office.world)
    child = office.add(source, family, nhs_number=number)
    office.set(child)
    outcome = office.set(number, NOOR)
    assert outcome.numbers == ()
    listed = {one.name: one for one in office.shielding.listed(NOOR)}
    assert office.shielding.known_to(NOOR, listed[outcome.shield]) == set()
    office.lift(child)
    assert office.is_hidden(child)
