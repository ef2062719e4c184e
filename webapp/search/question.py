"""What a person asked, understood: one box of typing, or separate fields, or both."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analyzers.dates import age_born, parse_born
from analyzers.fold import read_words
from analyzers.identity import Born, Identity, PersonName
from analyzers.numbers import compact_number, number_kind
from analyzers.postcodes import parse_postcode
from indexer.errors import QuestionRefused

MOST_WORDS, MOST_LETTERS = 8, 40
LONGEST_TEXT = 400
FIELDS = frozenset(
    {"name", "date_of_birth", "age", "age_within", "postcode", "sex", "authority", "number"}
)
SEXES = frozenset({"female", "male", "not_known", "not_specified"})

_DIGITS = re.compile(r"[0-9]")
_LONG_NUMBER = re.compile(
    r"(?<![\w])(?:[A-Za-z][0-9]{11}[0-9A-Za-z]|[0-9](?:[ \-]?[0-9]){9,11})(?!\w)"
)
_MONTH_AND_YEAR = re.compile(r"[A-Za-z]+\.?,? [0-9]{4}")
_REST_OF_POSTCODE = re.compile(r"[0-9][A-Za-z]?")


@dataclass(frozen=True)
class Question:
    """`name` is the typed name without numbers, dates and postcode; `number` is a valid NHS number,
    UPN or ContactPoint number, without spaces."""

    name: str = ""
    born: Born | None = None
    postcode: str = ""
    sex: str = ""
    authority: str = ""
    number: str = ""

    def identity(self) -> Identity:
        """Return what was asked in the shape in which it is compared with a child."""
        names = (PersonName(given=self.name, use="typed"),) if self.name else ()
        return Identity(
            names=names,
            born=self.born,
            sex=self.sex,
            postcodes=(self.postcode,) if self.postcode else (),
            authority=self.authority,
        )


def parse_question(text: str, fields: Mapping[str, str] | None = None, *, today: date) -> Question:
    """Understand one box of typing; separate `fields` (see FIELDS) go before what stands in it.

    Raises QuestionRefused, saying what to add or change and repeating nothing of what was typed.
    """
    fields = {name: str(value).strip() for name, value in (fields or {}).items() if value}
    _refuse_unknown(fields)
    text = f"{text} {fields.get('name', '')}".strip()
    if len(text) > LONGEST_TEXT:
        raise QuestionRefused(f"Use at most {LONGEST_TEXT} characters.")
    box = _Box(text)
    question = Question(
        number=_number(fields) or box.take_number(),
        born=_born(fields, today) or box.take_born(),
        postcode=_postcode(fields) or box.take_postcode(),
        sex=_one_of(fields.get("sex", ""), SEXES),
        authority=_authority(fields.get("authority", "")),
        name=box.take_name(),
    )
    _refuse_too_little_or_much(question)
    return question


class _Box:
    """One box of typing, from which what is recognised is taken away piece by piece."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\x00", " ")

    def take_number(self) -> str:
        match = _LONG_NUMBER.search(self._text)
        if not match:
            return ""
        if not number_kind(match[0]) and not parse_born(match[0]):
            raise QuestionRefused(
                "The number is not right: a digit is wrong or missing. Use an NHS number "
                "(10 digits), a UPN or a ContactPoint number (12 digits), or search by name."
            )
        if not number_kind(match[0]):
            return ""
        self._text = self._text.replace(match[0], " ", 1)
        return compact_number(match[0])

    def take_born(self) -> Born | None:
        for window, rest in self._windows(5):
            born = parse_born(window) if _DIGITS.search(window) else None
            # "Theresa May 2014" is a name and a year; "Theresa Smith May 2014" has a month in it.
            is_name = _MONTH_AND_YEAR.fullmatch(window) and len(read_words(rest)) < 2  # noqa: PLR2004
            if born and not is_name:
                self._text = rest
                return born
        return None

    def take_postcode(self) -> str:
        for window, rest in self._windows(2):
            postcode = parse_postcode(window) if _DIGITS.search(window) else None
            if postcode:
                # A whole postcode that is still being typed: WN1 1A.
                parts = rest.split()
                self._text = " ".join(p for p in parts if not _REST_OF_POSTCODE.fullmatch(p))
                return str(postcode)
        return ""

    def take_name(self) -> str:
        if _DIGITS.search(self._text):
            raise QuestionRefused(
                "Part of what was typed has digits in it but is not a date, a year, a postcode or "
                "a number. Dates look like 9 3 2014, 2014-03-09 or 2014; postcodes like WN1 1AA."
            )
        return " ".join(self._text.replace(",", " ").split())

    def _windows(self, longest: int) -> list[tuple[str, str]]:
        """Return every run of neighbouring words, longest first, and the text without it."""
        parts = self._text.replace(",", " ").split()
        return [
            (" ".join(parts[i : i + size]), " ".join(parts[:i] + parts[i + size :]))
            for size in range(min(longest, len(parts)), 0, -1)
            for i in range(len(parts) - size + 1)
        ]


def _refuse_unknown(fields: Mapping[str, str]) -> None:
    if not fields.keys() <= FIELDS:
        raise QuestionRefused(f"A question may hold only: {', '.join(sorted(FIELDS))}.")


def _number(fields: Mapping[str, str]) -> str:
    number = fields.get("number", "")
    if number and not number_kind(number):
        raise QuestionRefused("The number is not a valid NHS number, UPN or ContactPoint number.")
    return compact_number(number)


def _born(fields: Mapping[str, str], today: date) -> Born | None:
    if "age" in fields:
        try:
            return age_born(int(fields["age"]), int(fields.get("age_within", 0)), today)
        except ValueError:
            raise QuestionRefused("Age and age_within are whole years, 0 or more.") from None
    if "date_of_birth" not in fields:
        return None
    born = parse_born(fields["date_of_birth"])
    if not born:
        raise QuestionRefused("The date of birth is not a date: use 2014-03-09, 2014-03 or 2014.")
    return born


def _postcode(fields: Mapping[str, str]) -> str:
    if "postcode" not in fields:
        return ""
    postcode = parse_postcode(fields["postcode"])
    if not postcode:
        raise QuestionRefused("The postcode is not a UK postcode: use WN1 1AA or WN1.")
    return str(postcode)


def _one_of(value: str, allowed: frozenset[str]) -> str:
    if value and value not in allowed:
        raise QuestionRefused(f"Sex is one of: {', '.join(sorted(allowed))}.")
    return value


def _authority(value: str) -> str:
    if value and not re.fullmatch(r"\d{3}", value):
        raise QuestionRefused("An authority is a code of three digits.")
    return value


def _refuse_too_little_or_much(question: Question) -> None:
    if question.number:
        return
    words = read_words(question.name)
    if sum(len(word.text) for word in words) < 2:  # noqa: PLR2004 - the contract's two letters
        raise QuestionRefused("Type a name of two letters or more, or a number.")
    if len(words) > MOST_WORDS or any(len(one) > MOST_LETTERS for one in question.name.split()):
        raise QuestionRefused(
            f"Type at most {MOST_WORDS} words of {MOST_LETTERS} letters: given and family name "
            "are enough."
        )
