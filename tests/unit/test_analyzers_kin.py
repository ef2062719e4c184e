"""Kin: short forms and other forms of names, from tables that are in good order."""

import pytest

from analyzers.fold import words
from analyzers.kin import kin_tokens, kinship, short_for
from analyzers.tables import read_table

NICKNAMES = read_table("nicknames.csv")
FAMILIES = read_table("families.csv")


@pytest.mark.parametrize(
    ("asked", "stored", "kind"),
    [
        ("jon", "jonathan", "asked_short"),
        ("jonathan", "jon", "stored_short"),
        ("bill", "billy", "both_short"),
        ("steve", "steven", "asked_short"),
        ("steven", "stephen", "form"),
        ("kowalski", "kowalskaya", "form"),
        ("ivanova", "ivanov", "form"),
        ("alexander", "alexandra", None),
        ("eva", "neva", None),
    ],
)
def test_kinship_is_told_from_the_tables(asked, stored, kind):
    assert kinship(asked, stored) == kind


def test_two_short_forms_are_named_after_what_they_are_short_for():
    assert short_for("peggy", "maggie") == "margaret"


def test_ending_alone_is_no_kin():
    assert kin_tokens("ska") == ()


def test_tables_are_long_enough_to_be_of_use():
    assert sum(len(row["short_forms"].split()) for row in NICKNAMES) >= 250
    assert len(FAMILIES) >= 50


@pytest.mark.parametrize(
    ("table", "key", "members"),
    [(NICKNAMES, "name", "short_forms"), (FAMILIES, "family", "spellings")],
    ids=["nicknames", "families"],
)
def test_table_holds_folded_names_each_once(table, key, members):
    keys = [row[key] for row in table]
    assert len(set(keys)) == len(keys)
    for row in table:
        names = [row[key], *row[members].split()]
        assert len(set(names)) == len(names) > 1, f"a name twice in the row of {row[key]}"
        assert all(words(name) == (name,) for name in names), f"not folded: {row[key]}"
        assert row["origin"], f"no origin: {row[key]}"
