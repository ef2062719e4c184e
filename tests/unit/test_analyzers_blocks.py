"""Link keys: two rows that are surely about one child share one, and hardly anybody else does."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.blocks import MOST_PLACES, block_keys
from analyzers.identity import Born, Identity, PersonName
from indexer.children.child import Address, Carer, Contribution, Facts, FormerName
from indexer.children.likeness import Member, are_alike

MANY = settings(max_examples=500)
BORN = date(2014, 3, 9)
DAYS = st.sampled_from(
    [BORN]
    + [date(2014, 9, 3), date(2014, 3, 8), date(2014, 3, 19), date(2014, 4, 9), date(2014, 12, 9)]
    + [date(2015, 3, 9), date(2004, 3, 9), date(2013, 9, 3), date(2014, 3, 28)]
)
GIVEN = st.sampled_from(
    [
        "Mary Ann",
        "Maryann",
        "Mary",
        "Ann",
        "Jo Ann",
        "Joann",
        "Taylor",
        "Łucja",
        "Lucja",
        "Al Taylor",
    ]
)
FAMILY = st.sampled_from(
    ["Taylor", "Smith", "McDonald", "MacDonald", "van der Berg", "Vanderberg", "St John", "Mary"]
)
POSTCODES = st.sampled_from(["WN1 1AA", "WN1 1AB", "M1 1AE", ""])
CARERS = st.sampled_from(["Zoë O'Brien", "zoe obrien", "ZOE O’BRIEN", "Adam Smith"])
FORMER = st.builds(FormerName, GIVEN, FAMILY)


def facts(given_names="Mary Ann", family_name="Smith", born=BORN, postcode="", carers=(), **more):
    return Facts(
        family_name,
        born,
        "359",
        given_names,
        address=Address(postcode=postcode) if postcode else None,
        carers=tuple(Carer(name) for name in carers),
        **more,
    )


ROWS = st.builds(
    facts,
    GIVEN,
    FAMILY,
    DAYS,
    POSTCODES,
    carers=st.lists(CARERS, max_size=2),
    known_as=st.one_of(st.just(""), GIVEN),
    former_names=st.lists(FORMER, max_size=2).map(tuple),
)
PAIRS = st.one_of(
    st.tuples(ROWS, ROWS),
    # The names hardly ever agree by chance, and with a slip in the date they must.
    st.builds(lambda row, born: (row, replace(row, date_of_birth=born)), ROWS, DAYS),
)
FORMER_POSTCODES = st.lists(POSTCODES.filter(bool), max_size=2)


def member(row, source, former_postcodes=()):
    former = tuple(Address(postcode=text) for text in former_postcodes)
    return Member(Contribution(source, "1", "2026-01-01T00:00:00", row, former))


def is_sure_but_apart(row, other, former_postcodes=()):
    """What linking itself says of two rows, and whether their keys would let it ask."""
    one, two = member(row, "one"), member(other, "two", former_postcodes)
    is_sure = are_alike(one, two) or are_alike(two, one)
    return is_sure, is_sure and block_keys(one.identity).isdisjoint(block_keys(two.identity))


@MANY
@given(PAIRS, FORMER_POSTCODES)
@example((facts(postcode="M1 1AE"), facts("Maryann")), ["M1 1AE"])
def test_rows_surely_about_one_child_share_a_key(pair, former_postcodes):
    _, is_apart = is_sure_but_apart(*pair, former_postcodes)
    assert not is_apart


SURE = {
    "the same": facts(),
    "joined": facts("Maryann"),
    "written with a hyphen": facts("MARY-ANN"),
    "the other way round": facts("Smith", "Mary Ann"),
    "a middle name only": facts("Ann"),
    "joined from a former name": facts(
        "Jo", "Smith", former_names=(FormerName("Mary", "Smith"), FormerName("Ann", "Smith"))
    ),
}
OTHER_DAYS = [BORN, date(2014, 9, 3), date(2014, 3, 8), date(2014, 8, 9), date(2015, 3, 9)]


@pytest.mark.parametrize("born", OTHER_DAYS, ids=str)
@pytest.mark.parametrize("names", SURE)
@pytest.mark.parametrize("near", [{"postcode": "M1 1AE"}, {"carers": ["Zoë O'Brien"]}], ids=str)
def test_key_stands_whatever_the_names_and_one_slip_in_the_date(names, near, born):
    stored = replace(facts(**near), **_names_of(SURE[names]))
    row = facts("Maryann" if "joined" in names else "Mary Ann", born=born, **near)
    row = row if names != "a middle name only" else replace(row, given_names="Ann")
    is_sure, is_apart = is_sure_but_apart(row, stored)
    assert is_sure  # or the case would prove nothing
    assert not is_apart


def _names_of(row):
    return {
        "given_names": row.given_names,
        "family_name": row.family_name,
        "former_names": row.former_names,
    }


def identity(day=BORN, **more):
    return Identity((PersonName("Mary", "Smith"),), Born(day, day), **more)


def test_place_has_three_short_keys():
    both = identity(postcodes=("WN1 1AA",), carers=("Zoë O'Brien",))
    assert {key for key in block_keys(both) if key.startswith("WN")} == {
        "WN11AAm1403",
        "WN11AAd1409",
        "WN11AAy0309",
    }
    assert len(block_keys(both)) == 6
    assert max(map(len, block_keys(both))) <= 15


def test_neighbour_and_namesake_share_no_key():
    near = {"postcodes": ("WN1 1AA",), "carers": ("Zoë O'Brien",)}
    assert block_keys(identity(**near)).isdisjoint(block_keys(identity(date(2012, 5, 28), **near)))
    elsewhere = identity(postcodes=("WN1 1AB",), carers=("Zoë Kelly",))
    assert block_keys(identity(**near)).isdisjoint(block_keys(elsewhere))


@pytest.mark.parametrize(
    "no_place",
    [{}, {"postcodes": ("WN1",)}, {"postcodes": ("elsewhere",)}, {"carers": ("", "?")}],
    ids=str,
)
def test_without_a_whole_postcode_or_a_carers_name_there_is_no_key(no_place):
    assert block_keys(identity(**no_place)) == set()


def test_without_a_day_of_birth_there_is_no_key():
    year = Born(date(2014, 1, 1), date(2014, 12, 31))
    assert block_keys(Identity(born=year, postcodes=("WN1 1AA",))) == set()
    assert block_keys(Identity(postcodes=("WN1 1AA",))) == set()


def test_keys_are_bounded_and_the_current_postcode_is_always_among_them():
    many = identity(
        postcodes=("WN1 1AA",),
        carers=tuple("Zoë " + letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz"),
        former_postcodes=tuple(f"M{district} 1AE" for district in range(1, 40)),
    )
    assert len(block_keys(many)) == 3 * MOST_PLACES
    assert block_keys(identity(postcodes=("WN1 1AA",))) < block_keys(many)
