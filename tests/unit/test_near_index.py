"""Whoever a full comparison with every shielded child would call near is found in memory."""

from functools import cache
from itertools import product
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.blocks import postcode_place
from analyzers.compare.nearness import LIMIT, nearness, shield_weight
from analyzers.compare.related import asked_tokens, stored_tokens
from analyzers.compare.relation import Relation, relation
from analyzers.identity import PersonName
from analyzers.profile import Profile, address_key, is_postcode, phone_key
from analyzers.tables import read_table
from indexer.shields.near_index import CLOSE_DATES, NearIndex
from tests.benchmarks.corrupt import one_edit
from tests.benchmarks.invented_rows import households, profile_of
from tests.benchmarks.reuploads import BY_NAME_ALONE, FORMS, NEITHER, doubles, kind_of, single

SAME = {"exact", "written", "known_as", "former", "joined", "form", "short", "unnamed"}
WORD_KINDS = {row["kind"] for row in read_table("compare/weights.csv") if row["about"] == "word"}
OF_TYPED_WORDS = {"nearly_joined", "nearly_heard"}  # alone, and not of two records
# Words with two letters different share no token.
FOUND_BY_WORDS = WORD_KINDS - OF_TYPED_WORDS - {"missing", "two_edits"}
BORN_KINDS = [
    row["kind"]
    for row in read_table("compare/weights.csv")
    if row["about"] == "born" and row["shield"]
]
CHILDREN = 250


def test_what_reaches_the_limit_has_what_the_index_finds_it_by():
    """The proof that nobody is missed: every sum that the table of weights allows."""
    reached = 0
    given_kinds = [*sorted(WORD_KINDS - OF_TYPED_WORDS), "unknown", "unnamed"]
    family_kinds = sorted(WORD_KINDS - OF_TYPED_WORDS)
    for name, family, born in product(given_kinds, family_kinds, BORN_KINDS):
        for place, carer in product((False, True), repeat=2):
            total = shield_weight("given", name) + shield_weight("family", family)
            total += shield_weight("born", born)
            total += place * shield_weight("place", "same") + carer * shield_weight("carer", "same")
            if total < LIMIT:
                continue
            reached += 1
            has_names = name in FOUND_BY_WORDS | {"unnamed"} and family in FOUND_BY_WORDS
            is_of_the_day = born in {"same", "swapped"} and has_names
            is_cared_for = carer and (born in CLOSE_DATES or {name, family} <= SAME)
            assert place or is_cared_for or is_of_the_day, (name, family, born)
    assert reached > 100


def test_number_alone_is_enough_whatever_speaks_against():
    against = [shield_weight("given", "missing"), shield_weight("family", "missing")]
    worst = min(shield_weight("born", kind) for kind in BORN_KINDS)
    assert shield_weight("number", "same") + sum(against) + worst >= LIMIT


@pytest.mark.parametrize("one", [*get_args(Relation), "missing"])
def test_every_kind_of_evidence_has_a_weight(one):
    assert isinstance(shield_weight("given", one), float)


@cache
def names():
    tables = (("families.csv", "family"), ("nicknames.csv", "name"), ("commonness.csv", "word"))
    return sorted({row[column] for table, column in tables for row in read_table(table)})


WORDS = st.one_of(st.sampled_from(names()), st.text("abcdeiklmnorstuy", min_size=1, max_size=8))
EDITS = st.integers(0, 2**20)


@given(WORDS, WORDS, EDITS)
def test_related_words_share_a_token(one, other, seed):
    rng = Random(seed)
    for asked, stored in (
        (one, other),
        (one, one_edit(one, rng)),
        (other[:2], other),
        (one[0], one),
    ):
        for left, right in ((asked, stored), (stored, asked)):
            if relation(left, right) not in {None, "two_edits"}:
                assert not set(asked_tokens(left)).isdisjoint(stored_tokens(right))


def test_kin_share_a_token():
    for row in read_table("nicknames.csv"):
        for short in row["short_forms"].split():
            assert not set(asked_tokens(short)).isdisjoint(stored_tokens(row["name"]))


@cache
def england():
    """Some households, of which all children are shielded: their rows, and the index of them."""
    rows = [row for home in households(0) for row in home][:CHILDREN]
    known = {str(place): (row, profile_of(row)) for place, row in enumerate(rows)}
    index = NearIndex()
    for number, (_, profile) in known.items():
        index.learn(number, profile)
    return index, known


def in_full(row, known):
    return {number for number, (_, child) in known.items() if nearness(row, child).is_near}


def changed_rows(rng):
    """Every form and every two, each of some children."""
    _, known = england()
    for one, other in [*((name, "") for name in FORMS), *doubles()]:
        for number in rng.sample(sorted(known), 5):
            row = single(known[number][0], one, rng)
            row = single(row, other, rng) if row and other else row
            if profile := profile_of(row):
                yield number, one, other, profile


def test_index_finds_whomever_the_full_comparison_finds():
    index, known = england()
    seen = 0
    for _, one, other, row in changed_rows(Random(7)):
        assert {found.child for found in index.near(row)} == in_full(row, known), (one, other)
        seen += 1
    assert seen > 700


@pytest.mark.parametrize("name", FORMS)
def test_row_that_comes_again_changed_in_one_way_is_near(name):
    index, known = england()
    rng, tried = Random(11), 0
    for number in rng.sample(sorted(known), 60):
        if row := profile_of(single(known[number][0], name, rng)):
            assert number in {one.child for one in index.near(row)}
            tried += 1
    assert tried > 10


def test_row_changed_in_two_ways_is_near_where_an_address_or_a_carer_agrees():
    index, known = england()
    missed = [
        (one, other)
        for number, one, other, row in changed_rows(Random(13))
        if kind_of(one, other, row, known[number][1]) not in {BY_NAME_ALONE, NEITHER}
        and number not in {found.child for found in index.near(row)}
    ]
    assert missed == []


def test_carer_of_the_same_name_and_phone_tells_as_much_as_an_address():
    assert phone_key("Aoife O'Brien", "01942 000 000") == phone_key("AOIFE OBRIEN", "01942-000000")
    assert phone_key("Aoife O'Brien", "") == phone_key("Mother", "01942 000000") == ""
    assert not is_postcode(phone_key("Aoife O'Brien", "01942 000000"))


def test_addresses_are_one_place_by_postcode_or_by_every_letter_and_digit():
    written = address_key(["1, High Street"], "Wigan")
    assert written == address_key(["1 HIGH STREET"], "wigan")
    assert written != address_key(["2 High Street"], "Wigan")
    assert postcode_place("WN1 1AA") == postcode_place("wn11aa")
    assert postcode_place("WN1") == address_key([], "Wigan") == ""


def child(given, family="Kelly", **said):
    return Profile((PersonName(given, family),), **{k: frozenset(v) for k, v in said.items()})


def test_child_is_found_by_what_is_learned_later_and_by_what_was_known_before():
    [day] = profile_of(england()[1]["0"][0]).dates
    index = NearIndex()
    index.learn("1", child("Ann", dates=[day]))
    moved = child("Ann", "Smith", dates=[day], places=["WN11AA"])
    assert index.near(moved) == []
    index.learn("1", child("Ann", "Jones", dates=[day], places=["WN11AA"]))
    assert [one.child for one in index.near(moved)] == ["1"]
    assert [one.child for one in index.near(child("Annie", dates=[day]))] == ["1"]
    index.forget("1")
    assert index.near(moved) == []


@pytest.mark.parametrize(
    ("row", "is_near"),
    [
        (child("Tom", places=["A"], carers=["C"]), False),
        (child("Nia", places=["A"], carers=["C"]), True),
        (child("", places=["A"]), True),
        (child("", carers=["C"]), False),
    ],
    ids=["twin", "twin called nearly the same", "nameless at the address", "nameless elsewhere"],
)
def test_twin_is_another_child_unless_its_name_is_nearly_the_same(row, is_near):
    [day] = profile_of(england()[1]["0"][0]).dates
    shielded = child("Mia", dates=[day], places=["A"], carers=["C"])
    twin = Profile(row.names, frozenset({day}), row.places, row.carers)
    assert nearness(twin, shielded).is_near == is_near


def test_row_stays_near_whatever_else_becomes_known_of_the_child():
    """Among the words of all names of a child, those of one name no longer stand side by side."""
    [day] = profile_of(england()[1]["0"][0]).dates
    joined = child("Aliarchie", "Kaya", dates=[day], places=["A"])
    known = child("Ali Archie", "Kaya", dates=[day], places=["A"])
    for more in (child("Ali", "Kaya"), child("Archie", "Akya")):
        for all_known in (known.united(more), more.united(known)):
            assert nearness(joined, all_known).is_near


def test_row_that_was_near_is_near_with_every_other_row_told_to_the_child_before():
    _, known = england()
    changed = [(number, row) for number, *_, row in changed_rows(Random(17))]
    for number, row in changed:
        child_alone = known[number][1]
        if not nearness(row, child_alone).is_near:
            continue
        for other, more in changed:
            if other == number:
                assert nearness(row, more.united(child_alone)).is_near
