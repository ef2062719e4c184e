"""Mistakes in invented feeds: as often as mistakes.csv says, and as strange as they are in life."""

import gzip
import json
from collections import Counter
from datetime import date, timedelta

import pytest

from indexer.invented import numbers
from indexer.invented.chance import stream
from indexer.invented.england import feed_path, write_england
from indexer.invented.households import make_household
from indexer.invented.mistakes import Heard, in_capitals, is_in_capitals, mishear
from indexer.invented.places import authorities, pick_home
from indexer.invented.slices import Order
from indexer.invented.sources import Case, nhs_number, sources
from indexer.invented.tables import rates

TODAY = date(2026, 11, 1)
HOME, FORMER_HOME = (
    pick_home(stream("home", code), authorities()[code]) for code in ("359", "202")
)
TRUTH = Heard(
    given=("Matthew", "Óscar"),
    family="Stephenson",
    former_family="Kelly",
    born=date(2015, 3, 9),
    sex="male",
    home=HOME,
    former_home=FORMER_HOME,
    is_newborn=True,
)
TIMES = 30_000


@pytest.fixture(scope="module", params=["gp-registration", "social-care-359"])
def heard(request):
    rng = stream("mishear", request.param)
    times = [mishear(rng, request.param, TRUTH, TODAY) for _ in range(TIMES)]
    return rates("mistakes", request.param), times


@pytest.mark.parametrize(
    ("kind", "is_so"),
    [
        ("newborn_without_given_name", lambda one: not one.given),
        ("newborn_called_baby", lambda one: one.given == ("Baby",)),
        (
            "swapped_given_and_family_name",
            lambda one: one.given[:1] in {(TRUTH.family,), ("Kelly",)},
        ),
        ("old_family_name", lambda one: one.family.startswith("K")),
        ("swapped_day_and_month", lambda one: one.born == date(2015, 9, 3)),
        ("wrong_day", lambda one: 0 < abs((one.born - TRUTH.born).days) <= 20),
        ("first_of_january", lambda one: one.born == date(2015, 1, 1)),
        ("old_address", lambda one: one.home is FORMER_HOME),
        ("sex_not_said", lambda one: not one.sex),
    ],
)
def test_mistakes_are_as_frequent_as_the_table_says(heard, kind, is_so):
    rate, times = heard
    made = 100 * sum(is_so(one) for one in times) / TIMES
    assert made == pytest.approx(rate[kind], rel=0.15, abs=0.1)


def test_a_wrong_date_is_never_that_of_someone_else_than_a_child():
    """Born on the last day that still counts: a month earlier and they would not be a child."""
    rng, born = stream("edge"), date(2008, 12, 3)
    edge = Heard(("Ann",), "Lee", "", born, "female", HOME, None, False)
    dates = {mishear(rng, "social-care-359", edge, TODAY).born for _ in range(TIMES)}
    assert min(dates) > date(2008, 12, 1)
    assert date(2008, 12, 4) in dates


def test_half_of_the_authorities_write_in_capitals_and_always_the_same():
    loud = [code for code in authorities() if is_in_capitals("child-benefit", code)]
    assert 0.4 < len(loud) / len(authorities()) < 0.6
    assert not any(is_in_capitals("school-census", code) for code in authorities())


def test_capitals_are_for_names_and_addresses_alone():
    row = {
        "source_record_id": "CB-00000001",
        "given_names": "Zoë",
        "address": {"lines": ["1 High Street"], "town": "Wigan", "postcode": "WN1 1AA"},
        "carers": [{"name": "Ann Lee", "relationship": "mother"}],
        "sex": "female",
    }
    assert in_capitals(row) == {
        "source_record_id": "CB-00000001",
        "given_names": "ZOË",
        "address": {"lines": ["1 HIGH STREET"], "town": "WIGAN", "postcode": "WN1 1AA"},
        "carers": [{"name": "ANN LEE", "relationship": "mother"}],
        "sex": "female",
    }


@pytest.fixture(scope="module")
def england(tmp_path_factory):
    folder = tmp_path_factory.mktemp("england")
    write_england(Order(6_000, 5, TODAY, 0, ("gp-registration", "school-census")), folder)
    return folder


@pytest.fixture(scope="module")
def truth(england):
    return list(map(json.loads, (england / "truth.jsonl").read_text().splitlines()))


@pytest.fixture(scope="module")
def gp_rows(england):
    with gzip.open(feed_path(england, "gp-registration")) as feed:
        return [json.loads(line) for line in feed]


@pytest.mark.parametrize("source", ["gp-registration", "school-census"])
def test_two_in_a_thousand_stand_twice_in_a_source_under_two_ids(truth, source):
    records = Counter(entry["person"] for entry in truth if entry["source"] == source)
    twice = sum(count == 2 for count in records.values())
    assert max(records.values()) == 2
    assert 0.05 < 100 * twice / len(records) < 0.45


def test_some_rows_have_no_postcode_and_some_babies_no_name(gp_rows):
    without = sum("postcode" not in row["address"] for row in gp_rows)
    assert 0.5 < 100 * without / len(gp_rows) < 1.5
    nameless = [row for row in gp_rows if not row.get("given_names")]
    youngest = TODAY - timedelta(days=42 + 21)  # the date may be wrong by twenty days
    assert all(row["date_of_birth"] > str(youngest) for row in nameless)


class Luckless:
    """Chance by which everything happens that can."""

    def random(self):
        return 0.0


@pytest.mark.parametrize("children", [1, 2, 5])
def test_a_number_by_mistake_is_that_of_a_sibling_where_there_is_one(children):
    household = make_household(stream("siblings"), 0, children, TODAY)
    person = household.children[0]
    said = nhs_number(Luckless(), sources()["child-benefit"], Case(household, person, TODAY))
    assert said == numbers.nhs_number(1 if children > 1 else 0)
