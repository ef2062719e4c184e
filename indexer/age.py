"""How old someone is, and on which day years are completed: one answer for 29 February.

Someone born on it is a year older on 1 March in years that have no such day.
"""

from datetime import date

ADULT_YEARS = 18


def age_in_years(born: date, today: date) -> int:
    """Return completed years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def years_after(day: date, years: int) -> date:
    """Return the anniversary."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def years_before(day: date, years: int) -> date:
    """Return the last day whose anniversary is reached on `day`."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
