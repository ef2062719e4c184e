"""What a person asked, understood. (Interface; body follows.)"""

from dataclasses import dataclass

from analyzers.identity import Born


@dataclass(frozen=True)
class Question:
    """`name` is the typed name without numbers, dates and postcode; `number` is an NHS number, a
    UPN or a ContactPoint number."""

    name: str = ""
    born: Born | None = None
    postcode: str = ""
    sex: str = ""
    authority: str = ""
    number: str = ""


def parse_question(text: str, fields: dict[str, str] | None = None) -> Question:
    """Understand one box of typing, plus any separate fields (date_of_birth, age, age_within,
    postcode, sex, authority, number). Raises QuestionRefused, saying what to add or change."""
    raise NotImplementedError
