"""What a person asked, understood: one box of typing, or separate fields, or both."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from analyzers.dates import age_born, parse_born
from analyzers.fold import read_words
from analyzers.identity import Born, Identity, PersonName
from analyzers.numbers import compact_number, number_kind
from analyzers.postcodes import parse_postcode
from indexer.errors import QuestionRefused
from webapp.search.box import read_box

MOST_WORDS, MOST_LETTERS = 8, 40
LONGEST_TEXT = 400
FIELDS = frozenset(
    {"name", "date_of_birth", "age", "age_within", "postcode", "sex", "authority", "number"}
)
SEXES = frozenset({"female", "male", "not_known", "not_specified"})

_THREE_DIGITS = re.compile(r"[0-9]{3}")
_YEARS = re.compile(r"[0-9]{1,3}")


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
    _refuse_unreadable((text, *fields.values()))
    if len(text) > LONGEST_TEXT:
        raise QuestionRefused(f"Use at most {LONGEST_TEXT} characters.")
    box = read_box(text, today)
    question = Question(
        number=_number(fields) or box.number,
        born=_born(fields, today) or box.born,
        postcode=_postcode(fields) or box.postcode,
        sex=_one_of(fields.get("sex", ""), SEXES) or box.sex,
        authority=_authority(fields.get("authority", "")),
        name=box.name,
    )
    _refuse_too_little_or_much(question)
    return question


def _refuse_unknown(fields: Mapping[str, str]) -> None:
    if not fields.keys() <= FIELDS:
        raise QuestionRefused(f"A question may hold only: {', '.join(sorted(FIELDS))}.")


def _refuse_unreadable(texts: Iterable[str]) -> None:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise QuestionRefused("What was typed holds characters that cannot be read.") from None


def _number(fields: Mapping[str, str]) -> str:
    number = fields.get("number", "")
    if number and not number_kind(number):
        raise QuestionRefused("The number is not a valid NHS number, UPN or ContactPoint number.")
    return compact_number(number)


def _born(fields: Mapping[str, str], today: date) -> Born | None:
    if "age" in fields:
        years = (fields["age"], fields.get("age_within", "0"))
        if not all(_YEARS.fullmatch(one) for one in years):
            raise QuestionRefused("Age and age_within are whole years, 0 or more.")
        return age_born(int(years[0]), int(years[1]), today)
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
    if value and not _THREE_DIGITS.fullmatch(value):
        raise QuestionRefused("An authority is a code of three digits.")
    return value


def _refuse_too_little_or_much(question: Question) -> None:
    if question.number:
        return
    if not question.name:
        raise QuestionRefused(_what_is_missing(question))
    words = read_words(question.name)
    if len(words) > MOST_WORDS or any(len(one) > MOST_LETTERS for one in question.name.split()):
        raise QuestionRefused(
            f"Type at most {MOST_WORDS} words of {MOST_LETTERS} letters: given and family name "
            "are enough."
        )
    is_told_apart = len(words) > 1 and _is_of_few_children(question)
    if not any(len(word.text) > 1 for word in words) and not is_told_apart:
        raise QuestionRefused("Type a name of two letters or more, or a number.")


def _is_of_few_children(question: Question) -> bool:
    """Say whether a full date or postcode narrows the search: then initials can tell who is meant;
    alone they are those of every hundredth child."""
    postcode = parse_postcode(question.postcode) if question.postcode else None
    return bool((question.born and question.born.day) or (postcode and postcode.inward))


def _what_is_missing(question: Question) -> str:
    if question.born and question.postcode:
        return "A date and a postcode are not enough: add a name."
    if question.born:
        return "A date or an age alone is not enough: add a name."
    if question.postcode:
        return "A postcode alone is not enough: add a name."
    return "Type a name or a number."
