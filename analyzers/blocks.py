"""The keys by which linking finds the children that a row may surely be about.

A sure pair of rows has a place in common, which is a postcode or a carer's name, and its dates of
birth are the same, one digit apart, or day and month swapped (indexer/children/likeness.py). So a
key is a place with two of the three parts of the date: one wrong digit, or a swap, leaves one of
three such keys standing whatever the names are, and a neighbour shares one in a hundred times.

The field `blocks` holds these, and the household keys, by which shields alone ask.
"""

from datetime import date
from functools import cache, lru_cache
from hashlib import blake2b

from analyzers.fold import words
from analyzers.identity import Identity
from analyzers.postcodes import parse_postcode
from analyzers.tables import read_table

MOST_PLACES = 24
"""Three keys each; of a child with more, the oldest postcodes and then the last carers named find
nobody."""
_WORDS_OF_A_NAME = 2
_DIGEST_BYTES = 5  # of eleven million families' names, some ten pairs would fall together


def block_keys(identity: Identity) -> set[str]:
    """Return the keys that two rows share wherever they are surely about one child.

    None for an identity without a day of birth, or without a postcode or a carer.
    """
    day = identity.born.day if identity.born else None
    if day is None:
        return set()
    dates = _date_parts(day)
    return {place + part for place in _places(identity) for part in dates}


def _places(identity: Identity) -> set[str]:
    places = [
        *map(postcode_place, identity.postcodes),
        *map(_carer_place, identity.carers),
        *map(postcode_place, identity.former_postcodes),
    ]
    return set(places[:MOST_PLACES]) - {""}


def postcode_place(text: str) -> str:
    """Return a whole postcode without its space; an outward part alone is too many children."""
    postcode = parse_postcode(text)
    return postcode.outward + postcode.inward if postcode and postcode.inward else ""


@lru_cache(maxsize=1 << 13)  # as below, and the comparison with the shielded asks twice
def carer_name(name: str) -> str:
    """Return the folded name of a carer; "" for what tells of nobody: "Mother", "not known", or one
    word alone, which half a school's carers may share."""
    found = words(name)
    return "" if len(found) < _WORDS_OF_A_NAME or _nobody().issuperset(found) else " ".join(found)


@cache
def _nobody() -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("nobody.csv"))


# A batch asks for the keys of its rows, of their candidates and of what it writes.
@lru_cache(maxsize=1 << 13)
def _carer_place(name: str) -> str:
    """Return a digest of the folded name: it is shorter, and in small letters no postcode."""
    folded = carer_name(name).replace(" ", "")
    return _digest(folded) if folded else ""


def household_key(place: str) -> str:
    """Return what children of one household are stored under whatever their dates are, for the
    comparison with a shielded child; linking never asks for it. `place` is an address without its
    postcode, a carer with phone (`analyzers.profile.Profile.places`), or a carer's name alone."""
    return f"h{_digest(place)}"  # no digest begins so


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


@lru_cache(maxsize=1 << 13)  # all days of birth of those under eighteen
def _date_parts(day: date) -> tuple[str, str, str]:
    """Return year and month, year and day, and day with month in either order."""
    year = f"{day.year % 100:02}"
    low, high = sorted((day.month, day.day))
    return f"m{year}{day.month:02}", f"d{year}{day.day:02}", f"y{low:02}{high:02}"
