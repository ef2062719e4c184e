"""How close a stored day of birth is to what was asked: as search tokens and as a verdict."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from analyzers.dates import last_of_month
from analyzers.identity import Born

BornKind = Literal["same", "within", "swapped", "digit", "month", "near", "year", "next_year"]
"""How close a stored day is to what was asked, closest first.

`same` day; `within` the asked month, year or age; day and month `swapped`; one `digit` wrong; the
same `month` of the year; `near`: within 14 days; the same `year`; the year before or after.
"""

NEAR_DAYS = 14
_MONTHS_A_YEAR = 12
_LONGEST_RANGE_DAYS = 40 * 366


def born_tokens(born: Born | None) -> tuple[str, ...]:
    """Return the tokens a stored day is found by: day, month and year; none if unknown."""
    day = born.day if born else None
    return _day_tokens(day) if day else ()


@lru_cache(maxsize=1 << 13)  # all days of birth of those under eighteen
def _day_tokens(day: date) -> tuple[str, ...]:
    text = day.isoformat()
    return (text, text[:7], text[:4])


def asked_tokens(asked: Born) -> dict[BornKind, tuple[str, ...]]:
    """Return, for every kind of closeness, the stored tokens that mean it, closest kind first."""
    day = asked.day
    if day is None:
        return {"within": _tokens_within(asked), **_year_tokens(asked)}
    return {
        "same": (day.isoformat(),),
        "swapped": tuple(swap.isoformat() for swap in swapped(day)),
        "digit": tuple(other.isoformat() for other in _one_digit_off(day)),
        "month": (day.isoformat()[:7],),
        "near": tuple((day + timedelta(days=n)).isoformat() for n in _NEAR),
        **_year_tokens(asked),
    }


_NEAR = [n for n in range(-NEAR_DAYS, NEAR_DAYS + 1) if n]


def _year_tokens(asked: Born) -> dict[BornKind, tuple[str, ...]]:
    first, last = asked.earliest.year, asked.latest.year
    return {
        "year": tuple(str(year) for year in range(first, last + 1)),
        "next_year": (str(first - 1), str(last + 1)),
    }


def closeness(asked: Born, stored: date) -> BornKind | None:
    """Return how close a stored day is to what was asked, None if it is not close at all."""
    return next((kind for kind, close in _CLOSE.items() if close(asked, stored)), None)


def _same(asked: Born, stored: date) -> bool:
    return asked.day == stored


def _within(asked: Born, stored: date) -> bool:
    return asked.day is None and asked.earliest <= stored <= asked.latest


def _is_swapped(asked: Born, stored: date) -> bool:
    return asked.day is not None and stored in swapped(asked.day)


def _is_digit(asked: Born, stored: date) -> bool:
    return asked.day is not None and _digits_apart(asked.day, stored) == 1


def _is_month_same(asked: Born, stored: date) -> bool:
    day = asked.day
    return day is not None and (day.year, day.month) == (stored.year, stored.month)


def _is_near(asked: Born, stored: date) -> bool:
    return asked.day is not None and abs((asked.day - stored).days) <= NEAR_DAYS


def _is_year(asked: Born, stored: date) -> bool:
    return asked.earliest.year <= stored.year <= asked.latest.year


def _is_next_year(asked: Born, stored: date) -> bool:
    return stored.year in (asked.earliest.year - 1, asked.latest.year + 1)


_CLOSE: dict[BornKind, Callable[[Born, date], bool]] = {
    "same": _same,
    "within": _within,
    "swapped": _is_swapped,
    "digit": _is_digit,
    "month": _is_month_same,
    "near": _is_near,
    "year": _is_year,
    "next_year": _is_next_year,
}


def swapped(day: date) -> tuple[date, ...]:
    """Return the day with day and month swapped, if that is another day there is."""
    if day.day > _MONTHS_A_YEAR or day.day == day.month:
        return ()
    return (date(day.year, day.day, day.month),)


def _digits_apart(one: date, other: date) -> int:
    return sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))


def _one_digit_off(day: date) -> list[date]:
    """Return every real day whose ISO form has one other digit; centuries are left alone."""
    text = day.isoformat()
    places = [i for i in range(2, len(text)) if text[i] != "-"]
    forms = [text[:i] + digit + text[i + 1 :] for i in places for digit in "0123456789"]
    return [real for form in forms if form != text and (real := _real_date(form))]


def _real_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tokens_within(asked: Born) -> tuple[str, ...]:
    """Return tokens that cover the range: whole years and months, single days at its ends."""
    tokens = []
    day = max(asked.earliest, asked.latest - timedelta(days=_LONGEST_RANGE_DAYS))
    while day <= asked.latest:
        end, token = _longest_from(day, asked.latest)
        tokens.append(token)
        day = end + timedelta(days=1)
    return tuple(tokens)


def _longest_from(day: date, latest: date) -> tuple[date, str]:
    year_end = date(day.year, 12, 31)
    if day == date(day.year, 1, 1) and year_end <= latest:
        return year_end, day.isoformat()[:4]
    month_end = last_of_month(day)
    if day.day == 1 and month_end <= latest:
        return month_end, day.isoformat()[:7]
    return day, day.isoformat()
