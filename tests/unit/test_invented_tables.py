"""The tables of invented England: whole, and picked from as often as they say."""

import re
from collections import Counter, defaultdict

import pytest

from indexer.invented.chance import Weighted, stream
from indexer.invented.names import family_name, form_for, given_names, origins
from indexer.invented.places import authorities, districts
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


def test_every_source_has_rates_for_the_same_mistakes():
    kinds = defaultdict(set)
    for row in rows("mistakes"):
        kinds[row["source"]].add(row["kind"])
    assert set(kinds) == {row["source"] for row in rows("sources")}
    assert len({frozenset(group) for group in kinds.values()}) == 1
