"""What practitioners say, who is named beside a child, and practice, on the real server."""

from indexer.children.practitioners import take_in
from indexer.children.wishes import Wish, add_wish, own_row
from indexer.clients import make_client
from indexer.people.actor import LEARNER, Actor
from mappings.names import PRACTICE
from tests.conftest import OPERATOR
from tests.rows import plain_row
from tests.shields import BIRTHDAY, PAT, REASON, Office
from webapp.search.gate import Gate
from webapp.search.question import parse_question

HEALTH = {"service": "health_visitor", "practitioner": "M. Lees", "phone": "01942 000002"}
HOME = {"address": {"lines": ["1 Mill Lane"], "town": "Wigan", "postcode": "WN1 2AB"}}
SIBLINGS = [("1", "Ann", BIRTHDAY), ("2", "Mary", BIRTHDAY), ("3", "Tom", "2011-01-01")]


def say(settings, world, number, person):
    """As the pages do: with the front's password."""
    wish = Wish(number, person, world.now().isoformat(), HEALTH)
    add_wish(make_client(settings, "front"), wish, world)


def test_what_practitioners_say_stands_on_the_record_and_of_a_shielded_child_on_the_hidden_one(
    shield_engine, source, world
):
    office = Office(shield_engine)
    family = office.family()
    number = office.add(source, family)
    say(shield_engine, world, number, "pat")
    assert take_in(shield_engine, world, OPERATOR) == 1
    child = office.gate.open_record(number, PAT, REASON).child
    (one,) = child.facts.involvements
    assert (one.practitioner, one.start, one.source) == ("M. Lees", world.today(), "practitioners")
    assert own_row(child, "pat")
    say(shield_engine, world, number, "bo")  # the record is open before the shield, the form after
    office.set(number)
    say(shield_engine, world, number, "cy")
    assert take_in(shield_engine, world, OPERATOR) == 2
    assert office.is_hidden(number)
    assert office.found(family) == []
    hidden = office.hidden.read([number])[number].child
    assert all(own_row(hidden, person) for person in ("pat", "bo", "cy"))
    assert take_in(shield_engine, world, OPERATOR) == 0
    assert office.verify().faults == []


def test_brothers_and_sisters_are_named_but_for_one_who_is_shielded(shield_engine, source):
    office = Office(shield_engine)
    family = office.family()
    office.load(source, *(plain_row(i, name, family, born, **HOME) for i, name, born in SIBLINGS))
    number, twin = office.number_of(source, "1"), office.number_of(source, "2")
    office.store.refresh()
    named = office.gate.open_record(number, PAT, REASON).siblings
    assert [(one.given_names, one.is_twin) for one in named] == [("Tom", False), ("Mary", True)]
    office.set(twin)
    named = office.gate.open_record(number, PAT, REASON).siblings
    assert [one.given_names for one in named] == ["Tom"]


def test_who_practises_finds_invented_children_and_nobody_else_finds_those(
    shield_engine, source, world
):
    office = Office(shield_engine)
    family = office.family()
    office.add(source, family)
    learner = Actor("lena", LEARNER, "359")
    practice = Gate(shield_engine, world, index=PRACTICE)
    practice.is_ready()

    def found(gate, typed, reader):
        return gate.find(parse_question(typed, today=world.today()), reader).found

    assert office.found(family)
    assert found(practice, f"ann {family}", learner) == ()
    (invented,) = found(practice, "wilhelmena quilfeather", learner)
    assert found(office.gate, invented.child, PAT) == ()
    opened = practice.open_record(invented.child, learner, REASON)
    assert any(one.sensitive for one in opened.child.facts.involvements)
