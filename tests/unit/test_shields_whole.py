"""Who is shielded stays so whatever was lost; only whose shield an event lifted is to come back."""

import pytest

from indexer.children.hidden import HiddenChild
from indexer.errors import Refused
from indexer.shields import whole
from indexer.shields.events import Event, shields_of
from indexer.shields.journal import Journal
from indexer.shields.marks import mark_id
from tests.memory import MemoryHidden

KEY = "a key"
AT = "2026-11-22T10:00:00+00:00"
ANN, BOB = "100000000017", "100000000025"


class MemoryRegister:
    """The index `shield-register` beside a journal on the disk, and its marks."""

    client, key = None, KEY

    def __init__(self, folder):
        self.journal, self.kept = Journal(folder / "shields.jsonl", KEY), []
        self.marks, self.sentinel = set(), None

    def say(self, kind, *numbers, shield="s-1"):
        with self.journal.held() as pen:
            event = pen.seal(Event(kind, shield, numbers=numbers, at=AT))
            pen.write(event)
        self.enter([event])

    def enter(self, events):
        self.kept += events
        return True

    def events(self, _query):
        return list(self.kept)

    def find(self, *, numbers):
        found = {one.shield for one in self.kept if set(one.numbers) & set(numbers)}
        return {name: one for name, one in shields_of(self.kept).items() if name in found}

    def is_marked(self, number):
        return mark_id(KEY.encode(), number) in self.marks


class Place:
    """What is left after a loss: register and journal, shielded children, and perhaps others."""

    def __init__(self, folder, monkeypatch):
        self.register, self.hidden, self.has_children = MemoryRegister(folder), MemoryHidden(), True
        said = self.register
        for name, double in {
            "HiddenChildren": lambda _client: self.hidden,
            "_has_children": lambda _client: self.has_children,
            "sentinel_sequence": lambda *_: said.sentinel,
            "restore_sentinel": lambda _c, _k, sequence: setattr(said, "sentinel", sequence),
            "raise_sentinel": lambda _c, _k, sequence: setattr(said, "sentinel", sequence),
            "all_marks": lambda _client: frozenset(said.marks),
            "write_marks": lambda _c, _k, some: said.marks.update(self.ids(some)),
            "remove_mark": lambda _c, _k, number: said.marks.difference_update(self.ids([number])),
        }.items():
            monkeypatch.setattr(whole, name, double)

    @staticmethod
    def ids(numbers):
        return {mark_id(KEY.encode(), one) for one in numbers}

    def hide(self, *numbers):
        self.hidden.write(HiddenChild(one) for one in numbers)

    def restore(self):
        """Return the comparison, and who would be brought back by it."""
        one = whole.Whole(self.register)
        one.restore()
        return one, one.freed & self.hidden.children.keys()


@pytest.fixture
def place(tmp_path, monkeypatch):
    return Place(tmp_path, monkeypatch)


def test_shielded_children_without_any_event_are_refused_and_nothing_is_written(place):
    """The journal is not in its place yet: what is there must not be taken for a new register."""
    place.hide(ANN)
    for sentinel in (None, 1):
        place.register.sentinel = sentinel
        with pytest.raises(Refused, match="Put the journal back where it was"):
            place.restore()
        assert place.register.sentinel == sentinel


def test_shielded_children_are_refused_where_nobody_else_is_and_the_journal_is_empty(place):
    place.has_children = False
    place.register.journal.path.touch()
    place.hide(ANN)
    with pytest.raises(Refused, match="they stay hidden"):
        place.restore()


def test_children_without_register_and_journal_are_refused(place):
    with pytest.raises(Refused, match="that can be read"):
        place.restore()
    assert place.register.sentinel is None
    place.register.journal.path.write_text("nothing of ours\n")
    with pytest.raises(Refused, match="that can be read"):
        place.restore()


def test_empty_journal_says_that_no_shield_was_ever_set(place):
    place.register.journal.path.touch()
    one, _ = place.restore()
    assert (one.faults, place.register.sentinel) == ([], 1)


def test_child_whose_shield_is_newer_than_the_journal_stays_hidden_under_a_mark(place):
    """The copy is from before the shield, the snapshot of the shielded children from after it."""
    place.register.say("set", ANN)
    place.hide(ANN, BOB)
    one, brought_back = place.restore()
    assert brought_back == set()
    assert one.strays == {BOB}
    assert place.register.is_marked(BOB)
    (fault,) = one.faults
    assert "no event tells: 1" in fault
    assert BOB not in fault


def test_child_of_whom_no_event_tells_has_the_same_fault_the_next_time(place):
    place.register.say("set", ANN)
    place.hide(BOB)
    first, _ = place.restore()
    assert place.restore()[0].faults == first.faults
    assert place.register.is_marked(BOB)


def test_nobody_comes_back_while_an_event_may_be_lost(place):
    """Whose lifting is known may have been shielded again by an event that is lost."""
    place.register.say("set", ANN)
    place.register.say("lifted", ANN)
    place.register.marks = place.ids([ANN])
    place.hide(ANN, BOB)
    _, brought_back = place.restore()
    assert brought_back == set()
    assert place.register.is_marked(ANN)


@pytest.mark.parametrize("kind", ["lifted", "released"])
def test_child_whose_lifting_died_is_brought_back(place, kind):
    place.register.say("set", BOB)
    place.register.say("held", ANN)
    place.register.say(kind, ANN)
    place.register.marks = place.ids([ANN, BOB])
    place.hide(ANN)
    one, brought_back = place.restore()
    assert (one.faults, brought_back) == ([], {ANN})
    assert not place.register.is_marked(ANN)


def test_child_whom_another_shield_hides_does_not_come_back(place):
    place.register.say("set", ANN)
    place.register.say("set", ANN, shield="s-2")
    place.register.say("lifted", ANN)
    place.hide(ANN)
    assert place.restore()[1] == set()
    assert place.register.is_marked(ANN)


def test_shield_that_was_set_since_the_events_were_read_explains_its_child(place, monkeypatch):
    place.register.say("set", ANN)
    before = list(place.register.kept)
    monkeypatch.setattr(place.register, "events", lambda _query: before)
    monkeypatch.setattr(place.register.journal, "read", lambda: before)
    place.register.say("set", BOB, shield="s-2")
    place.hide(BOB)
    assert place.restore()[0].strays == set()
