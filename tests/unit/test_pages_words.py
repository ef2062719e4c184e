"""How codes, dates and numbers are written on a page."""

from datetime import UTC, date, datetime

import pytest

from webapp.pages.words import authority_words, day, dialled, in_words, moment, source_words


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
    [("01942 000000", "01942000000"), ("+44 (0)1942-000000", "+4401942000000")],
)
def test_phone_is_dialled_without_spaces(written, number):
    assert dialled(written) == number
