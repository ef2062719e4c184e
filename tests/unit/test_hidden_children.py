"""What a shielded child is after rows, and documents of builds, said more of it."""

from datetime import date

import pytest
from msgspec.structs import replace

from indexer.builds.builds import shielded_body
from indexer.children import place
from indexer.children.child import Address, Contribution, Facts
from indexer.children.combine import combine
from indexer.children.hidden import HiddenChild, _document, told, united
from indexer.children.place import Placer
from indexer.children.store import Stored
from tests.memory import MemoryHidden

ANN = Contribution("a", "1", "2026-01-01", Facts("Kelly", date(2014, 3, 9), "359", "Ann"))
KEY = ("a", "1")
SMITH = replace(ANN, loaded_at="2026-02-01", facts=replace(ANN.facts, family_name="Smith"))
LEEDS = Address(("1 High Street",), "Leeds", "LS1 1AA")


def test_row_that_says_the_same_changes_nothing():
    child = told(told(HiddenChild("1"), {KEY: ANN}), {KEY: SMITH})
    assert told(child, {KEY: replace(SMITH, loaded_at="2026-03-01")}) == child


def test_former_names_and_addresses_are_kept_and_all_that_was_said_is_evidence():
    child = told(HiddenChild("1"), {KEY: replace(ANN, facts=replace(ANN.facts, address=LEEDS))})
    child = told(child, {KEY: SMITH})
    assert child.child.facts.former_names[0].family_name == "Kelly"
    assert child.child.former_addresses == (LEEDS,)
    assert [one.facts.family_name for one in child.evidence] == ["Kelly"]


def test_same_evidence_is_kept_once():
    child = HiddenChild("1")
    for _ in range(3):
        child = told(told(child, {KEY: ANN}), {KEY: None})
    assert (child.child, len(child.evidence)) == (None, 1)


def test_of_a_row_in_a_build_and_here_the_later_counts():
    hidden = told(HiddenChild("1"), {KEY: SMITH})
    older = united(hidden, combine("1", [ANN]), 7)
    assert older.child.facts.family_name == "Smith"
    assert [one.facts.family_name for one in older.evidence] == ["Kelly"]
    newer = united(told(HiddenChild("1"), {KEY: ANN}), combine("1", [SMITH]), 7)
    assert newer.child.facts.family_name == "Smith"
    assert (newer.build_revision, united(newer, combine("1", [SMITH]), 3).build_revision) == (7, 7)


def test_copy_of_before_brings_no_row_back_and_is_known_all_the_same():
    """Since then one row said something else, and one was withdrawn."""
    now = united(HiddenChild("1", former_numbers=("3",)), combine("1", [SMITH]), 7)
    gone = replace(ANN, source="b", facts=replace(ANN.facts, nhs_number="9434765919"))
    before = replace(combine("1", [ANN, gone]), former_numbers=("2",))
    after = united(now, before, 5)
    assert after.contributions == (SMITH,)
    assert after.child.nhs_numbers == ()
    assert (after.former_numbers, after.build_revision) == (("3",), 7)
    assert after.evidence == (ANN, gone)
    assert after.has_ever_said("nhs:9434765919")


def test_row_withdrawn_between_two_builds_of_one_revision_stays_withdrawn():
    hidden = united(HiddenChild("1"), combine("1", [ANN]), 7)
    left = united(told(hidden, {KEY: None}), combine("1", [ANN]), 7)
    assert (left.child, left.evidence) == (None, (ANN,))


OLD, NOW = "children-20261121t030000z", "children-20261122t030000z"


class Copies:
    """Builds with a copy each of one child: build → what is there."""

    def __init__(self, **builds):
        self.builds = builds

    def read(self, numbers, build):
        one = self.builds.get(build)
        return {one.child.number: one} if one and one.child.number in numbers else {}

    def drop(self, _revisions, build):
        del self.builds[build]
        return frozenset()


@pytest.mark.parametrize("published", [OLD, NOW])
def test_child_is_hidden_as_the_published_build_knows_it(monkeypatch, published):
    """A build of other analysers beside it, older or newer, was not kept up to date."""
    other = ({OLD, NOW} - {published}).pop()
    moved = replace(ANN, source="b")
    copies = Copies(
        **{published: Stored(combine("1", [SMITH]), 7), other: Stored(combine("1", [moved]), 5)}
    )
    placer = Placer(None, copies, None)
    monkeypatch.setattr(placer, "_hidden", MemoryHidden())
    monkeypatch.setattr(placer, "drop", copies.drop)
    monkeypatch.setattr(place, "open_builds", lambda _client: (OLD, NOW))
    monkeypatch.setattr(place, "published_build", lambda _client: published)
    assert placer.hide(["1"]) == 2
    hidden = placer._hidden.children["1"]
    assert (hidden.contributions, hidden.evidence) == ((SMITH,), (moved,))


def test_document_says_everywhere_that_it_is_shielded():
    child = told(told(HiddenChild("1"), {KEY: ANN}), {KEY: None})
    assert _document(child)["shielded"] is True
    assert _document(told(child, {KEY: SMITH}))["shielded"] is True


def test_document_has_only_fields_of_the_mapping():
    child = told(told(HiddenChild("1", former_numbers=("2",)), {KEY: ANN}), {KEY: SMITH})
    assert set(_document(child)) <= set(shielded_body()["mappings"]["properties"])
