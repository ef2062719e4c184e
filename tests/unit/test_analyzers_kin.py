"""Kin: short forms and other forms of names, from tables that are in good order."""

import re
from collections import Counter
from pathlib import Path

import pytest

from analyzers.fold import fold
from analyzers.kin import kin_tokens, kinship, short_for
from analyzers.tables import read_table

NICKNAMES = read_table("nicknames.csv")
FAMILIES = read_table("families.csv")
ENDINGS = read_table("endings.csv")
SOURCES = Path(__file__).parents[2] / "docs" / "names.md"
TABLES = pytest.mark.parametrize(
    ("table", "key", "members"),
    [(NICKNAMES, "name", "short_forms"), (FAMILIES, "family", "spellings")],
    ids=["nicknames", "families"],
)


def pairs(table, key, members):
    return [(row[key], member) for row in table for member in row[members].split()]


@pytest.mark.parametrize(
    ("asked", "stored", "kind"),
    [
        ("jon", "jonathan", "asked_short"),
        ("jonathan", "jon", "stored_short"),
        ("bill", "billy", "both_short"),
        ("steve", "steven", "asked_short"),
        ("steven", "stephen", "form"),
        ("larry", "lawrence", "asked_short"),
        ("kowalski", "kowalskaya", "form"),
        ("ivanova", "ivanov", "form"),
        ("novakova", "novak", "form"),
        ("kulakova", "kulakov", "form"),
        ("kazlauskaite", "kazlauskas", "form"),
        ("kazlauskiene", "kazlauskas", "form"),
        ("stankeviciute", "stankevicius", "form"),
        ("georgiopoulou", "georgiopoulos", "form"),
        ("ellamae", "ellamai", "form"),
        ("saifuddin", "saifeddine", "form"),
        ("alexander", "alexandra", None),
        ("eva", "neva", None),
        ("wang", "huang", None),
        ("owen", "ewan", None),
        ("said", "syed", None),
        ("safiya", "sophia", None),
    ],
)
def test_kinship_is_told_from_the_tables(asked, stored, kind):
    assert kinship(asked, stored) == kind


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("neve", "niamh"),
        ("shivaun", "siobhan"),
        ("eefa", "aoife"),
        ("keeva", "caoimhe"),
        ("sersha", "saoirse"),
        ("sharn", "sian"),
        ("fanshaw", "featherstonehaugh"),
        ("chumley", "cholmondeley"),
        ("beecham", "beauchamp"),
        ("mannering", "mainwaring"),
        ("marchbanks", "marjoribanks"),
        ("mingis", "menzies"),
        ("deeyell", "dalziel"),
        ("cahoon", "colquhoun"),
        ("urkart", "urquhart"),
        ("sinjin", "St John"),
        ("loosengore", "Leveson-Gower"),
    ],
)
def test_name_is_met_as_it_is_said(heard, written):
    assert kinship(heard, fold(written).replace(" ", "")) == "form"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mary Ann", "Marianne"),
        ("Abdul Rahman", "Abdurrahman"),
        ("Ann-Marie", "Annemarie"),
        ("Lilly Mae", "Lilymai"),
    ],
)
def test_names_of_two_words_are_met_written_in_one(one, other):
    assert kinship(*[fold(name).replace(" ", "") for name in (one, other)]) == "form"


def test_two_short_forms_are_named_after_what_they_are_short_for():
    assert short_for("peggy", "maggie") == "margaret"


@pytest.mark.parametrize("ending", ["ska", "ova", "leigh", "uddin"])
def test_ending_alone_is_no_kin(ending):
    assert not [token for token in kin_tokens(ending) if token.startswith("e-")]


def test_tables_have_the_sourced_names_that_were_asked_for():
    sourced = [row for row in NICKNAMES if row["source"] != "general"]
    assert len(pairs(sourced, "name", "short_forms")) >= 600
    assert len({row["family"] for row in FAMILIES if row["source"] != "general"}) >= 150


@TABLES
def test_table_holds_folded_names_each_once(table, key, members):
    found = pairs(table, key, members)
    assert all(name == fold(name) and " " not in name for pair in found for name in pair)
    twice = [pair for pair, times in Counter(found).items() if times > 1]
    assert not twice, f"a name twice: {twice}"
    assert not [pair for pair in found if len(set(pair)) == 1], "a name is its own member"


@TABLES
def test_table_has_one_row_for_a_name_and_a_source(table, key, members):
    rows = Counter((row[key], row["source"]) for row in table)
    assert max(rows.values()) == 1
    assert all(row[members] for row in table)
    origins = {(row[key], row["origin"]) for row in table}
    assert all(origin for _, origin in origins)
    assert len(origins) == len({row[key] for row in table}), "two origins for one name"


def test_short_form_is_not_listed_as_another_form_of_the_name_too():
    forms = set(pairs(FAMILIES, "family", "spellings"))
    assert forms.isdisjoint(pairs(NICKNAMES, "name", "short_forms"))


def test_no_word_belongs_to_so_many_names_that_asking_for_it_is_slow():
    for table in (pairs(NICKNAMES, "name", "short_forms"), pairs(FAMILIES, "family", "spellings")):
        names = Counter(member for _, member in table)
        assert max(names.values()) <= 9, names.most_common(3)


def test_endings_are_folded_and_stand_for_themselves_or_another():
    endings = {row["ending"] for row in ENDINGS}
    assert all(row["ending"] == fold(row["ending"]) for row in ENDINGS)
    assert all(row["as"] in endings and row["remark"] for row in ENDINGS)
    assert len({(row["ending"], row["as"]) for row in ENDINGS}) == len(ENDINGS)


def test_every_source_is_explained():
    explained = set(re.findall(r"^\| `([a-z-]+)` \|", SOURCES.read_text("utf-8"), re.MULTILINE))
    used = {row["source"] for table in (NICKNAMES, FAMILIES, ENDINGS) for row in table}
    assert used == explained
