"""The evaluation measures what it says: errors, halves, namesakes, ceilings, figures."""

import ast
import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from types import SimpleNamespace
from xml.etree import ElementTree

import orjson
import pytest

from tests.benchmarks.evaluation import births, classes, figures, postgres, textbook
from tests.benchmarks.evaluation.births import ALL, Beside, Span
from tests.benchmarks.evaluation.cases import Case, draw_cases, of_half
from tests.benchmarks.evaluation.classes import CLASSES
from tests.benchmarks.evaluation.feed_rows import FormerName, Meant, read_children
from tests.benchmarks.evaluation.hand_written import (
    hand_written_cases,
    read_hand_written,
    write_feed,
)
from tests.benchmarks.evaluation.namesakes import Crowd, count_namesakes
from tests.benchmarks.evaluation.origins import origin_of
from tests.benchmarks.evaluation.outcomes import Costly, Outcome, Throughput, percentile
from tests.benchmarks.evaluation.pools import draw_children
from tests.benchmarks.evaluation.report import Report, write_misses, write_report
from tests.benchmarks.evaluation.side_by_side import some_of_each
from tests.benchmarks.evaluation.tables import table
from tests.benchmarks.evaluation.truth import rows_of_same_person
from tests.benchmarks.evaluation.typed import typed
from tests.benchmarks.evaluation.typing_slips import distance

EVALUATION = Path(classes.__file__).parent
TODAY = date(2026, 11, 22)
BY_NAME = {one.name: one for one in CLASSES}


def child(given="Robert James", family="Thompson-Reid", born="2014-03-09", **more):
    values = {"known_as": "", "former": (), "postcode": "WN1 1AA", "row": "gp:1"} | more
    return Meant(given=tuple(given.split()), family=family, born=born, **values)


ROBERT = child(known_as="Jamie", former=(FormerName("Robert", "Kelly"),))
LUCJA = child("Łucja Zofia", "Wiśniewska", row="gp:2")
OF_CLASS = {
    **dict.fromkeys(BY_NAME, (ROBERT, "english")),
    "two_edits_middle": (child("Robert", "Walker"), "english"),
    "family": (child("Sean", "Clarke"), "irish"),
    "accents": (LUCJA, "polish"),
    "script": (child("Dmitry", "Gorbatov"), "slavic"),
    "split": (child("Oluwaseun", "Adeyemi"), "nigerian"),
}


def made(name, seed=1):
    meant, origin = OF_CLASS[name]
    return meant, BY_NAME[name].make(meant, origin, Random(seed))


@pytest.mark.parametrize("name", BY_NAME)
def test_class_of_error_is_the_same_for_the_same_chance(name):
    assert [made(name, seed) for seed in range(20)] == [made(name, seed) for seed in range(20)]


@pytest.mark.parametrize("name", sorted(BY_NAME.keys() - {"exact", "missing_middle"}))
def test_class_of_error_changes_what_is_typed(name):
    meant, done = made(name)
    assert done.words.casefold() != f"{meant.first} {meant.family}".casefold()


def words_of(name, tries=60):
    return {made(name, seed)[1].words for seed in range(tries)}


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("one_edit_given", 1, 0),
        ("one_edit_family", 0, 1),
        ("edit_in_each", 1, 1),
    ],
)
def test_one_edit_is_one_edit_in_the_right_word(name, given, family):
    for seed in range(100):
        meant, done = made(name, seed)
        found = (distance(done.given, meant.first), distance(done.family, meant.family))
        assert found == (given, family)


@pytest.mark.parametrize("name", ["two_edits_long", "two_edits_middle"])
def test_two_edits_are_two_in_one_word(name):
    for seed in range(100):
        meant, done = made(name, seed)
        found = {distance(done.given, meant.first), distance(done.family, meant.family)}
        assert found == {0, 2}


def test_two_edits_need_a_word_of_their_length():
    short = child("Ann", "Lee")
    assert classes.two_edits_long(short, "english", Random(1)) is None
    assert classes.two_edits_middle(short, "english", Random(1)) is None


def test_all_kinds_of_edit_are_made():
    kinds = Counter(made("one_edit_given", seed)[1].detail for seed in range(300))
    assert len(kinds) == 6


def test_first_letter_errors_leave_the_rest_of_the_word():
    for seed in range(100):
        meant, done = made("first_letter", seed)
        halves = ((done.given, meant.first), (done.family, meant.family))
        wrong, right = next(pair for pair in halves if pair[0] != pair[1])
        assert wrong.casefold().endswith(right[2:].casefold())
        assert distance(wrong, right) == 1


def test_words_of_two_letters_have_no_edit():
    assert classes.one_edit_family(child("Mei", "Li"), "chinese", Random(1)) is None


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("exact", "Robert James Thompson-Reid"),
        ("missing_middle", "Robert Thompson-Reid"),
        ("nickname", "Bobby Thompson-Reid"),
        ("family", "Shaun Clarke"),
        ("accents", "Lucja Wisniewska"),
        ("script", "Дмитрий Горбатов"),
        ("swapped", "Thompson-Reid Robert"),
        ("swapped", "Thompson-Reid, Robert"),
        ("joined", "Robert Thompsonreid"),
        ("joined", "Robertjames Thompson-Reid"),
        ("split", "Oluwa Seun Adeyemi"),
        ("hyphen", "Robert Thompson Reid"),
        ("hyphen", "Robert-James Thompson-Reid"),
        ("part_of_double", "Robert Reid"),
        ("part_of_double", "Robert Thompson"),
        ("initials", "R Thompson-Reid"),
        ("initials", "R J Thompson-Reid"),
        ("prefix", "Robe Thompson-Reid"),
        ("former_name", "Robert Kelly"),
        ("known_as", "Jamie Thompson-Reid"),
        ("honorific", "Master Robert Thompson-Reid"),
    ],
)
def test_class_of_error_types_what_it_is_named_for(name, one):
    assert one in words_of(name)


def test_sounds_are_written_by_the_rules_of_the_origin():
    found = {classes.sound(child("Jan", "Krawczyk"), "polish", Random(n)).family for n in range(80)}
    assert "Kravczyk" in found
    assert "Krawchyk" in found


def test_extra_given_name_is_one_that_the_child_has_not():
    _, done = made("extra_given")
    first, extra = done.given.split()
    assert first == "Robert"
    assert extra not in ROBERT.given


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("nickname", child("Zzyzx")),
        ("family", child("Zzyzx", "Qwrtp")),
        ("accents", child("Zzyzx", "Qwrtp")),
        ("script", child("Zzyzx", "Qwrtp")),
        ("joined", child("Ann", "Lee")),
        ("hyphen", child("Ann", "Lee")),
        ("split", child("Ann", "Lee")),
        ("part_of_double", child("Ann", "Lee")),
        ("prefix", child("Ann", "Lee")),
        ("missing_middle", child("Ann", "Lee")),
        ("former_name", child("Ann", "Lee")),
        ("known_as", child("Ann", "Lee")),
    ],
)
def test_error_that_cannot_happen_is_not_made(name, meant):
    assert BY_NAME[name].make(meant, "english", Random(1)) is None


@pytest.mark.parametrize("name", ["nicknames", "spellings", "scripts"])
def test_tables_hold_pairs_of_different_names(name):
    first, second, *_ = table(name)[0]
    assert all(row[first] and row[second] and row[first] != row[second] for row in table(name))


def beside(name, seed=1, meant=ROBERT):
    return births.BIRTH_CLASSES[name][1](meant, TODAY, Random(seed))


def test_day_and_month_are_swapped():
    said = beside("day_and_month_swapped")
    assert (said.meant, said.typed) == (births.on("2014-03-09"), births.on("2014-09-03"))
    assert beside("day_and_month_swapped", meant=child(born="2014-03-13")) is None


def test_one_wrong_digit_is_another_day_with_one_digit_different():
    for seed in range(100):
        wrong = beside("one_digit_wrong", seed).typed.since
        assert sum(a != b for a, b in zip(wrong, "2014-03-09", strict=True)) == 1
        date.fromisoformat(wrong)


def test_year_one_off_is_the_year_before_or_after():
    years = {beside("year_one_off", seed).typed.since[:4] for seed in range(40)}
    assert years == {"2013", "2015"}
    assert beside("year_one_off", meant=child(born="2026-01-05")).typed.since[:4] == "2025"


@pytest.mark.parametrize(
    ("born", "is_that_old"),
    [("2014-11-22", True), ("2014-11-23", False), ("2013-11-23", True), ("2013-11-22", False)],
)
def test_age_means_the_children_who_are_that_old(born, is_that_old):
    said = beside("age", meant=child(born="2014-03-09"))
    assert said.text == "aged 12"
    assert said.meant.holds(child(born=born)) is is_that_old


def test_postcode_is_typed_in_part_or_with_one_wrong_sign():
    assert beside("postcode_outward").text == "WN1"
    assert beside("postcode_outward").meant.holds(child(postcode="WN1 9ZZ"))
    assert not beside("postcode_outward").meant.holds(child(postcode="WN11 9ZZ"))
    for seed in range(50):
        wrong = beside("postcode_one_wrong", seed).text
        assert sum(a != b for a, b in zip(wrong, "WN1 1AA", strict=True)) == 1


def test_dates_are_typed_as_people_write_them():
    texts = {births.full_date(ROBERT, TODAY, Random(seed)).text for seed in range(60)}
    assert {"2014-03-09", "09/03/2014", "09 March 2014"} <= texts


def case_of(meant, error="exact", done=None, said=None, **more):
    said = said or Beside("", ALL, ALL)
    values = {"criterion": "name", "origin": "english", "entry": meant.row} | more
    family = BY_NAME[error].family if error in BY_NAME else ""
    return Case(error, family, row=meant.row, name=done or typed(meant), beside=said, **values)


def crowd_of(case, *others):
    return count_namesakes([case], [ROBERT, *others])[0]


def test_namesakes_bear_the_same_name_under_the_same_criteria():
    others = [child(row="gp:3", given="ROBERT Paul"), child(row="gp:4", born="2015-01-01")]
    year = births.year(ROBERT, TODAY, Random(1))
    assert crowd_of(case_of(ROBERT), *others).alike == 3
    assert crowd_of(case_of(ROBERT, said=year), *others).alike == 2


def test_with_every_given_name_typed_only_those_are_alike():
    done = classes.exact(ROBERT, "english", Random(1))
    others = [child("Robert", row="gp:3"), child("Robert James", row="gp:4")]
    crowd = crowd_of(case_of(ROBERT, done=done), *others)
    assert (crowd.alike, crowd.before) == (2, 0)


def test_known_as_and_former_names_are_names():
    other = child("Liam", "Thompson-Reid", row="gp:3", known_as="Robert")
    former = child("Robert", "Jones", row="gp:4", former=(FormerName("", "Thompson-Reid"),))
    assert crowd_of(case_of(ROBERT), other, former).alike == 3


def test_who_bears_the_typed_name_comes_before_and_is_not_counted_twice():
    done = typed(ROBERT, given="Jamie", detail="x")
    other = child("Jamie", row="gp:3")
    crowd = crowd_of(case_of(ROBERT, "nickname", done), other)
    assert (crowd.alike, crowd.before) == (1, 1)


def test_part_of_a_double_name_means_all_who_have_it_and_first_those_who_have_no_more():
    done = replace(
        typed(ROBERT, family="Reid"), name=classes.Name("part", "robert", "reid"), detail=""
    )
    others = [child("Robert", "Reid", row="gp:3"), child("Robert", "Reid-Jones", row="gp:4")]
    crowd = crowd_of(case_of(ROBERT, "part_of_double", done), *others)
    assert (crowd.alike, crowd.before) == (2, 1)


def test_initials_and_beginnings_mean_all_who_begin_so():
    others = [
        child("Ruth", row="gp:3"),
        child("Robin", row="gp:4"),
        child("Robert", "Thomas", row="gp:5"),
    ]
    done = BY_NAME["initials"].make(ROBERT, "english", Random(1))
    assert crowd_of(case_of(ROBERT, "initials", done), *others).alike == 3
    name = classes.Name("given begins", "robe", "thompson-reid")
    begun = replace(typed(ROBERT, given="Robe"), name=name)
    assert crowd_of(case_of(ROBERT, "prefix", begun), *others).alike == 1


def test_wrong_date_is_counted_on_both_days():
    said = beside("day_and_month_swapped")
    crowd = crowd_of(case_of(ROBERT, said=said), child(row="gp:3", born="2014-09-03"))
    assert (crowd.alike, crowd.before) == (1, 1)


@pytest.mark.parametrize(
    ("alike", "before", "within", "ceiling"),
    [
        (1, 0, 1, 1),
        (4, 0, 1, 0.25),
        (10, 0, 10, 1),
        (20, 0, 10, 0.5),
        (4, 8, 10, 0.5),
        (1, 10, 10, 0),
    ],
)
def test_ceiling_is_that_of_an_engine_that_knows_all_but_who_is_meant(
    alike, before, within, ceiling
):
    assert Crowd(alike=alike, before=before).ceiling(within) == ceiling


def test_few_namesakes_are_five_beside_the_child():
    assert Crowd(alike=6).is_small
    assert not Crowd(alike=7).is_small


def some_children(count=300):
    names = [("Oliver", "Smith"), ("Zofia", "Kowalska"), ("Muhammad", "Khan"), ("Niamh", "O'Brien")]
    for number in range(count):
        given, family = names[number % len(names)]
        yield child(
            f"{given} Rose", family, row=f"gp:{number}", born=f"2014-03-{number % 28 + 1:02}"
        )


def some_cases(seed=5):
    return draw_cases(draw_children(some_children(), 40, seed), 40, seed, TODAY)


def test_same_seed_draws_the_same_cases():
    assert some_cases() == some_cases()
    assert some_cases() != some_cases(6)


def test_each_origin_is_asked_as_often():
    of_exact = Counter(case.origin for case in some_cases() if case.error == "exact")
    assert set(of_exact) == {"english", "polish", "pakistani", "irish"}
    assert len(set(of_exact.values())) == 1


def test_a_child_is_asked_with_every_criterion():
    criteria = Counter(case.criterion for case in some_cases() if case.error == "one_edit_given")
    assert set(criteria) == {"name", "year", "date"}
    assert len(set(criteria.values())) == 1


def test_halves_are_disjoint_whole_and_stable():
    cases = some_cases()
    tuning, held = of_half(cases, "tuning"), of_half(cases, "held")
    assert len(tuning) + len(held) == len(of_half(cases, "all")) == len(cases)
    assert 0.4 < len(held) / len(cases) < 0.6
    assert case_of(child(row="gp:1")).half == "held"
    assert case_of(child(row="gp:4")).half == "tuning"


def test_entry_of_a_table_is_in_one_half_with_all_its_cases():
    halves = {}
    for case in some_cases():
        if BY_NAME.get(case.error) and BY_NAME[case.error].by_detail:
            halves.setdefault((case.error, case.entry), set()).add(case.half)
    assert halves
    assert all(len(found) == 1 for found in halves.values())


def test_pools_draw_every_child_alike():
    drawn = Counter(
        meant.row
        for seed in range(200)
        for meant in draw_children(some_children(40), 5, seed).drawn["english", "any"]
    )
    assert len(drawn) == 10
    assert max(drawn.values()) < 2 * min(drawn.values())


@pytest.mark.parametrize(
    ("given", "family", "origin"),
    [
        ("Oliver", "Smith", "english"),
        ("Zofia", "Kowalska", "polish"),
        ("Malgorzata", "Wisniewski", "polish"),
        ("Gurpreet", "Gill", "punjabi"),
        ("RAHIMA", "MIAH", "bangladeshi"),
        ("Chioma", "Okafor-Eze", "nigerian"),
        ("Anna", "Qqqqqq", ""),
    ],
)
def test_origin_is_the_likeliest_of_both_names(given, family, origin):
    assert origin_of(given, family) == origin


def test_feed_is_read_past_lines_that_are_no_rows(tmp_path):
    lines = [
        {
            "source_record_id": "1",
            "given_names": "Ann",
            "family_name": "Lee",
            "date_of_birth": "2014-01-01",
        },
        {
            "source_record_id": "2",
            "given_names": "Baby",
            "family_name": "Lee",
            "date_of_birth": "2014-01-01",
        },
        {"source_record_id": "3", "family_name": 7},
    ]
    path = tmp_path / "feed.jsonl"
    path.write_bytes(b'{"broken\n' + b"\n".join(orjson.dumps(line) for line in lines))
    assert [one.row for one in read_children(path, "gp")] == ["gp:1"]


def test_all_rows_of_a_person_are_the_child_meant(tmp_path):
    lines = [("gp", "1", 7), ("gp", "2", 8), ("gp", "3", 7), ("cb", "1", 7)]
    keys = ("source", "source_record_id", "person")
    text = b"\n".join(orjson.dumps(dict(zip(keys, line, strict=True))) for line in lines)
    (tmp_path / "truth.jsonl").write_bytes(text)
    found = rows_of_same_person(tmp_path, {"gp:1", "hand-written:1"})
    assert found == {"gp:1": {"gp:1", "gp:3", "cb:1"}, "hand-written:1": {"hand-written:1"}}


def test_hand_written_lines_become_a_feed_and_cases(tmp_path):
    head = "given_names,family_name,known_as,former_family_name,typed,error,remark\n"
    lines = "Ann Mary,Lee,Nan,Ray,nan lee,nickname,\nAnn Mary,Lee,Nan,Ray,ann ray,former,\n"
    (tmp_path / "testish.csv").write_text(head + lines)
    written, feed = read_hand_written(tmp_path), tmp_path / "feed.jsonl"
    assert write_feed(written, feed) == 1
    (meant,) = read_children(feed, "hand-written")
    assert (meant.known_as, meant.former_family) == ("Nan", "Ray")
    cases = list(hand_written_cases(written, 1, TODAY))
    assert len(cases) == 6
    assert {case.row for case in cases} == {meant.row}
    assert cases[1].typed == f"nan lee {meant.born[:4]}"


def test_no_hand_written_cases_is_no_failure(tmp_path):
    assert read_hand_written(tmp_path / "none") == []


def told_of(*places, criterion="year", alike=1, error="one_edit_given"):
    cases = [case_of(child(row=f"gp:{n}"), error, criterion=criterion) for n in range(len(places))]
    return [
        (Outcome(case, place, 4.0), Crowd(alike=alike))
        for case, place in zip(cases, places, strict=True)
    ]


def test_figure_counts_places_within_1_10_and_25():
    found = figures.figure("x", "year", told_of(1, 5, 20, 0))
    assert found.recall == {1: 25, 10: 50, 25: 75}
    assert (found.cases, found.few_cases, found.ceiling) == (4, 4, 100)


def test_bars_hold_for_children_with_few_namesakes():
    told = told_of(*[1] * 99, 0) + told_of(*[0] * 50, alike=40)
    verdict = next(
        one for one in figures.recall_verdicts(told, 11_000_000) if "one edit," in one.asked
    )
    assert verdict.is_met


def test_full_date_is_judged_on_all_cases():
    told = told_of(*[1] * 99, 0, criterion="date", alike=40)
    verdict = next(
        one for one in figures.recall_verdicts(told, 11_000_000) if "date: 99.5" in one.asked
    )
    assert not verdict.is_met


def test_percentile_of_few_values():
    assert percentile([], 50) == 0
    assert percentile([3.0], 95) == 3
    assert percentile([1.0, 2.0, 3.0], 50) == 2


def test_other_finders_are_asked_of_each_class_alike():
    chosen = some_of_each(some_cases(), 60, 1)
    counts = Counter((case.error, case.criterion) for case in chosen)
    assert max(counts.values()) == 1
    assert not any(case.criterion == "postcode" for case in chosen)


@pytest.mark.parametrize(
    ("span", "clause", "filters"),
    [
        (ALL, "", None),
        (births.in_year(2014), " AND year = 2014", [{"term": {"year": 2014}}]),
        (
            births.on("2014-03-09"),
            " AND born = '2014-03-09'",
            [{"range": {"born": {"gte": "2014-03-09", "lte": "2014-03-09"}}}],
        ),
        (
            Span("2013-11-22~", "2014-11-22"),
            " AND born > '2013-11-22' AND born <= '2014-11-22'",
            [{"range": {"born": {"gt": "2013-11-22", "lte": "2014-11-22"}}}],
        ),
    ],
)
def test_other_finders_are_asked_the_same_births(span, clause, filters):
    case = case_of(ROBERT, said=Beside("", span, span))
    assert postgres.born_clause(case) == clause
    assert textbook.query(case)["bool"].get("filter") == filters


def test_sql_holds_quotes_as_quotes():
    sql = postgres.question("Ann", "O'Brien", "")
    assert "'O''Brien'" in sql
    assert sql.count("'") % 2 == 0


def test_postgres_holds_every_name_of_a_child():
    lines = [line.split("\t")[1:3] for line in postgres.rows(ROBERT)]
    assert lines == [
        ["Jamie", "Thompson-Reid"],
        ["Robert James", "Kelly"],
        ["Robert James", "Thompson-Reid"],
    ]


def test_postgres_asks_the_other_way_round_only_if_nobody_is_found():
    asked = []
    finder = postgres.Postgres(SimpleNamespace())
    finder.ask = lambda sql: asked.append(sql) or []
    finder.find(case_of(ROBERT))
    assert "given % 'Robert' AND family % 'Thompson-Reid'" in asked[0]
    assert "given % 'Thompson-Reid' AND family % 'Robert'" in asked[1]


def whole_report():
    told = told_of(1, 2, 0) + told_of(1, criterion="date", error="exact")
    outcomes = [outcome for outcome, _ in told]
    return Report(
        "A heading.",
        100_000,
        "all",
        told,
        throughput=Throughput(8, 6_000, 30, 5, 9),
        costly=[Costly("a | star", "0 found", 3.0)],
        sides={"contactpoint": outcomes, "textbook": outcomes},
    )


def test_report_is_a_page_tables_and_drawings(tmp_path):
    page = write_report(whole_report(), tmp_path).read_text()
    assert "200 a second" in page
    assert "Recall side by side: textbook" in page
    with (tmp_path / "classes-100000-all.csv").open() as file:
        assert [row["what"] for row in csv.DictReader(file)] == ["one_edit_given", "exact"]
    drawings = list(tmp_path.glob("*.svg"))
    assert len(drawings) == 3
    for drawing in drawings:
        ElementTree.fromstring(drawing.read_text())  # noqa: S314 - our own drawing


def test_misses_that_may_be_looked_at_are_of_the_tuning_half(tmp_path):
    told = told_of(*[0] * 40)
    report = Report("", 1, "all", told)
    count = write_misses(report, tmp_path / "misses.csv")
    assert count == sum(outcome.case.half == "tuning" for outcome, _ in told)


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


JUDGES = sorted(set(EVALUATION.rglob("*.py")) - {EVALUATION / "parts.py"})  # it takes us apart


@pytest.mark.parametrize("path", JUDGES, ids=lambda path: path.name)
def test_evaluation_knows_nothing_of_the_analysers(path):
    assert not [name for name in imported(path) if name.split(".")[0] == "analyzers"]


MAKES_CASES = (
    *("births", "cases", "classes", "feed_rows", "hand_written", "namesakes", "origins"),
    *("other_spellings", "pools", "typed", "typing_slips"),
)


@pytest.mark.parametrize("name", MAKES_CASES)
def test_cases_are_made_without_the_search(name):
    found = {name.split(".")[0] for name in imported(EVALUATION / f"{name}.py")}
    assert found.isdisjoint({"webapp", "elasticsearch", "mappings"})
