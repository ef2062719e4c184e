"""The one box: what is recognised is taken out piece by piece, and what is left is the name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from re import Match
from typing import TypeVar

from analyzers.dates import age_born, is_impossible_day, parse_born
from analyzers.fold import read_words
from analyzers.identity import Born
from analyzers.mistyped import letters_for_digits
from analyzers.numbers import compact_number, number_kind
from analyzers.ordinary import Kind, is_ordinary_beside, parse_age, sex_of_child_word
from analyzers.postcodes import Postcode, parse_postcode
from indexer.errors import QuestionRefused

Found = TypeVar("Found")
_Span = tuple[int, int]

# A sign that divides, and the full stop of a sentence that ends with a number.
_BREAKS = re.compile(r"[\x00|;:(),]|(?<=[0-9])\.(?!\S)")
_TAKEN = "|"  # stands where a piece was, so that its neighbours are not read as one
_DIGITS = re.compile(r"[0-9]")
_NO_SPACE = re.compile(r"([^\W\d_]{3,})(?=[0-9]{4}\b|[0-9]{1,2}[/.\-][0-9])")
"""A name, and the year or the date that was typed right after it."""
_NUMBER = re.compile(r"[A-Za-z]?[0-9](?:[ \-]?[0-9]){9,11}[A-Za-z]?")
_LONG_NUMBER = re.compile(rf"(?<!\w)(?:{_NUMBER.pattern})(?!\w)")
_MOST_NUMBER_PARTS, _MOST_DATE_PARTS, _MOST_POSTCODE_PARTS = 12, 5, 3
_MONTH_AND_YEAR = re.compile(r"[A-Za-z]+\.? [0-9]{4}")
_BEGUN_POSTCODE = re.compile(r"(.+) [0-9][A-Za-z]?")  # still being typed: WN1 1A


@dataclass(frozen=True)
class Box:
    """What stood in the box; `number` without spaces, `name` what was left of the words."""

    number: str
    born: Born | None
    postcode: str
    sex: str
    name: str


def read_box(text: str, today: date) -> Box:
    """Return what the text says; raises QuestionRefused where digits in it cannot be understood."""
    parts = _Parts(text)
    day = parts.take("date", _MOST_DATE_PARTS, _read_day)  # before numbers: 9 3 2014 999 387 1680
    number = parts.take_number()
    parts.refuse_wrong_digits()
    age = parts.take("date", _MOST_DATE_PARTS, lambda text, _: _read_age(text, today))
    born = day or parts.take("date", _MOST_DATE_PARTS, _read_month_or_year) or age
    postcode = parts.take(None, _MOST_POSTCODE_PARTS, _read_postcode)
    words = parts.take_words() or ([] if number else parts.left_out)
    sex = _take_sex(words, has_date=bool(born))
    return Box(number, born, str(postcode or ""), sex, " ".join(words))


def _take_sex(words: list[str], *, has_date: bool) -> str:
    """Take boy, girl and baby from either end, and return the sex they say.

    A family name may be Boy: two other words must remain, or one and a date.
    """
    sex, least = "", 2 if has_date else 3
    for end in (0, -1):
        while len(words) >= least and (said := sex_of_child_word(words[end])) is not None:
            sex = said or sex
            del words[end]
    return sex


def _read_day(text: str, _: str) -> Born | None:
    born = parse_born(text) if _DIGITS.search(text) else None
    return born if born and born.day else None


def _read_month_or_year(text: str, rest: str) -> Born | None:
    # "Theresa May 2014" is a name and a year; "Theresa Smith May 2014" has a month in it.
    if _MONTH_AND_YEAR.fullmatch(text) and len(read_words(rest)) < 2:  # noqa: PLR2004
        return None
    born = parse_born(text) if _DIGITS.search(text) else None
    return born if born and not born.day else None


def _read_age(text: str, today: date) -> Born | None:
    age = parse_age(text)
    return None if age is None else age_born(age, 0, today)


def _read_postcode(text: str, _: str) -> Postcode | None:
    if not _DIGITS.search(text):
        return None
    begun = _BEGUN_POSTCODE.fullmatch(text)
    whole = parse_postcode(text) if text.count(" ") < _MOST_POSTCODE_PARTS - 1 else None
    return whole or (parse_postcode(begun[1]) if begun else None)


def _apart(name: Match[str]) -> str:
    """Put the space in, but after a month: May2014 is all of a date."""
    return name[1] if parse_born(f"{name[1]} 2014") else f"{name[1]} "


class _Parts:
    """The text cut at spaces; what is taken leaves a sign in its place."""

    def __init__(self, text: str) -> None:
        spaced = _NO_SPACE.sub(_apart, _BREAKS.sub(" ", text))
        self._parts = [part for part in spaced.split() if part.strip(".")]
        self.left_out: list[str] = []  # ordinary words beside a date, if they are all there is

    def take(
        self, kind: Kind | None, most: int, read: Callable[[str, str], Found | None]
    ) -> Found | None:
        """Take out the longest run of at most `most` parts that `read` (run, rest) understands."""
        for start, end in self._spans(most):
            rest = " ".join(self._parts[:start] + self._parts[end:])
            found = read(self._text(start, end), rest)
            if found is not None:
                self._take_out(start, end, kind)
                return found
        return None

    def take_number(self) -> str:
        """Take out a valid number, of several the one whose digits are least to be read otherwise:
        in 2017 999 387 1680 the 2017 is a year."""
        spans = [span for span in self._spans(_MOST_NUMBER_PARTS) if self._is_number(*span)]
        if not spans:
            return ""
        is_unread = [not parse_born(part) and not parse_postcode(part) for part in self._parts]
        start, end = max(spans, key=lambda span: sum(is_unread[slice(*span)]))
        number = compact_number(self._text(start, end))
        self._take_out(start, end, "number")
        return number

    def refuse_wrong_digits(self) -> None:
        if any(is_impossible_day(self._text(*span)) for span in self._spans(_MOST_DATE_PARTS)):
            raise QuestionRefused("That date does not exist: check day and month.")
        if _LONG_NUMBER.search(" ".join(self._parts)):
            raise QuestionRefused(
                "The number is not right: a digit is wrong or missing. Use an NHS number "
                "(10 digits), a UPN or a ContactPoint number (12 digits), or search by name."
            )

    def take_words(self) -> list[str]:
        """Return what is left; raises QuestionRefused if there are digits (any script's) in it."""
        words = [letters_for_digits(part) for part in self._parts if part != _TAKEN]
        if any(letter.isdigit() for letter in "".join(words)):
            raise QuestionRefused(
                "Part of what was typed has digits in it and was not understood. One date, one "
                "postcode and one number can be read: dates look like 9 3 2014, 2014-03-09 or "
                "2014, ages like aged 9, postcodes like WN1 1AA."
            )
        return words

    def _spans(self, most: int) -> Iterator[_Span]:
        """Yield every run of neighbouring parts, longest first."""
        count = len(self._parts)
        for size in range(min(most, count), 0, -1):
            yield from ((start, start + size) for start in range(count - size + 1))

    def _text(self, start: int, end: int) -> str:
        return " ".join(self._parts[start:end])

    def _is_number(self, start: int, end: int) -> bool:
        text = self._text(start, end)
        return bool(_NUMBER.fullmatch(text)) and number_kind(text) is not None

    def _take_out(self, start: int, end: int, kind: Kind | None) -> None:
        """Take a piece out with the ordinary words (born, NHS no) that stand directly beside it.

        Only there: Born, Old and No are family names too. So "Max Born 2014" is read as Max, born
        in 2014, and "Born Max 2014" as Max Born; where no other word is left, Born is the name.
        """
        first, last = start, end
        while first and self._is_beside(first - 1, kind):
            first -= 1
        while last < len(self._parts) and self._is_beside(last, kind):
            last += 1
        if kind == "date":
            self.left_out += self._parts[first:start] + self._parts[end:last]
        self._parts[first:last] = [_TAKEN]

    def _is_beside(self, place: int, kind: Kind | None) -> bool:
        return kind is not None and is_ordinary_beside(self._parts[place], kind)
