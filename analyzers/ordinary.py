"""Words that people type beside a name and that are no part of it: born, aged 9, NHS no, boy."""

import re
from typing import Literal

from analyzers.tables import read_table

Kind = Literal["date", "number"]

_ROWS = read_table("ordinary_words.csv")
_BESIDE = {(row["word"], row["kind"]) for row in _ROWS}
_SEXES = {row["word"]: row["sex"] for row in _ROWS if row["kind"] == "child"}
_BEFORE, _AFTER = (
    "|".join(row["word"] for row in _ROWS if row["kind"] == kind)
    for kind in ("before age", "after age")
)
_AGE = re.compile(
    rf"(?:(?:{_BEFORE}) )+([0-9]{{1,2}})(?: ?(?:{_AFTER}))*|([0-9]{{1,2}})(?: ?(?:{_AFTER}))+"
)
COUNTED = [row["word"] for row in _ROWS if row["kind"] in ("after age", "after digits")]
"""How words begin that are counted: years, weeks, mths."""
_STOP_AFTER_LETTER = re.compile(r"(?<=[a-z])\.")


def is_ordinary_beside(word: str, kind: Kind) -> bool:
    """Say whether a word says nothing where it stands directly beside a date or a number."""
    return (_plain(word), f"beside {kind}") in _BESIDE


def parse_age(text: str) -> int | None:
    """Return the years of "aged 9", "9yo" or "9 years old"; None for a number alone."""
    match = _AGE.fullmatch(_plain(text))
    return int(match[1] or match[2]) if match else None


def sex_of_child_word(word: str) -> str | None:
    """Return the sex that boy or girl says, "" for baby, None for any other word."""
    return _SEXES.get(_plain(word))


def _plain(text: str) -> str:
    return _STOP_AFTER_LETTER.sub("", text.lower())  # d.o.b., b., yrs.
