"""Digits that were typed for letters: Th0mas, Li1y, 5ophie.

Only where nothing else is as likely: a postcode with a slip, a day, an age or a house number must
be refused, so that whoever typed it is told, and not be looked for as a name.
"""

import re

from analyzers.dates import MONTHS_IN_SHORT
from analyzers.ordinary import COUNTED
from analyzers.tables import read_table

_RUN = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"[0-9]")
_LETTERS = str.maketrans("0123456789", "olzeasbtbg")
"""The letter that each digit looks like. A digit may also be the key beside a letter's: then this
is another letter, and one letter may always differ."""
_LEAST_LETTERS = 3  # to each digit
_AREA = "|".join(row["area"] for row in read_table("postcode_areas.csv"))
"""Royal Mail's 124 areas, with Guernsey, Jersey and the Isle of Man."""
_NO_LETTERS = "|".join((*COUNTED, *MONTHS_IN_SHORT))  # 5wks, 9febuary
_NO_NAME = re.compile(
    # A digit beside another, or at the end: a number, a house, a flat.
    r"[0-9]{2}|[0-9]$"
    # A day, an age: 9march, 5months, 2nd.
    rf"|[0-9](?:(?:st|nd|rd|th)$|(?:st|nd|rd|th)?(?:{_NO_LETTERS}))"
    # A postcode with letters for its digits, or without one of them.
    rf"|^(?:{_AREA})(?:[0-9oilszb]{{1,2}}[a-z]?[0-9oilszb][a-z]{{2}}|[0-9][a-z]{{2,3}})$",
    re.IGNORECASE,
)


def letters_for_digits(word: str) -> str:
    """Return the word with letters for the digits of each part that is a name with a slip."""
    return _RUN.sub(_read, word) if _DIGIT.search(word) else word


def _read(run: re.Match[str]) -> str:
    text = run[0]
    digits = len(_DIGIT.findall(text))
    letters = sum(map(str.isalpha, text))
    is_name = letters >= _LEAST_LETTERS * digits and not _NO_NAME.search(text)
    return text.translate(_LETTERS) if is_name else text
