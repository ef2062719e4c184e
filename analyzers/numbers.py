"""The three numbers a child may be asked for by: NHS number, UPN and ContactPoint number."""

import re
from typing import Literal

from stdnum import damm
from stdnum.exceptions import ValidationError
from stdnum.gb import nhs, upn

NumberKind = Literal["nhs", "upn", "child"]

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212.]+")
_CHILD = re.compile(r"[1-9][0-9]{11}")
_NHS = re.compile(r"[0-9]{10}")
_UPN = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")


def compact_number(text: str) -> str:
    """Return the number without spaces and dashes, in capitals."""
    return _SEPARATORS.sub("", text).upper()


def check_digit(eleven: str) -> str:
    """Return the digit that makes 11 digits a ContactPoint number.

    Damm's scheme (H. M. Damm, 2004) finds every single wrong digit and every swap of neighbours;
    ISO 7064 mod 11,10 misses some swaps.
    """
    return str(damm.calc_check_digit(eleven))


def is_contactpoint_number(text: str) -> bool:
    """Say whether the text is 12 digits, the first not 0, with the right check digit."""
    return bool(_CHILD.fullmatch(text)) and check_digit(text[:-1]) == text[-1]


def is_nhs_number(text: str) -> bool:
    """Say whether the text is 10 digits with the right check digit (modulus 11)."""
    return bool(_NHS.fullmatch(text)) and bool(nhs.is_valid(text))


def is_upn(text: str) -> bool:
    """Say whether the text is a unique pupil number with the right check letter.

    The authority in it is not judged: the library's list refuses those made since 2019.
    """
    return bool(_UPN.fullmatch(text)) and upn.calc_check_digit(text[1:]) == text[0]


def has_known_upn_authority(text: str) -> bool:
    """Say whether a UPN's authority is on the library's list; if not, that is only a warning."""
    try:
        upn.validate(text)
    except ValidationError:
        return False
    return True


def number_kind(text: str) -> NumberKind | None:
    """Say which number the text is once spaces and dashes are removed; None if no valid one."""
    number = compact_number(text)
    if is_contactpoint_number(number):
        return "child"
    if is_nhs_number(number):
        return "nhs"
    return "upn" if is_upn(number) else None
