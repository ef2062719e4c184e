"""The tables of invented England: whole, and picked from as often as they say."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from indexer.invented.chance import Weighted, stream
from indexer.invented.mistakes import SLIPS
from indexer.invented.names import family_name, first_name, form_for, given_names, origins
from indexer.invented.people import pick_death
from indexer.invented.places import authorities, districts
from indexer.invented.sources import sources
from indexer.invented.tables import rows

# ONS, Census 2021, TS021, England, per cent.
CENSUS = {
    "White: English, Welsh, Scottish, Northern Irish or British": 73.5,
    "White: Other White": 6.3,
    "Asian: Indian": 3.3,
    "Asian: Pakistani": 2.8,
    "Black: African": 2.6,
    "Mixed: all four groups": 3.0,
}


def test_origins_divide_the_groups_of_the_census():
    groups = defaultdict(float)
    for row in rows("origins"):
        groups[row["census_group"]] += float(row["percent"])
    assert sum(groups.values()) == pytest.approx(100, abs=0.3)
    assert {group: groups[group] for group in CENSUS} == pytest.approx(CENSUS, abs=0.01)


def test_a_weighted_pick_is_as_frequent_as_its_weight():
    rng = stream("weights")
    weighted = Weighted([("often", 3), ("seldom", 1), ("never", 0)])
    picked = Counter(weighted.pick(rng) for _ in range(20_000))
    assert picked["often"] / 20_000 == pytest.approx(0.75, abs=0.02)
    assert picked["never"] == 0


def test_every_origin_has_names_for_girls_boys_and_families():
    for origin in {origin.name for origin in origins().values}:
        rng = stream("names", origin)
        for sex in ("female", "male"):
            assert len(given_names(origin, sex, 2015).values) >= 40
        assert len({family_name(rng, origin) for _ in range(2_000)}) > 60


def test_fashion_changes_with_the_year_of_birth():
    def times_named(year):
        rng = stream("fashion")
        return Counter(given_names("english", "female", year).pick(rng) for _ in range(20_000))

    assert times_named(2008)["Jessica"] > 2 * times_named(2026)["Jessica"]
    assert times_named(2026)["Margot"] > 2 * times_named(2008)["Margot"]


@pytest.mark.parametrize(
    ("family", "origin", "sex", "form"),
    [
        ("Kowalski", "polish", "female", "Kowalska"),
        ("Kowalski", "polish", "male", "Kowalski"),
        ("Nowak", "polish", "female", "Nowak"),
        ("Ivanov", "slavic", "female", "Ivanova"),
        ("Martin", "english", "female", "Martin"),
    ],
)
def test_family_names_take_the_form_of_the_language(family, origin, sex, form):
    assert form_for(family, origin, sex) == form


def test_every_authority_has_towns_and_proper_postcode_districts():
    assert set(districts()) == set(authorities())
    for pairs in districts().values():
        for _, district in pairs:
            assert re.fullmatch(r"[A-Z]{1,2}[0-9][0-9A-Z]?", district)


def test_every_mistake_of_the_table_is_made_and_the_other_way_round():
    elsewhere = {
        *("in_capitals", "no_postcode", "number_of_a_sibling"),
        *("twice", "twice_without_nhs_number"),
    }
    assert {row["kind"] for row in rows("mistakes")} == {*SLIPS, *elsewhere}
    assert set(rows("mistakes")[0]) == {"kind", *sources()}


def test_top_names_of_2023_are_as_frequent_as_registered():
    """ONS, baby names in England and Wales 2023: per cent of 303,200 boys and 287,900 girls."""
    registered = {"male": {"Muhammad": 1.54, "Noah": 1.45}, "female": {"Olivia": 1.01}}
    for sex, names in registered.items():
        rng = stream("2023", sex)
        given = Counter(first_name(rng, origins().pick(rng), sex, 2023) for _ in range(60_000))
        for name, share in names.items():
            assert given[name] / 600 == pytest.approx(share, rel=0.25)


def test_commonest_family_names_are_as_frequent_as_known():
    """Of deaths in England and Wales 1984-97, times the share of White British in 2021."""
    rng = stream("families")
    names = Counter(family_name(rng, origins().pick(rng).name) for _ in range(60_000))
    for name, share in {"Smith": 1.37, "Jones": 1.14, "Taylor": 0.63, "Brown": 0.58}.items():
        assert names[name] / 600 == pytest.approx(share * 0.735, rel=0.25)


def test_fewer_than_one_in_a_thousand_died_in_the_last_year_and_most_of_them_as_infants():
    rng, today = stream("deaths"), date(2026, 11, 1)
    days = [today - timedelta(days=1 + place % 6_500) for place in range(400_000)]
    died = [(born, pick_death(rng, born, today)) for born in days]
    ages = [(day - born).days for born, day in died if day]
    assert 80 <= len(ages) <= 180  # of 22,000 infants 3.9 in 1,000; of the others 1 in 10,000
    assert 0.5 < sum(age < 365 for age in ages) / len(ages) < 0.9
