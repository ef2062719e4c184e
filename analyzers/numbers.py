"""The three numbers a child may be asked for by: NHS number, UPN and ContactPoint number."""

import re
from functools import cache
from operator import mul
from typing import Literal

from stdnum import damm
from stdnum.gb import upn

NumberKind = Literal["nhs", "upn", "child"]

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212.]+")
_CHILD = re.compile(r"[1-9][0-9]{11}")
_NHS = re.compile(r"[0-9]{10}")
_UPN = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_UPN_VALUES = bytes.maketrans(b"ABCDEFGHJKLMNPQRTUVWXYZ0123456789", bytes(range(33)))


def compact_number(text: str) -> str:
    """Return the number without spaces and dashes, in capitals."""
    plain = text.replace(" ", "").replace("-", "")  # nearly always all there is
    return (plain if plain.isalnum() else _SEPARATORS.sub("", plain)).upper()


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
    """Say whether the text is 10 digits with the right check digit.

    Modulus 11 (NHS Data Model and Dictionary, NHS NUMBER): the digits by 10, 9, … 1 sum up to a
    multiple of 11. The bytes do so too: "0" is byte 48, and 48 x (10 + 9 + … + 1) is 11 x 240.
    """
    return bool(_NHS.fullmatch(text)) and sum(map(mul, range(10, 0, -1), text.encode())) % 11 == 0


def is_upn(text: str) -> bool:
    """Say whether the text is a unique pupil number with the right check letter.

    Modulus 23 (DfE, Unique pupil numbers): the 2nd to 13th characters by 2, 3, … 13. The authority
    in it is not judged: the library's list refuses those made since 2019.
    """
    if not _UPN.fullmatch(text):
        return False
    letter, *others = text.encode().translate(_UPN_VALUES)
    total: int = sum(map(mul, range(2, 14), others))
    return total % 23 == letter


def has_known_upn_authority(text: str) -> bool:
    """Say whether a UPN's authority is on the library's list; if not, that is only a warning."""
    return _is_known_authority(text[1:4])


@cache  # at most a thousand
def _is_known_authority(code: str) -> bool:
    body = f"{code}000000000"
    return bool(upn.is_valid(upn.calc_check_digit(body) + body))


def number_kind(text: str) -> NumberKind | None:
    """Say which number the text is once spaces and dashes are removed; None if no valid one."""
    number = compact_number(text)
    if is_contactpoint_number(number):
        return "child"
    if is_nhs_number(number):
        return "nhs"
    return "upn" if is_upn(number) else None
