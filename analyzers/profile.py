"""All that was ever said of who a child is, so far as it can tell that two are one."""

import re
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from analyzers.blocks import carer_name
from analyzers.fold import fold
from analyzers.identity import PersonName

_NOT_WRITTEN = re.compile(r"[\W_]+")
_NO_DIGITS = re.compile(r"\D+")


class Profile(Struct, frozen=True):
    """What a row, or a child by all its rows, says.

    Each name is whole; a given name that is none ("Baby") is left out. `numbers` are keys (nhs:…,
    upn:…), `places` those of `postcode_place`, `address_key` and `phone_key`, `carers` those of
    `analyzers.blocks.carer_name`.
    """

    names: tuple[PersonName, ...] = ()
    dates: frozenset[date] = frozenset()
    places: frozenset[str] = frozenset()
    carers: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def united(self, other: "Profile") -> "Profile":
        """Return what both say."""
        return Profile(
            tuple(dict.fromkeys((*self.names, *other.names))),
            self.dates | other.dates,
            self.places | other.places,
            self.carers | other.carers,
            self.numbers | other.numbers,
        )

    def brings_to(self, known: "Profile") -> bool:
        """Is there a name, date, number, address or carer that is not known?"""
        return bool(
            self.dates - known.dates
            or self.places - known.places
            or self.carers - known.carers
            or self.numbers - known.numbers
            or _folded(self.names) - _folded(known.names)
        )


def _folded(names: Sequence[PersonName]) -> set[tuple[str, str]]:
    return {(fold(one.given), fold(one.family)) for one in names}


def address_key(lines: Sequence[str], town: str) -> str:
    """Return the address without its postcode, in small letters and digits; "" if none is said.

    One of two addresses may lack the postcode, or all but the postcode.
    """
    if not lines:
        return ""
    return _NOT_WRITTEN.sub(" ", " ".join((*lines, town)).casefold()).strip()


def is_postcode(place: str) -> bool:
    """Is this place a postcode? All else is in small letters."""
    return place.isupper()


def phone_key(carer: str, phone: str) -> str:
    """Return what two carers have alike if they are one person: name and phone, which says as much
    as an address does; "" if either is not said."""
    digits, name = _NO_DIGITS.sub("", phone), carer_name(carer)
    return f"{name} {digits}" if name and digits else ""
