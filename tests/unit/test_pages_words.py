"""How codes, dates and numbers are written on a page."""

from datetime import UTC, date, datetime

import pytest

from webapp.pages.words import (
    age_words,
    authority_words,
    day,
    dialled,
    grouped,
    helpdesk_words,
    in_words,
    moment,
    phone_link,
    sentence,
    source_words,
)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("health_visitor", "service", "Health visitor"),
        ("social_worker", "service", "Social worker"),
        ("shield-officer", "role", "Shield officer"),
        ("night_shelter", "service", "Night shelter"),
        ("", "sex", ""),
    ],
)
def test_code_in_words(code, kind, words):
    assert in_words(code, kind) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("school-census", "School census"),
        ("social-care-359", "Children’s social care, Wigan"),
        ("some-new-feed", "Some new feed"),
        ("feed-000", "Feed 000"),
    ],
)
def test_source_in_words(source, words):
    assert source_words(source) == words


@pytest.mark.parametrize(
    ("code", "words"), [("359", "Wigan"), ("873", "Cambridgeshire"), ("000", "000")]
)
def test_authority_in_words(code, words):
    assert authority_words(code) == words


def test_day_has_no_leading_zero():
    assert day(date(2014, 3, 9)) == "9 March 2014"


@pytest.mark.parametrize(
    ("utc", "words"),
    [
        (datetime(2026, 1, 9, 2, 5, tzinfo=UTC), "9 January 2026 at 2:05am"),
        (datetime(2026, 7, 9, 23, 5, tzinfo=UTC), "10 July 2026 at 12:05am"),
        (datetime(2026, 7, 9, 11, 0, tzinfo=UTC), "9 July 2026 at 12:00pm"),
    ],
    ids=["winter", "summer, past midnight", "noon"],
)
def test_moment_is_told_by_english_clocks(utc, words):
    assert moment(utc) == words


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("01942 000000", "01942000000"),
        ("(01942) 000000", "01942000000"),
        ("0800 001 1066", "08000011066"),
        ("+44 (0)1942-000000", "+441942000000"),
        ("+44 1942 000000", "+441942000000"),
        ("Tel: 01942 000111 ext 23", "01942000111;ext=23"),
        ("01942 000111, extension: 4 (mornings)", "01942000111;ext=4"),
        ("01942000111x23", "01942000111;ext=23"),
        ("01942 000111 or 07700 900123", "01942000111"),
        ("01942 000111 / 07700 900123", "01942000111"),
        ("01942 000111 07700 900123", "01942000111"),
        ("+44 1942 000111 07700 900123", "+441942000111"),
        ("999", "999"),
        ("ask at reception", ""),
        ("", ""),
    ],
)
def test_first_phone_number_is_dialled_with_its_extension(written, number):
    assert dialled(written) == number


def test_only_the_first_of_two_numbers_is_a_link():
    assert phone_link("Day 01942 000111, night 07700 900123") == (
        'Day <a class="govuk-link" href="tel:01942000111">01942 000111</a>, night 07700 900123'
    )


def test_what_was_written_for_a_phone_is_never_taken_for_html():
    assert "<b>" not in phone_link("<b>01942 000111</b>")


def test_phone_without_a_number_is_no_link():
    assert phone_link("ask at reception") == "ask at reception"


def test_helpdesk_has_its_phone_where_one_is_known():
    assert helpdesk_words("the helpdesk", "") == "the helpdesk"
    assert 'on <a class="govuk-link" href="tel:01942000000">' in helpdesk_words(
        "the helpdesk", "01942 000000"
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [("9434765919", "943 476 5919"), ("123456789012", "1234 5678 9012"), ("12", "12"), ("", "")],
)
def test_number_is_grouped_to_be_read_aloud(number, words):
    assert grouped(number) == words


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (date(2026, 3, 9), "newborn"),
        (date(2026, 3, 3), "newborn"),
        (date(2026, 3, 2), "1 week old"),
        (date(2026, 2, 10), "3 weeks old"),
        (date(2026, 2, 9), "1 month old"),
        (date(2025, 6, 10), "8 months old"),
        (date(2025, 3, 10), "11 months old"),
    ],
)
def test_infant_is_so_many_months_or_weeks_old(born, words):
    assert age_words(0, born, date(2026, 3, 9)) == words


@pytest.mark.parametrize(("age", "words"), [(1, "1 year old"), (12, "12 years old")])
def test_child_is_so_many_years_old(age, words):
    assert age_words(age, date(2014, 3, 9), date(2026, 3, 9)) == words


@pytest.mark.parametrize("text", ["the search failed", "The search failed."])
def test_sentence_has_its_capital_and_its_full_stop(text):
    assert sentence(text) == "The search failed."
