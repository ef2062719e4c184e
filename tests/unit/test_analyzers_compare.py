"""Compare: what speaks for and against, said as a colleague would, and what it weighs."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.compare import compare, score
from analyzers.compare.commonness import worth
from analyzers.compare.evidence import EXACT_WORDS, WEIGHTS, Evidence
from analyzers.dates import age_born, parse_born
from analyzers.fold import words
from analyzers.identity import Born, Identity, PersonName
from analyzers.tables import read_table

CASES = Path(__file__).parent / "cases"
BORN = Born(date(2014, 3, 9), date(2014, 3, 9))


def rows(name):
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def typed(text, **more):
    return Identity(names=(PersonName(text, use="typed"),), **more)


def stored(given_names, family, known_as="", former="", **more):
    names = [
        PersonName(given_names, family),
        PersonName(known_as, "", "known_as"),
        PersonName("", former, "former"),
    ]
    return Identity(names=tuple(names), **more)


def word_kinds(evidence):
    return [item.kind for item in evidence if item.field in ("given", "family", "name")]


def sentences(evidence):
    return [item.sentence for item in evidence if item.sentence]


@pytest.mark.parametrize(
    "case", rows("names_that_match.csv"), ids=lambda case: f"{case['typed']} - {case['given']}"
)
def test_each_typed_word_is_taken_for_the_stored_word_it_means(case):
    record = stored(case["given"], case["family"], case["known_as"] or "", case["former"] or "")
    assert " ".join(word_kinds(compare(typed(case["typed"]), record))) == case["kinds"]


@pytest.mark.parametrize(
    "case", rows("names_that_do_not_match.csv"), ids=lambda case: f"{case['typed']} {case['given']}"
)
def test_word_that_is_not_in_the_record_is_missing(case):
    evidence = compare(typed(case["typed"]), stored(case["given"], case["family"]))
    assert word_kinds(evidence) == ["missing"]
    assert score(evidence) == 0


@pytest.mark.parametrize(
    ("text", "record", "said"),
    [
        ("jon", stored("Jonathan", "Smith"), ["Jon is short for Jonathan"]),
        ("smyth", stored("Jonathan", "Smith"), ["Smyth sounds like Smith"]),
        ("smiht", stored("John", "Smith"), ["two letters are swapped: Smiht for Smith"]),
        ("smoth", stored("John", "Smith"), ["one letter differs: Smoth for Smith"]),
        ("smth", stored("John", "Smith"), ["one letter is missing: Smth for Smith"]),
        ("smiith", stored("John", "Smith"), ["one letter too many: Smiith for Smith"]),
        ("peggy", stored("Maggie", "Fox"), ["Peggy and Maggie are both short for Margaret"]),
        ("William", stored("Bill", "Fox"), ["Bill is short for William"]),
        ("mehmet", stored("Mohammed", "Fox"), ["Mehmet is how Mohammed is often written"]),
        ("mcdonald", stored("Ann", "MacDonald"), ["Mcdonald is another way to write MacDonald"]),
        ("obrien", stored("Ann", "O’Brien"), ["O’Brien is the same"]),
        ("maryjane", stored("Mary-Jane", "Fox"), ["Maryjane is Mary Jane in one word"]),
        ("mary jane", stored("Maryjane", "Fox"), ["Mary Jane is Maryjane in separate words"]),
        ("nia", stored("Niamh", "Fox"), ["Nia is the beginning of Niamh"]),
        ("christopherson", stored("Ann", "Christopher"),
         ["Christopher is the beginning of Christopherson"]),
        ("j", stored("Niamh", "Jones"), ["J is the initial of Jones"]),
        ("jane", stored("J", "Fox"), ["only the initial J is recorded, for Jane"]),
        ("neve", stored("Niamh", "Fox", known_as="Neve"), ["known as Neve"]),
        ("kelly", stored("Niamh", "Fox", former="Kelly"), ["also recorded as Kelly"]),
        ("kely", stored("Jo", "Fox", former="Kelly"),
         ["one letter is missing: Kely for Kelly (another name on the record)"]),
        ("jane fox", stored("Niamh", "Fox"), ["no Jane in this record", "Fox is the same"]),
        ("van fox", stored("Niamh", "Fox"), ["Fox is the same"]),
        ("e fox", stored("Niamh", "Fox"), ["no E in this record", "Fox is the same"]),
        ("vandenburg", stored("Eva", "van den Berg"),
         ["Vandenburg for van den Berg, nearly the same when joined up"]),
        ("thomas james", stored("James", "Thomas"),
         ["Thomas is the same", "James is the same",
          "given and family name are the other way round"]),
    ],
)  # fmt: skip
def test_whys_read_like_a_colleague(text, record, said):
    assert sentences(compare(typed(text), record)) == said


@pytest.mark.parametrize(
    ("asked", "held", "kind", "said"),
    [
        ("2014-03-09", "2014-03-09", "same", "born on the same day"),
        ("2014-09-03", "2014-03-09", "swapped", "day and month of birth are swapped"),
        ("2014-03-19", "2014-03-09", "digit", "one digit of the date of birth differs"),
        ("2014-03-20", "2014-03-09", "month", "born in the same month, on another day"),
        ("2014-02-28", "2014-03-09", "near", "born 9 days later than typed"),
        ("2014-04-01", "2014-03-31", "near", "born 1 day earlier than typed"),
        ("2014-11-30", "2014-03-09", "year", "year of birth is the same"),
        ("2014", "2014-03-09", "within", "year of birth is the same"),
        ("2014-03", "2014-03-09", "within", "month and year of birth are the same"),
        ("2014-04", "2014-03-09", "year", "year of birth is the same"),
        ("2013", "2014-03-09", "next_year", "year of birth is one out"),
        ("2009", "2014-03-09", "different", "year of birth is different"),
        ("2009-11-30", "2014-03-09", "different", "date of birth is different"),
    ],
)
def test_date_of_birth_speaks_for_or_against(asked, held, kind, said):
    evidence = compare(
        typed("ann", born=parse_born(asked)), stored("Ann", "", born=parse_born(held))
    )
    assert Evidence("born", kind, said) in evidence


@pytest.mark.parametrize(
    ("held", "kind", "said"),
    [
        ("2017-08-01", "within", "age is right"),
        ("2016-02-01", "year", "age is less than a year out"),
        ("2015-12-31", "next_year", "age is one or two years out"),
        ("2010-12-31", "different", "age is different"),
    ],
)
def test_age_speaks_for_or_against(held, kind, said):
    nine = age_born(9, 0, date(2026, 11, 22))
    evidence = compare(typed("ann", born=nine), stored("Ann", "", born=parse_born(held)))
    assert Evidence("born", kind, said) in evidence


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        ("wn11aa", "same", "postcode is the same"),
        ("WN1", "same", "lives in WN1"),
        ("M1 1AE", "former", "old postcode M1 1AE"),
        ("M1", "former", "used to live in M1"),
        ("WN1 1AB", "character", "one character differs: WN1 1AB for WN1 1AA"),
        ("NW1 1AA", "character", "two characters are swapped: NW1 1AA for WN1 1AA"),
        ("WN1 2BB", "outward", "another postcode in WN1"),
        ("M1 2BB", "outward", "used to live in M1"),
        ("LS1 1BB", "different", "postcode is different"),
    ],
)
def test_postcode_speaks_for_or_against(asked, kind, said):
    record = stored("Ann", "", postcodes=("WN1 1AA",), former_postcodes=("M1 1AE",))
    evidence = compare(typed("ann", postcodes=(asked,)), record)
    assert evidence[-1] == Evidence("postcode", kind, said)


@pytest.mark.parametrize(
    ("asked", "held", "kind"),
    [("female", "female", "same"), ("female", "male", "different"), ("female", "", "unknown")],
)
def test_sex_speaks_for_or_against(asked, held, kind):
    assert compare(typed("ann", sex=asked), stored("Ann", "", sex=held))[-1].kind == kind


def test_what_was_not_asked_is_not_evidence():
    record = stored("Ann", "Fox", born=BORN, sex="female", postcodes=("WN1 1AA",), authority="359")
    assert {item.field for item in compare(typed("ann fox"), record)} == {
        "given",
        "family",
        "whole_name",
    }


def test_all_that_was_asked_and_found_exactly_is_a_score_of_one():
    more = {"born": BORN, "sex": "female", "postcodes": ("WN1 1AA",), "authority": "359"}
    assert score(compare(typed("ann fox", **more), stored("Ann", "Fox", **more))) == 1


def test_exact_name_is_above_every_tolerant_one_whatever_else_the_record_holds():
    exact = stored("Oliver Jon Adam", "Baker-Smyth")
    tolerant = [
        stored("John", "Smyth"),
        stored("Jonathan", "Smyth"),
        stored("Jon", "Smith"),
        stored("Jonas", "Smyth"),
    ]
    least = score(compare(typed("jon smyth"), exact))
    assert all(score(compare(typed("jon smyth"), record)) < least for record in tolerant)


@pytest.mark.parametrize(
    ("text", "right", "other"),
    [
        ("james james", ("James", "James"), ("James", "Adams")),
        ("lee lee jones", ("Lee", "Lee-Jones"), ("Lee", "Jones")),
    ],
)
def test_word_typed_twice_needs_two_stored_words(text, right, other):
    assert score(compare(typed(text), stored(*right))) == 1
    assert score(compare(typed(text), stored(*other))) < 1


def test_whole_name_is_above_the_same_words_in_a_longer_one():
    asked = typed("james smith")
    found = [
        score(compare(asked, stored(*name)))
        for name in (("James", "Smith"), ("James Oliver", "Smith"), ("Oliver James", "Smith"))
    ]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[1] > found[2]


def test_wrong_date_counts_against_an_exact_name():
    asked = typed("ann fox", born=BORN)
    right = score(compare(asked, stored("Anne", "Fox", born=BORN)))
    wrong = score(compare(asked, stored("Ann", "Fox", born=parse_born("2009-11-30"))))
    assert wrong < right


def test_structured_name_keeps_given_and_family_apart():
    asked = Identity(names=(PersonName("Rose", "Kelly"),))
    evidence = compare(asked, stored("Niamh", "Kelly"))
    assert [(item.field, item.kind) for item in evidence[:2]] == [
        ("given", "missing"),
        ("family", "exact"),
    ]


def test_former_name_of_a_row_meets_the_record():
    asked = Identity(names=(PersonName("Niamh", "Fox"), PersonName("", "Kelly", "former")))
    assert word_kinds(compare(asked, stored("Niamh", "Kelly"))) == ["exact", "exact"]


@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_any_two_names_compare_to_a_score_of_nought_to_one(text, given_names, family):
    evidence = compare(typed(text), stored(given_names, family))
    assert 0 <= score(evidence) <= 1


def test_exact_kinds_of_a_word_weigh_more_than_tolerant_ones_with_all_else_of_the_name():
    weights = {
        row["kind"]: float(row["weight"]) for row in read_table(WEIGHTS) if row["about"] == "word"
    }
    exact = [weights.pop(kind) for kind in EXACT_WORDS]
    whole = [float(row["weight"]) for row in read_table(WEIGHTS) if row["about"] == "whole_name"]
    least_worth = worth("smith")
    assert least_worth * (min(exact) - max(weights.values())) > max(whole)


def test_rare_name_tells_more_than_a_common_one():
    asked = typed("xanthe smith")
    rare, common = stored("Xanthe", "Jones"), stored("Ann", "Smith")
    assert score(compare(asked, rare)) > score(compare(asked, common))


@pytest.mark.parametrize(
    ("commoner", "rarer"), [("smith", "thwaites"), ("thwaites", "qzvxw"), ("smi", "qzvxw")]
)
def test_word_is_worth_more_the_fewer_children_bear_it(commoner, rarer):
    assert worth(commoner) < worth(rarer)


def test_table_of_commonness_holds_folded_words_each_once():
    table = [row["word"] for row in read_table("commonness.csv")]
    assert len(set(table)) == len(table)
    assert all(words(word) == (word,) for word in table)
