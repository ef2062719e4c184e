"""Reads a UK postcode, whole or only its outward part."""

import re
from dataclasses import dataclass
from functools import lru_cache

# The shapes of BS 7666: area and district, then sector and unit.
_OUTWARD = r"[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][A-Z])"
_UNIT = r"[0-9][ABD-HJLNP-UW-Z]{2}"
_WHOLE = re.compile(rf"({_OUTWARD})({_UNIT})?")
# A sector needs its space: "WN11" is district 11, "WN1 1" is sector 1 of WN1.
_SECTOR = re.compile(rf"({_OUTWARD})\s+[0-9]")


@dataclass(frozen=True)
class Postcode:
    """`outward` is the district (WN1); `inward` the rest (1AA), empty if it was not given."""

    outward: str
    inward: str = ""

    def __str__(self) -> str:
        return f"{self.outward} {self.inward}".strip()

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens it is stored under: the whole without a space, and the outward part."""
        return (self.outward + self.inward, self.outward) if self.inward else (self.outward,)


# One row's postcode is read by validation, search fields, link keys and comparison.
@lru_cache(maxsize=1 << 14)
def parse_postcode(text: str) -> Postcode | None:
    """Return the postcode written in the text, in any case and spacing, or None.

    A sector (`WN1 1`) is read as its outward part.
    """
    written = text.upper().strip()
    sector = _SECTOR.fullmatch(written)
    if sector:
        return Postcode(sector[1])
    whole = _WHOLE.fullmatch("".join(written.split()))
    return Postcode(whole[1], whole[2] or "") if whole else None
