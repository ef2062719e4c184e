"""Ages and anniversaries: the same answer for 29 February whoever asks."""

from datetime import date, timedelta

import pytest

from indexer.age import ADULT_YEARS, age_in_years, years_after, years_before

LEAP = date(2008, 2, 29)


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2028, 2, 29), 20)]
)
def test_someone_born_on_29_february_is_older_on_1_march_where_there_is_no_such_day(day, age):
    assert age_in_years(LEAP, day) == age


@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29)])
def test_age_anniversary_and_the_day_before_agree(today):
    for days in range(-3, 4):
        born = years_before(today, ADULT_YEARS) + timedelta(days)
        is_adult = age_in_years(born, today) >= ADULT_YEARS
        assert is_adult == (years_after(born, ADULT_YEARS) <= today)
        assert is_adult == (born <= years_before(today, ADULT_YEARS))
