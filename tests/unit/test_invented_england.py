"""Invented England: repeatable, true to the format, and as large and mixed as it says."""

import gzip
import json
import re
import shutil
from collections import Counter, defaultdict
from datetime import date

import pytest

from indexer.errors import Refused
from indexer.invented.england import write_england
from indexer.invented.slices import Order

TODAY = date(2026, 11, 1)
CHILDREN = 4_000
BAD_ROWS = 60
SOURCES = ("school-census", "gp-registration", "child-benefit", "social-care-359")
FIELDS = {
    "source_record_id", "nhs_number", "upn", "given_names", "family_name", "known_as",
    "former_names", "date_of_birth", "date_of_death", "sex", "address", "authority", "carers",
    "involvements",
}  # fmt: skip
SERVICES = {
    "school", "gp", "health_visitor", "school_nurse", "social_worker", "police", "youth_justice",
    "voluntary", "other",
}  # fmt: skip
# BS 7666's form of a postcode.
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}")
DRAMA_PHONE = re.compile(
    r"(01632 960|020 7946 0|07700 900|011[3-8] 496 0|01[25]1 496 0|0161 496 0|0191 498 0)\d{3}"
)


def is_nhs_number(text):
    digits = [int(sign) for sign in text.replace(" ", "")]
    return (
        len(digits) == 10
        and sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11
        == 0
    )


def is_upn(text):
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    return (
        bool(re.fullmatch(r"[A-Z]\d{12}", text))
        and letters[sum((place + 2) * int(digit) for place, digit in enumerate(text[1:])) % 23]
        == text[0]
    )


def is_child_born(text):
    born = date.fromisoformat(text)
    return born <= TODAY < date(born.year + 18, born.month, min(born.day, 28))


def is_involvement(entry):
    return (
        entry["service"] in SERVICES
        and date.fromisoformat(entry["from"]) <= TODAY
        and entry["to"] is None
        and entry["email"].endswith("@example.org")
        and bool(DRAMA_PHONE.fullmatch(entry["phone"]))
    )


def is_right(line):
    """The rules of FORMATS.md again, by simple code that shares nothing with the product's."""
    try:
        row = json.loads(line)
        return (
            set(row) <= FIELDS
            and 1 <= len(row["source_record_id"]) <= 64
            and 1 <= len(row["family_name"]) <= 100
            and is_child_born(row["date_of_birth"])
            and is_nhs_number(row.get("nhs_number", "9434765919"))
            and is_upn(row.get("upn", "B801200005001"))
            and row.get("sex", "female") in {"female", "male"}
            and row["date_of_birth"] <= row.get("date_of_death", str(TODAY)) <= str(TODAY)
            and bool(POSTCODE.fullmatch(row["address"].get("postcode", "WN1 1AA")))
            and bool(re.fullmatch(r"\d{3}", row["authority"]))
            and all(DRAMA_PHONE.fullmatch(carer["phone"]) for carer in row.get("carers", []))
            and all(is_involvement(entry) for entry in row.get("involvements", []))
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def lines_of(folder, source):
    with gzip.open(folder / f"{source}.jsonl.gz") as file:
        return file.read().splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("england")
    write_england(Order(CHILDREN, 7, TODAY), out)
    return out


@pytest.fixture(scope="module")
def rows(folder):
    return {source: [json.loads(line) for line in lines_of(folder, source)] for source in SOURCES}


@pytest.fixture(scope="module")
def truth(folder):
    entries = map(json.loads, (folder / "truth.jsonl").read_text().splitlines())
    return {(entry["source"], entry["source_record_id"]): entry["person"] for entry in entries}


@pytest.fixture(scope="module")
def people(rows, truth):
    """Person → source → row: the first, of those that a source has twice."""
    known = defaultdict(dict)
    for source, of_source in rows.items():
        for row in of_source:
            known[truth[source, row["source_record_id"]]].setdefault(source, row)
    return known


def test_same_order_gives_the_same_bytes(folder, tmp_path):
    write_england(Order(CHILDREN, 7, TODAY), tmp_path)
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([*(f"{source}.jsonl.gz" for source in SOURCES), "truth.jsonl"])
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_another_seed_gives_other_children(rows, tmp_path):
    write_england(Order(50, 8, TODAY), tmp_path)
    ours = lines_of(tmp_path, "gp-registration")
    names = [json.loads(line)["family_name"] for line in ours]
    assert names != [row["family_name"] for row in rows["gp-registration"][: len(names)]]


def test_a_larger_england_begins_with_the_smaller(folder, tmp_path):
    write_england(Order(1_800, 7, TODAY), tmp_path)
    for source in SOURCES:
        small = lines_of(tmp_path, source)
        assert small == lines_of(folder, source)[: len(small)]


@pytest.mark.parametrize("source", SOURCES)
def test_every_row_keeps_the_rules_of_the_format(folder, source):
    wrong = [number for number, line in enumerate(lines_of(folder, source)) if not is_right(line)]
    assert wrong == []


@pytest.mark.parametrize("source", SOURCES)
def test_record_ids_are_unique_in_a_feed(rows, source):
    ids = [row["source_record_id"] for row in rows[source]]
    assert len(set(ids)) == len(ids) > 0


def test_truth_is_exactly_the_rows(rows, truth):
    assert set(truth) == {
        (source, row["source_record_id"]) for source in SOURCES for row in rows[source]
    }


def test_nearly_every_child_is_known_to_someone(people):
    assert len(people) > 0.995 * CHILDREN
    assert max(people) == CHILDREN - 1


def test_bytes_do_not_depend_on_the_number_of_processes(tmp_path):
    order = Order(9_000, 3, TODAY, 10)
    for processes in (1, 2):
        write_england(order, tmp_path / str(processes), processes=processes)
    for path in (tmp_path / "1").iterdir():
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes()


def test_a_source_says_the_same_whichever_others_are_written(folder, tmp_path):
    counts = write_england(Order(CHILDREN, 7, TODAY, 0, ("child-benefit",)), tmp_path)
    assert list(counts) == ["child-benefit"]
    assert {path.name for path in tmp_path.iterdir()} == {"child-benefit.jsonl.gz", "truth.jsonl"}
    assert lines_of(tmp_path, "child-benefit") == lines_of(folder, "child-benefit")


@pytest.mark.parametrize("field", ["nhs_number", "upn"])
def test_a_number_belongs_to_one_person_and_a_person_has_one_number(people, field):
    owners = defaultdict(set)
    for person, known in people.items():
        for row in known.values():
            if field in row:
                owners[row[field].replace(" ", "")].add(person)
    owned = Counter(person for persons in owners.values() for person in persons)
    assert max(map(len, owners.values())) == 1
    assert max(owned.values()) == 1


def test_nhs_numbers_are_of_the_range_for_tests(rows):
    known = [row["nhs_number"] for row in rows["gp-registration"] if "nhs_number" in row]
    assert all(number.startswith("999") for number in known)


def percent(part, whole):
    return 100 * part / whole


@pytest.mark.parametrize(
    ("source", "field", "expected", "tolerance"),
    [
        ("gp-registration", "nhs_number", 100, 0.3),
        ("school-census", "nhs_number", 70, 3),
        ("school-census", "upn", 100, 0),
        ("child-benefit", "nhs_number", 60, 3),
        ("child-benefit", "carers", 100, 0),
        ("child-benefit", "involvements", 0, 0),
        ("social-care-359", "nhs_number", 80, 12),
        ("social-care-359", "involvements", 100, 0),
    ],
)
def test_sources_know_the_share_of_a_field_that_they_should(
    rows, source, field, expected, tolerance
):
    known = percent(sum(field in row for row in rows[source]), len(rows[source]))
    assert abs(known - expected) <= tolerance


@pytest.mark.parametrize(
    ("source", "expected", "tolerance"),
    [("gp-registration", 99, 1), ("child-benefit", 96, 1.5), ("social-care-359", 3, 1.2)],
)
def test_sources_know_the_share_of_children_that_they_should(rows, source, expected, tolerance):
    assert abs(percent(len(rows[source]), CHILDREN) - expected) <= tolerance


def test_the_school_census_knows_nobody_who_has_not_started_school(people):
    for known in people.values():
        row = known.get("school-census")
        if row and len({other["date_of_birth"] for other in known.values()}) == 1:
            assert date.fromisoformat(row["date_of_birth"]) < date(TODAY.year - 4, 9, 1)


def test_ages_are_spread_over_all_of_childhood(rows):
    years = Counter(row["date_of_birth"][:4] for row in rows["gp-registration"])
    whole_years = [years[str(year)] for year in range(2009, 2026)]
    assert min(whole_years) > 0.7 * CHILDREN / 18
    assert max(whole_years) < 1.3 * CHILDREN / 18


def test_siblings_share_address_and_carers_but_no_given_name(rows):
    homes = defaultdict(list)
    for row in rows["child-benefit"]:
        homes[json.dumps(row["carers"]), json.dumps(row["address"])].append(row)
    families = [home for home in homes.values() if len(home) > 1]
    assert len(families) > CHILDREN / 8
    assert max(map(len, families)) <= 5
    different = [
        len({row["given_names"].split()[0] for row in home}) == len(home) for home in families
    ]
    assert percent(sum(different), len(different)) > 99  # a short name can be that of a sibling


def test_some_siblings_are_twins(rows):
    births = Counter(
        (json.dumps(row["carers"]), row["date_of_birth"]) for row in rows["child-benefit"]
    )
    twins = sum(count for count in births.values() if count == 2)
    assert 0.5 <= percent(twins, CHILDREN) <= 5


def plain(value):
    """The text of a field, whether or not in capitals; of an address, without the postcode."""
    return json.dumps(value["lines"] if isinstance(value, dict) else value).casefold()


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("family_name", 2, 12), ("date_of_birth", 0.5, 4), ("address", 1, 12)],
)
def test_sources_differ_about_the_same_child_now_and_then(people, field, least, most):
    pairs = [
        (known["gp-registration"], known["child-benefit"])
        for known in people.values()
        if {"gp-registration", "child-benefit"} <= set(known)
    ]
    differing = sum(plain(one[field]) != plain(other[field]) for one, other in pairs)
    assert least <= percent(differing, len(pairs)) <= most


def test_family_names_are_many_and_the_commonest_are_the_known_ones(rows):
    names = Counter(row["family_name"] for row in rows["gp-registration"])
    assert len(names) > CHILDREN / 4
    top_five = [name for name, _ in names.most_common(5)]
    assert {"Smith", "Jones"} <= set(top_five)  # England's two commonest
    assert names[top_five[0]] < 0.03 * CHILDREN


def test_sensitive_services_are_marked(rows):
    entries = [entry for row in rows["social-care-359"] for entry in row.get("involvements", [])]
    assert any(entry["sensitive"] for entry in entries)
    for entry in entries:
        if "Sexual Health" in entry["organisation"] or "Drug" in entry["organisation"]:
            assert entry["sensitive"]


def test_bad_rows_are_as_many_as_asked_for_and_no_good_row_is_lost(folder, tmp_path):
    write_england(Order(CHILDREN, 7, TODAY, BAD_ROWS), tmp_path)
    wrong = 0
    for source in SOURCES:
        lines = lines_of(tmp_path, source)
        wrong += sum(not is_right(line) for line in lines)
        assert [line for line in lines if is_right(line)] == lines_of(folder, source)
    assert wrong == BAD_ROWS


def test_more_bad_rows_than_children_can_be_had(tmp_path):
    counts = write_england(Order(1, 1, TODAY, 200), tmp_path)
    lines = [line for source in SOURCES for line in lines_of(tmp_path, source)]
    assert sum(not is_right(line) for line in lines) == 200
    assert sum(counts.values()) == len(lines)


@pytest.mark.parametrize("today", [date(2028, 2, 29), date(2027, 1, 1), date(2026, 9, 1)])
def test_children_are_under_18_and_born_on_any_day_it_is_made(today, tmp_path):
    write_england(Order(500, 3, today), tmp_path)
    for source in SOURCES:
        for line in lines_of(tmp_path, source):
            born = date.fromisoformat(json.loads(line)["date_of_birth"])
            assert date(today.year - 18, today.month, min(today.day, 28)) < born <= today


@pytest.mark.parametrize(("children", "bad_rows"), [(0, 0), (-5, 0), (10, -1), (10**9, 0)])
def test_an_impossible_order_is_refused(children, bad_rows):
    with pytest.raises(Refused):
        Order(children, 1, TODAY, bad_rows)


def test_an_unknown_source_is_refused_with_the_names_there_are():
    with pytest.raises(Refused, match=r"gp-register.*gp-registration"):
        Order(10, 1, TODAY, 0, ("gp-register",))


def test_a_disk_too_full_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(Refused, match=r"need about 5\.6 GB .* 0\.0 GB free"):
        write_england(Order(11_000_000, 1, TODAY), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_size_that_is_foretold_is_near_the_size_on_disk(folder):
    size = sum(path.stat().st_size for path in folder.iterdir())
    foretold = Order(CHILDREN, 7, TODAY).bytes_needed
    assert 0.9 * foretold < size < 1.1 * foretold


def test_a_folder_that_cannot_be_is_refused_and_nothing_half_made_stays(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refused, match="cannot write"):
        write_england(Order(10, 1, TODAY), tmp_path / "file" / "out")


def test_a_run_that_breaks_off_leaves_no_feed(tmp_path):
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_england(Order(10, 1, TODAY), tmp_path, stop)
    assert list(tmp_path.iterdir()) == []
