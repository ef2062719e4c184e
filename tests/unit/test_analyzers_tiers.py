"""Tiers: a typed word and the stored name share a token of the tier meant for it."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.fields import SEARCH_FIELDS, search_fields
from analyzers.fold import words
from analyzers.identity import Born, Identity, PersonName
from analyzers.tiers import TIERS, edit_tokens, parts_of

CASES = Path(__file__).parent / "cases"
WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)
LETTER = st.sampled_from("abcdefghijklmnopqrstuvwxyz")


def rows(name):
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def stored(case):
    names = [
        PersonName(case["given"], case["family"]),
        PersonName(case.get("known_as") or "", "", "known_as"),
        PersonName("", case.get("former") or "", "former"),
    ]
    return Identity(names=tuple(names))


def is_met(tier, part, fields):
    held = fields[tier.field]
    if tier.how == "prefix":
        return any(token.startswith(asked) for asked in tier.asked(part) for token in held)
    return bool(set(tier.asked(part)) & set(held))


def best_tiers(typed, fields):
    """The name of the highest tier each typed word meets, '' for none."""
    strict = sorted((tier for tier in TIERS if tier.reach != "rescue"), key=lambda t: -t.score)
    return [
        next((tier.name for tier in strict if is_met(tier, part, fields)), "")
        for part in parts_of(words(typed))
    ]


@pytest.mark.parametrize(
    "case", rows("names_that_match.csv"), ids=lambda case: f"{case['typed']} - {case['given']}"
)
def test_typed_words_meet_the_stored_name_by_the_tier_meant_for_them(case):
    found = best_tiers(case["typed"], search_fields(stored(case)))
    assert " ".join(found) == case["tiers"]


@pytest.mark.parametrize(
    "case", rows("names_that_do_not_match.csv"), ids=lambda case: f"{case['typed']} {case['given']}"
)
def test_other_names_are_not_met(case):
    found = best_tiers(case["typed"], search_fields(stored(case)))
    assert found == [""]


def test_tiers_are_scored_in_the_order_of_the_design():
    order = ["exact", "kin", "prefix", "joined", "edits", "sounds"]
    scores = {tier.name: tier.score for tier in TIERS}
    assert [scores[name] for name in order] == sorted({scores[n] for n in order}, reverse=True)


def test_scores_add_up_exactly_in_single_precision():
    assert all((tier.score * 2).is_integer() for tier in TIERS if isinstance(tier.score, float))


@given(WORD, st.integers(0, 11), LETTER, st.sampled_from(["more", "less", "other", "swap"]))
def test_one_edit_anywhere_leaves_a_shared_token(word, place, letter, edit):
    i = place % (len(word) - 1)  # a place with a right neighbour
    typed = {
        "more": word[:i] + letter + word[i:],
        "less": word[:i] + word[i + 1 :],
        "other": word[:i] + letter + word[i + 1 :],
        "swap": word[:i] + word[i + 1] + word[i] + word[i + 2 :],
    }[edit]
    assert set(edit_tokens(typed)) & set(edit_tokens(word))


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=10))
def test_any_text_is_stored_as_bounded_tokens(given_names, family, postcode):
    fields = search_fields(
        Identity(names=(PersonName(given_names, family),), postcodes=(postcode,))
    )
    assert (*fields, "blocks") == SEARCH_FIELDS
    for tokens in fields.values():
        assert len(tokens) == len(set(tokens))
        assert len(tokens) <= 32 * 41
        assert all(0 < len(token) <= 60 for token in tokens)


def test_child_is_stored_under_every_name_date_and_postcode(niamh):
    fields = search_fields(niamh)
    assert set(fields["names"]) >= {"niamh", "rose", "obrien", "smith", "neve", "kelly"}
    assert set(fields["joined"]) == {"niamhrose", "obriensmith"}
    assert set(fields["born"]) == {"2014", "2014-03", "2014-03-09"}
    assert set(fields["postcodes"]) == {"M1", "M11AE", "WN1", "WN11AA"}


@pytest.fixture
def niamh():
    day = date(2014, 3, 9)
    return Identity(
        names=(
            PersonName("Niamh Rose", "O'Brien-Smith"),
            PersonName("Neve", "", "known_as"),
            PersonName("Niamh", "Kelly", "former"),
        ),
        born=Born(day, day),
        postcodes=("WN1 1AA",),
        former_postcodes=("M1 1AE",),
    )
