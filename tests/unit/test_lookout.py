"""Who is shielded, as a load knows it: from its beginning, and from the moment a shield is set."""

from datetime import date
from itertools import count
from types import SimpleNamespace

import pytest

from analyzers.identity import PersonName
from analyzers.profile import Profile
from indexer.children.child import Contribution
from indexer.children.combine import combine
from indexer.children.hidden import HiddenChild
from indexer.children.store import Stored
from indexer.shields.events import Event, name_key
from indexer.shields.lookout import Lookout
from tests.unit.test_grouping import member, said

DAY = date(2014, 3, 9)
ANN = member("a", "1", said("Ann")).contribution


def row(given, family="Kelly"):
    return Profile((PersonName(given, family),), frozenset({DAY}))


class Register:
    """Events, and the marks that they leave."""

    def __init__(self):
        self.all, self.sequence, self.marks = [], 1, set()
        self._count = count(1)

    def say(self, kind, *numbers, **more):
        at, place = "2026-11-22T00:00:00+00:00", next(self._count)
        self.all.append(Event(kind, "s-1", numbers=numbers, sequence=place, at=at, **more))
        if kind in {"lifted", "released"}:
            self.marks -= set(numbers)
        else:
            self.marks |= set(numbers)

    def events(self, query, after=0):
        kinds = query["terms"]["kind"]
        return [one for one in self.all if one.sequence > after and one.kind in kinds]

    def marked(self, numbers):
        self.sequence = len(self.all) + 1  # only who asks sees that the sentinel has moved
        return self.marks & set(numbers)


@pytest.fixture
def world():
    """A register, the builds and the shielded children, and a lookout on them."""
    register, builds, hidden = Register(), {}, {}
    store = SimpleNamespace(read=lambda numbers: pick(builds, numbers))
    hidden_store = SimpleNamespace(
        read=lambda numbers: pick(hidden, numbers), all=lambda: [list(hidden.values())]
    )
    lookout = Lookout(register, register, store, hidden_store)
    return SimpleNamespace(register=register, builds=builds, hidden=hidden, lookout=lookout)


def pick(there, numbers):
    return {number: there[number] for number in numbers if number in there}


def hide(world, number, contribution: Contribution = ANN):
    world.hidden[number] = HiddenChild(number, (contribution,))
    world.register.say("set", number)


def near(world, given="Anne"):
    return [one.child for one in world.lookout.near(row(given))]


def test_whoever_is_shielded_when_the_load_begins_is_known(world):
    hide(world, "1")
    world.lookout.known()
    assert near(world) == ["1"]


def test_child_who_is_marked_and_still_in_the_builds_is_known(world):
    world.builds["1"] = Stored(combine("1", [ANN]), 1)
    world.register.say("set", "1")
    world.lookout.known()
    assert near(world) == ["1"]


def test_shield_set_since_is_said_and_counts_from_then_on(world):
    known = world.lookout.known()
    hide(world, "1")
    assert world.lookout.is_said_still(known)  # nobody has asked for the sentinel yet
    world.register.marked(())
    assert not world.lookout.is_said_still(known)
    assert near(world) == ["1"]
    assert world.lookout.is_said_still(world.lookout.known())


def test_child_whose_first_row_is_just_being_written_is_known_once_it_is_there(world):
    known = world.lookout.known()
    world.register.say("arrived", "1")
    world.register.marked(())
    assert not world.lookout.is_said_still(known)
    known = world.lookout.known()
    world.hidden["1"] = HiddenChild("1", (ANN,))
    assert not world.lookout.is_said_still(known)
    assert near(world) == ["1"]
    assert world.lookout.is_said_still(world.lookout.known())


def test_who_never_looked_is_not_told_of_changes(world):
    hide(world, "1")
    assert world.lookout.is_said_still(-1)
    assert not world.lookout.watches()


def test_child_whose_shield_is_lifted_is_known_no_more(world):
    hide(world, "1")
    world.lookout.known()
    world.register.say("lifted", "1")
    world.register.marked(())
    world.lookout.is_said_still(0)
    assert near(world) == []


def test_child_who_is_just_brought_back_when_the_load_begins_is_not_known(world):
    hide(world, "1")
    world.register.say("lifted", "1")
    world.lookout.known()
    assert near(world) == []


def test_child_whom_another_shield_hides_stays_known(world):
    hide(world, "1")
    world.lookout.known()
    world.register.say("released", "1")
    world.register.say("arrived", "1")
    world.register.marked(())
    world.lookout.is_said_still(0)
    assert near(world) == ["1"]


def test_child_awaited_by_names_in_any_order_is_known(world):
    key = name_key("Kelly Ann", DAY)
    world.register.say("set", key=key)
    world.lookout.known()
    assert near(world) == ["s-1"]
    assert near(world, "Tom") == []


def test_what_rows_say_of_a_shielded_child_is_known_at_once(world):
    hide(world, "1")
    world.lookout.known()
    known = world.lookout.known()
    later = member("b", "1", said("Bella", "Jones")).contribution
    assert near(world, "Belle") == []
    world.lookout.learn([HiddenChild("1", (ANN, later))])
    assert near(world, "Belle") == ["1"]
    assert world.lookout.is_said_still(known)  # or every row about one would stop all batches
    world.lookout.learn([HiddenChild("2", (ANN,))])
    assert not world.lookout.is_said_still(known)
