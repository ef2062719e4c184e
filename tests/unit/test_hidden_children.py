"""What a shielded child is after rows, and documents of builds, said more of it."""

from datetime import date

from msgspec.structs import replace

from indexer.builds.builds import shielded_body
from indexer.children.child import Address, Contribution, Facts
from indexer.children.combine import combine
from indexer.children.hidden import HiddenChild, _document, told, united

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


def test_document_says_everywhere_that_it_is_shielded():
    child = told(told(HiddenChild("1"), {KEY: ANN}), {KEY: None})
    assert _document(child)["shielded"] is True
    assert _document(told(child, {KEY: SMITH}))["shielded"] is True


def test_document_has_only_fields_of_the_mapping():
    child = told(told(HiddenChild("1", former_numbers=("2",)), {KEY: ANN}), {KEY: SMITH})
    assert set(_document(child)) <= set(shielded_body()["mappings"]["properties"])
