"""What is typed beside a name: a year, a date or a postcode, right or wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from tests.benchmarks.evaluation.feed_rows import Meant

LAST_MONTH = 12
TRIES = 40
DATE_SHAPES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y")


@dataclass(frozen=True)
class Span:
    """Children born from one ISO date to another, whose postcode begins so; all if left empty."""

    since: str = ""
    until: str = "9999"
    postcode: str = ""

    def holds(self, meant: Meant) -> bool:
        return self.since <= meant.born <= self.until and meant.postcode.startswith(self.postcode)


@dataclass(frozen=True)
class Beside:
    """The text typed beside a name; who fits what is meant by it, and who what is typed."""

    text: str
    meant: Span
    typed: Span


Say = Callable[[Meant, date, Random], Beside | None]
"""The child, today and chance → what is typed beside the name; None where it cannot be."""

ALL = Span()


def on(day: str) -> Span:
    return Span(day, day)


def in_year(year: int | str) -> Span:
    return Span(f"{year}-01-01", f"{year}-12-31")


def nothing(_: Meant, __: date, ___: Random) -> Beside:
    return Beside("", ALL, ALL)


def year(meant: Meant, _: date, __: Random) -> Beside:
    span = in_year(meant.born[:4])
    return Beside(meant.born[:4], span, span)


def full_date(meant: Meant, _: date, rng: Random) -> Beside:
    return Beside(written(meant.born, rng), on(meant.born), on(meant.born))


def written(born: str, rng: Random) -> str:
    return date.fromisoformat(born).strftime(rng.choice(DATE_SHAPES))


def wrong_date(meant: Meant, wrong: str, rng: Random) -> Beside:
    return Beside(written(wrong, rng), on(meant.born), on(wrong))


def day_and_month_swapped(meant: Meant, _: date, rng: Random) -> Beside | None:
    born = date.fromisoformat(meant.born)
    if born.day > LAST_MONTH or born.day == born.month:
        return None
    return wrong_date(meant, date(born.year, born.day, born.month).isoformat(), rng)


def one_digit_wrong(meant: Meant, today: date, rng: Random) -> Beside | None:
    """Another digit in day, month or the year's last place, where that is a day too."""
    for _ in range(TRIES):
        place = rng.choice((3, 5, 6, 8, 9))
        wrong = meant.born[:place] + rng.choice("0123456789") + meant.born[place + 1 :]
        if wrong != meant.born and is_day(wrong, today):
            return wrong_date(meant, wrong, rng)
    return None


def is_day(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) <= today
    except ValueError:
        return False


def year_one_off(meant: Meant, today: date, rng: Random) -> Beside | None:
    """The year before or after, in a whole date or alone."""
    right = int(meant.born[:4])
    wrong = right + rng.choice((-1, 1)) if right < today.year else right - 1
    if rng.random() < 0.5:
        return Beside(str(wrong), in_year(right), in_year(wrong))
    day = f"{wrong}{meant.born[4:]}"
    return wrong_date(meant, day, rng) if is_day(day, today) else None


def age(meant: Meant, today: date, _: Random) -> Beside:
    born = date.fromisoformat(meant.born)
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    span = Span(after_birthday(today, years + 1), up_to_birthday(today, years))
    return Beside(f"aged {years}", span, span)


def after_birthday(today: date, years: int) -> str:
    """Return the text after that of the day so many years ago: ISO dates sort as texts."""
    return f"{up_to_birthday(today, years)}~"


def up_to_birthday(today: date, years: int) -> str:
    return f"{today.year - years}{today.isoformat()[4:]}"


def postcode_outward(meant: Meant, _: date, __: Random) -> Beside | None:
    if not meant.postcode:
        return None
    outward = meant.postcode.split()[0]
    span = Span(postcode=f"{outward} ")
    return Beside(outward, span, span)


def postcode_one_wrong(meant: Meant, _: date, rng: Random) -> Beside | None:
    """Another letter or digit in the inward part, which keeps the shape of a postcode."""
    if not meant.postcode:
        return None
    place = rng.choice((-1, -2, -3))
    signs = "123456789" if place == -3 else "ABDEFGHJLNPQRSTUWXYZ"
    sign = rng.choice([one for one in signs if one != meant.postcode[place]])
    wrong = f"{meant.postcode[:place]}{sign}{meant.postcode[len(meant.postcode) + place + 1 :]}"
    return Beside(wrong, Span(postcode=meant.postcode), Span(postcode=wrong))


CRITERIA: dict[str, Say] = {"name": nothing, "year": year, "date": full_date}
"""What every class of error in names is asked with."""

BIRTH_CLASSES: dict[str, tuple[str, Say]] = {
    "day_and_month_swapped": ("date", day_and_month_swapped),
    "one_digit_wrong": ("date", one_digit_wrong),
    "year_one_off": ("date", year_one_off),
    "age": ("age", age),
    "postcode_outward": ("postcode", postcode_outward),
    "postcode_one_wrong": ("postcode", postcode_one_wrong),
}
"""Classes of error in what stands beside an exact name: the criterion, and what is said."""
