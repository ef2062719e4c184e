"""One record from contributions: nothing lost, and the order of arrival plays no part."""

from datetime import date
from itertools import permutations
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer.children.child import Address, Carer, Contribution, Facts, FormerName, Involvement
from indexer.children.combine import UNITED, combine, preferences, renew
from indexer.children.headline import plain

BORN = date(2014, 3, 9)
OTHER, THIRD = date(2014, 4, 9), date(2014, 1, 1)
LOADED = "2026-11-22T00:00:00+00:00"


def contribution(source, **facts):
    said = {"family_name": "Kelly", "date_of_birth": BORN, "authority": "359"} | facts
    return Contribution(source, "1", LOADED, Facts(**said))


def headline(*contributions):
    """The name at the head of the record that these make."""
    facts = combine("1", contributions).facts
    return f"{facts.given_names} {facts.family_name}".strip()


HOME = Address(("1 High Street",), "Wigan", "WN1 1AA")
OLD_HOME = Address(("2 Low Road",), "Leigh", "WN7 1BB")
FOUR = [
    contribution("child-benefit", given_names="Niamh", carers=(Carer("Aoife Kelly", "mother"),)),
    contribution("gp-registration", given_names="Neve", nhs_number="9434765919", address=OLD_HOME),
    contribution("school-census", given_names="Niamh", family_name="Smith", address=OLD_HOME),
    contribution("social-care-359", given_names="Niamh", address=HOME, known_as="Nee"),
]
SCHOOL = Involvement("school", "St Mary's")


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_record_is_the_same_whatever_the_order_of_its_contributions(order):
    assert combine("1", [FOUR[i] for i in order]) == combine("1", FOUR)


NAMES = st.sampled_from(["", "Niamh", "NIAMH", "Níamh", "Niamh Rose", "Baby", "李", "Neve"])
FAMILIES = st.sampled_from(["Kelly", "KELLY", "Smith", "O'Brien", "O’BRIEN", "Łuk", "Luk"])
DAYS = st.sampled_from([BORN, OTHER, THIRD])
FACTS = st.builds(
    Facts,
    FAMILIES,
    DAYS,
    st.sampled_from(["359", "301"]),
    NAMES,
    known_as=NAMES,
    former_names=st.lists(st.builds(FormerName, NAMES, FAMILIES), max_size=2).map(tuple),
    sex=st.sampled_from(["", "female", "not_known"]),
    address=st.sampled_from([None, HOME, OLD_HOME]),
    carers=st.lists(st.builds(Carer, st.sampled_from(["Aoife", "AOIFE"]), NAMES), max_size=2).map(
        tuple
    ),
    involvements=st.lists(
        st.builds(
            Involvement,
            st.sampled_from(["school", "gp"]),
            st.sampled_from(["", "St Mary's"]),
            practitioner=st.sampled_from(["", "J. Ahmed"]),
            phone=st.sampled_from(["", "01632 960001"]),
            start=st.none() | DAYS,
            end=st.none() | DAYS,
            sensitive=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
)
SOURCES = st.sampled_from(["child-benefit", "gp-registration", "school-census", "zoo"])
CONTRIBUTIONS = st.builds(
    Contribution, SOURCES, st.sampled_from("12"), st.just(LOADED), FACTS, st.just((OLD_HOME,))
)
SETS = st.lists(
    CONTRIBUTIONS, min_size=1, max_size=5, unique_by=lambda one: (one.source, one.source_record_id)
)


@given(SETS, st.randoms())
def test_any_contributions_make_one_record_in_any_order_and_again_from_that_record(said, chance):
    child = combine("1", said)
    chance.shuffle(said)
    assert combine("1", said) == child
    assert combine("1", child.contributions) == child


@given(SETS)
def test_no_name_and_no_address_that_anybody_gave_is_lost(said):
    child = combine("1", said)
    facts = child.facts
    kept = {(plain(one.given_names), plain(one.family_name)) for one in facts.former_names}
    kept.add((plain(facts.given_names), plain(facts.family_name)))
    kept.add((plain(facts.known_as), plain(facts.family_name)))
    given = [(one.facts.given_names, one.facts.family_name) for one in said]
    given += [
        (name.given_names, name.family_name) for one in said for name in one.facts.former_names
    ]
    given += [(one.facts.known_as, one.facts.family_name) for one in said if one.facts.known_as]
    assert {(plain(given), plain(family)) for given, family in given} <= kept
    addresses = {one.facts.address for one in said if one.facts.address} | {OLD_HOME}
    assert addresses <= {*child.former_addresses, facts.address}


@given(CONTRIBUTIONS)
def test_source_that_says_again_what_another_says_changes_no_name_and_no_number(one):
    alone = combine("1", [one]).facts
    twice = combine("1", [one, replace(one, source="zzz")]).facts
    assert replace(twice, involvements=()) == replace(alone, involvements=())


def test_every_field_of_a_child_is_preferred_by_a_table_or_united():
    in_table = {*preferences()} - {"names"} | {"given_names", "family_name"}
    assert in_table | UNITED == set(Facts.__struct_fields__)


def test_withdrawn_contribution_leaves_no_trace():
    rest = [FOUR[0], FOUR[3]]
    with_all = combine("1", FOUR)
    left = [one for one in with_all.contributions if one in rest]
    assert combine("1", left) == combine("1", rest)
    assert "Smith" not in {one.family_name for one in combine("1", left).facts.former_names}


def test_every_name_of_every_source_is_kept():
    child = combine("1", FOUR)
    assert (child.facts.given_names, child.facts.family_name) == ("Niamh", "Kelly")
    assert set(child.facts.former_names) == {
        FormerName("Neve", "Kelly"),
        FormerName("Niamh", "Smith"),
    }
    assert child.facts.known_as == "Nee"


@pytest.mark.parametrize(
    ("trusted", "former", "now", "expected"),
    [
        ("Niamh Kelly", "Niamh Kelly", "Niamh Smith", "Niamh Smith"),
        ("Niamh Rose Kelly", "Niamh Kelly", "Niamh Smith", "Niamh Smith"),
        ("Niamh KELLY", "Niamh Kelly", "Niamh Smith", "Niamh Smith"),
        ("Niamh Kelly", " Kelly", "Niamh Smith", "Niamh Smith"),
        ("Samantha Kelly", "Samantha Kelly", "Sam Kelly", "Sam Kelly"),
        # The other only gave a middle name away, and still says Niamh Kelly.
        ("Niamh Kelly", "Niamh Rose Kelly", "Niamh Kelly", "Niamh Kelly"),
        ("Niamh Kelly", "Neve Kelly", "Niamh Smith", "Niamh Kelly"),
        ("Niamh Kelly", " ", "Niamh Smith", "Niamh Kelly"),
    ],
)
def test_name_that_another_source_calls_former_is_not_the_headline(trusted, former, now, expected):
    assert headline(named("child-benefit", trusted), named("zoo", now, former)) == expected


def named(source, name, former=""):
    given, _, family = name.rpartition(" ")
    said = contribution(source, given_names=given, family_name=family)
    given, _, family = former.rpartition(" ")
    names = (FormerName(given, family),) if former else ()
    return replace(said, facts=replace(said.facts, former_names=names))


def test_where_each_calls_the_others_name_former_the_table_decides():
    first = named("child-benefit", "Ann Kelly", "Ann Smith")
    assert headline(first, named("zoo", "Ann Smith", "Ann Kelly")) == "Ann Kelly"


@pytest.mark.parametrize(
    ("trusted", "other", "expected"),
    [
        ("NIAMH SMITH", "Niamh Smith", "Niamh Smith"),
        ("Niamh O'BRIEN", "Niamh O'Brien", "Niamh O'Brien"),
        ("niamh smith", "Niamh Smith", "Niamh Smith"),
        ("Jose Garcia", "José García", "José García"),
        ("JOSE GARCIA", "José GARCÍA", "José GARCÍA"),
        ("Lukasz Nowak", "Łukasz Nowak", "Łukasz Nowak"),
        ("NIAMH SMITH", "Neve Smith", "NIAMH Smith"),
        ("NIAMH SMITH", "Niamh Rose Smith", "NIAMH Smith"),
        ("Ivan Petrov", "Иван Петров", "Ivan Petrov"),
        ("李 王", "Li Wang", "李 王"),
    ],
)
def test_headline_is_the_trusted_name_as_the_most_careful_source_spells_it(
    trusted, other, expected
):
    assert headline(named("child-benefit", trusted), named("zoo", other)) == expected


@pytest.mark.parametrize(
    "given", ["", "Baby", "BABY BOY", "Baby girl", "Baby of Aoife", "Twin 2", "Infant", "Unknown"]
)
def test_child_who_has_a_name_is_not_called_baby(given):
    first = contribution("child-benefit", given_names=given, family_name="Jones")
    other = contribution("zoo", given_names="Niamh")
    assert headline(first, other) == "Niamh Kelly"
    assert FormerName(given, "Jones") in combine("1", [first, other]).facts.former_names


@pytest.mark.parametrize("given", ["Babs", "Twinkle", "Babyface", "Malek"])
def test_name_that_only_begins_so_is_a_name(given):
    first = contribution("child-benefit", given_names=given)
    assert headline(first, contribution("zoo", given_names="Niamh")) == f"{given} Kelly"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"child-benefit": OTHER, "gp-registration": BORN}, OTHER),
        ({"child-benefit": OTHER, "gp-registration": BORN, "zoo": BORN}, BORN),
        ({"child-benefit": THIRD, "gp-registration": BORN, "zoo": BORN}, BORN),
        ({"child-benefit": OTHER, "gp-registration": BORN, "zoo": THIRD}, OTHER),
        ({"child-benefit": OTHER, "a": OTHER, "b": BORN, "c": BORN, "d": BORN}, OTHER),
    ],
)
def test_date_that_stands_alone_yields_to_one_that_two_sources_agree_on(dates, expected):
    said = [contribution(source, date_of_birth=born) for source, born in dates.items()]
    assert combine("1", said).facts.date_of_birth == expected


def test_two_records_of_one_source_do_not_outvote_another():
    first = contribution("child-benefit", date_of_birth=OTHER)
    again = replace(contribution("zoo"), source_record_id="2")
    assert combine("1", [first, contribution("zoo"), again]).facts.date_of_birth == OTHER


def test_address_of_the_most_trusted_source_is_current_and_the_others_are_kept():
    child = combine("1", FOUR)
    assert child.facts.address == HOME
    assert child.former_addresses == (OLD_HOME,)


def test_carers_of_several_sources_are_one_by_name_and_complete_each_other():
    first = contribution("child-benefit", carers=(Carer("Aoife Kelly", "mother"),))
    second = contribution("school-census", carers=(Carer("AOIFE KELLY", phone="01632 960001"),))
    child = combine("1", [first, second])
    assert child.facts.carers == (Carer("Aoife Kelly", "mother", "01632 960001"),)


def services(*involvements):
    """What two sources' involvements come to, one a source."""
    said = [
        contribution(source, involvements=(one,))
        for source, one in zip(ascii_uppercase.lower(), involvements, strict=False)
    ]
    return combine("1", said).facts.involvements


def test_involvement_says_which_source_told_us():
    child = combine("1", [contribution("school-census", involvements=(Involvement("school"),))])
    assert child.facts.involvements == (Involvement("school", source="school-census"),)


def test_service_that_two_sources_tell_of_is_one_and_names_both():
    early, late = date(2018, 9, 1), date(2019, 1, 1)
    first = replace(SCHOOL, practitioner="J. Ahmed", start=late)
    second = replace(SCHOOL, organisation="ST MARY'S", phone="01632 960001", start=early, lead=True)
    united = replace(first, phone="01632 960001", start=early, lead=True, source="a b")
    assert services(first, second) == (united,)


@pytest.mark.parametrize(
    "change",
    [
        {"service": "school_nurse"},
        {"organisation": "St Paul's"},
        {"practitioner": "K. Jones"},
        {"phone": "01632 960002"},
        {"end": date(2020, 1, 1)},
    ],
    ids=str,
)
def test_services_that_differ_in_what_a_caller_needs_stay_apart(change):
    first = replace(SCHOOL, practitioner="J. Ahmed", phone="01632 960001")
    assert len(services(first, replace(first, **change))) == 2


def test_service_without_an_organisation_is_taken_for_no_other():
    assert len(services(Involvement("gp"), Involvement("gp"))) == 2


def test_sensitive_service_comes_last_without_source_or_place():
    hidden = Involvement("other", "Clinic", practitioner="A. Doe", sensitive=True)
    assert services(hidden, SCHOOL, hidden) == (
        replace(SCHOOL, source="b"),
        Involvement("sensitive", sensitive=True),
    )


def test_new_row_keeps_the_name_and_the_address_of_the_one_it_replaces():
    before = contribution("school-census", given_names="Ann", address=OLD_HOME, known_as="Nan")
    now = contribution("school-census", given_names="Ann", family_name="Smith", address=HOME)
    child = combine("1", [renew(before, now)])
    assert child.facts.family_name == "Smith"
    assert child.facts.former_names == (FormerName("Ann", "Kelly"), FormerName("Nan", "Kelly"))
    assert child.former_addresses == (OLD_HOME,)


def test_name_that_comes_back_is_not_its_own_former_name():
    kelly = contribution("school-census", given_names="Ann")
    smith = contribution("school-census", given_names="Ann", family_name="Smith")
    child = combine("1", [renew(renew(kelly, smith), kelly)])
    assert child.facts.former_names == (FormerName("Ann", "Smith"),)


def test_same_row_again_changes_nothing():
    once = renew(None, FOUR[3])
    assert renew(once, FOUR[3]) == once
