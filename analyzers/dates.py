"""Reads dates of birth and ages as people write them."""

import re
from calendar import monthrange
from datetime import date, timedelta

from analyzers.identity import Born

_CENTURY = 100
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTHS_IN_SHORT = [month[:3] for month in _MONTHS]
_MONTH_NAME = r"(?P<name>[a-z]{3,9})\.?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_SHORT_YEAR = r"(?P<year>(?:19|20)?[0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})"
_MONTH = r"(?P<month>[0-9]{1,2})"
_BETWEEN = r"\s*[/.\-\s]\s*"
_SHAPES = [
    re.compile(shape)
    for shape in (
        rf"{_YEAR}{_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}",
        rf"{_YEAR}[-/]{_MONTH}",
        _YEAR,
        rf"{_DAY}{_BETWEEN}{_MONTH}{_BETWEEN}{_SHORT_YEAR}",
        rf"{_MONTH}[/.\-]{_YEAR}",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>[0-9]{{2}})",
        rf"(?P<day>[0-9]{{2}})(?P<month>[0-9]{{2}}){_YEAR}",
        rf"{_DAY}(?:st|nd|rd|th)?[\s\-]*(?:of\s+)?{_MONTH_NAME}[\s\-,]*{_SHORT_YEAR}",
        rf"{_MONTH_NAME}[\s\-]+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"{_MONTH_NAME}[\s\-,]*{_YEAR}",
    )
]


def parse_born(text: str) -> Born | None:
    """Return the days the text may mean (a day, a month or a year), day before month, or None.

    Read are 2014-03-09, 2014/3/9, 20140309, 2014-03, 2014, 9/3/2014, 9.3.14, 09032014, 9 March 2014
    and March 2014; a year of two digits is of this century.
    """
    parts = _parts(text)
    return _born(parts) if parts else None


def is_impossible_day(text: str) -> bool:
    """Say whether the text has the shape of a whole date, but there is no such day (31/2/2014)."""
    parts = _parts(text)
    if not parts or not parts.get("day") or (parts.get("name") and not _month(parts)):
        return False
    return _born(parts) is None


def _parts(text: str) -> dict[str, str | None]:
    """Return what stands where in a text of some date's shape; nothing for any other text."""
    written = text.strip().lower()
    matches = (shape.fullmatch(written) for shape in _SHAPES)
    return next((match.groupdict() for match in matches if match), {})


def _born(parts: dict[str, str | None]) -> Born | None:
    year = int(parts["year"] or 0)
    year += 20 * _CENTURY if year < _CENTURY else 0
    month = _month(parts)
    if month is None:
        return Born(date(year, 1, 1), date(year, 12, 31))
    try:
        first = date(year, month, int(parts.get("day") or 1))
    except ValueError:
        return None
    return Born(first, first) if parts.get("day") else Born(first, last_of_month(first))


def _month(parts: dict[str, str | None]) -> int | None:
    """Return the month's number, 0 for a name that is no month, None if no month was given."""
    name = parts.get("name")
    if not name:
        return int(parts["month"] or 0) if parts.get("month") else None
    whole = name in _MONTHS or name in MONTHS_IN_SHORT or name == "sept"
    return MONTHS_IN_SHORT.index(name[:3]) + 1 if whole else 0


def age_born(age: int, within: int, today: date) -> Born:
    """Return the days on which someone was born who is `age` years old today, give or take
    `within` years. Raises ValueError for an age or a margin below 0."""
    if age < 0 or within < 0:
        raise ValueError("an age and its margin are 0 or more")
    oldest = _years_before(today, min(age + within, 150) + 1) + timedelta(days=1)
    youngest = _years_before(today, max(min(age, 150) - within, 0))
    return Born(oldest, youngest)


def _years_before(day: date, years: int) -> date:
    last = monthrange(day.year - years, day.month)[1]
    return date(day.year - years, day.month, min(day.day, last))


def last_of_month(day: date) -> date:
    """Return the last day of that day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])
