"""The one writer of children: late writes lose, a hidden child stays out, a lost one returns."""

from datetime import date

import pytest
from msgspec.structs import replace

from indexer.builds.builds import Builds
from indexer.children.child import Contribution, Facts
from indexer.children.combine import combine
from indexer.children.hidden import HiddenChildren
from indexer.children.number import draw_number
from indexer.children.place import Placement, Placer
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.shields.marks import Marks
from tests.shields import add_mark

ANN = Facts("Kelly", date(2014, 3, 9), "359", given_names="Ann")


class Writer:
    def __init__(self, settings):
        self.client = make_client(settings, "worker")
        self.store = ChildStore(self.client)
        self._placer = Placer(self.client, self.store, Marks.for_credential(settings, "worker"))
        self._builds = Builds(self.client).now

    def place(self, number, revision, given="Ann"):
        """Place a child of that name, or delete the child for no name; return the conflicts."""
        said = Contribution("census", "1", "2026-11-22", replace(ANN, given_names=given or ""))
        child = combine(number, [said]) if given else None
        before = self.store.read([number]).get(number) if not given else None
        placement = Placement(number, revision, child, before=before and before.child)
        return self._placer.place([placement], self._builds)

    def given_names(self, number):
        stored = self.store.read([number]).get(number)
        return stored and stored.child.facts.given_names

    def revision(self, number):
        return self.store.read([number])[number].revision


@pytest.fixture
def writer(ready):
    return Writer(ready)


@pytest.fixture
def number(world):
    return draw_number(world)


def test_of_two_writers_who_read_the_same_revision_the_later_is_refused(writer, number):
    writer.place(number, None)
    seen = writer.revision(number)
    assert writer.place(number, seen, "First") == set()
    assert writer.place(number, seen, "Second") == {number}
    assert writer.given_names(number) == "First"


def test_new_child_never_overwrites_one_who_is_there(writer, number):
    writer.place(number, None)
    assert writer.place(number, None, "Other") == {number}
    assert writer.given_names(number) == "Ann"


def test_child_who_left_can_come_back(writer, number):
    writer.place(number, None)
    writer.place(number, writer.revision(number), given=None)
    assert writer.given_names(number) is None
    assert writer.place(number, None, "Again") == set()
    assert writer.given_names(number) == "Again"


def test_write_that_was_under_way_when_the_child_left_does_not_bring_it_back(writer, number):
    writer.place(number, None)
    seen = writer.revision(number)
    writer.place(number, seen, given=None)
    assert writer.place(number, seen, "Late") == {number}
    assert writer.given_names(number) is None


def test_marked_child_is_never_left_in_the_build(writer, number, ready):
    writer.place(number, None)
    seen = writer.revision(number)
    add_mark(writer.client, ready.secret("register.key"), number)
    assert writer.place(number, seen, "Marked") == set()
    assert writer.given_names(number) is None
    for revision in (seen + 1, None, None, None):
        assert writer.place(number, revision, "Late") == set()
        assert writer.given_names(number) is None


def test_child_who_is_deleted_when_it_is_marked_is_kept_among_the_shielded(writer, number, ready):
    writer.place(number, None)
    add_mark(writer.client, ready.secret("register.key"), number)
    assert writer.place(number, writer.revision(number), given=None) == {number}
    assert writer.given_names(number) is None
    hidden = HiddenChildren(writer.client).read([number])[number]
    assert hidden.child.facts == ANN
