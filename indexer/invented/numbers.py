"""NHS numbers, UPNs and row ids of invented people: valid, unique, and worked out from their place.

No list of numbers given out is kept, so that any part of England can be made on its own.
"""

from functools import cache
from operator import mul

# Each group of ten numbers (eight digits in common) has at least nine with a check digit: the ten
# weighted sums differ modulo 11, and only one remainder has none.
VALID_IN_TEN = 9
FIRST_RANGE = 999  # kept for tests by the NHS; 998 and downwards, for more, are not issued either
LAST_RANGE = 900
IN_RANGE = 100_000 * VALID_IN_TEN
SPREAD = 387_420_489  # 3 to the power 18; has no factor in common with the powers of ten below
NHS_SPREAD = 370_248_451  # has no factor in common with IN_RANGE

SECOND_RECORDS_FROM = 50_000_000  # above all people, and below as many ids as eight digits make
MOST_PEOPLE = min((FIRST_RANGE - LAST_RANGE + 1) * IN_RANGE, 33_000_000)

UPN_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ0123456789"
UPN_LETTERS = UPN_ALPHABET[:23]
SCHOOLS_AND_SERIALS = 10_000_000  # four digits for the school, three for the serial number
TEMPORARY_SERIALS = 1_000_000  # four digits, two, then a letter


def nhs_number(person: int) -> str:
    """Return ten digits, modulus 11 (NHS Data Dictionary), another for every person."""
    block, place = divmod(person, IN_RANGE)
    scattered = place * NHS_SPREAD % IN_RANGE
    tens, nth = divmod(scattered, VALID_IN_TEN)
    return valid_in_ten(f"{FIRST_RANGE - block}{tens:05}", nth)


def valid_in_ten(eight: str, nth: int) -> str:
    """Return the `nth` valid number, from 0, that starts with these eight digits."""
    total = sum(map(mul, range(10, 2, -1), map(int, eight)))
    without_check = (1 - total) * 6 % 11  # the ninth digit after which the check would be 10
    digit = nth + (nth >= without_check)
    return f"{eight}{digit}{-(total + 2 * digit) % 11}"


def upn(person: int, authority: str, year: int) -> str:
    """Return a UPN given out in `year`: check letter, authority, school, year, serial number.

    The check letter is that of the Department for Education's guide on UPNs. Past ten million
    people the serial ends in a letter, as a temporary UPN's does, so that all stay unique.
    """
    lap, place = divmod(person, SCHOOLS_AND_SERIALS)
    if lap == 0:
        place = place * SPREAD % SCHOOLS_AND_SERIALS
        body = f"{authority}{place // 1000:04}{year % 100:02}{place % 1000:03}"
    else:
        letter, rest = divmod(person - SCHOOLS_AND_SERIALS, TEMPORARY_SERIALS)
        place = rest * SPREAD % TEMPORARY_SERIALS
        serial = f"{place % 100:02}{UPN_LETTERS[letter]}"
        body = f"{authority}{place // 100:04}{year % 100:02}{serial}"
    return upn_check_letter(body) + body


def upn_check_letter(body: str) -> str:
    total = sum(weight * UPN_ALPHABET.index(sign) for weight, sign in enumerate(body, start=2))
    return UPN_ALPHABET[total % 23]


@cache
def id_shift(prefix: str) -> int:
    """A number of the source's own, so that equal digits in two sources mean nothing."""
    return int.from_bytes(prefix.encode(), "big") * SPREAD % 100_000_000


def record_id(prefix: str, person: int, record: int = 1) -> str:
    """Return a source's own id of a person, such as SC-00012345; another for a record 2."""
    place = person + SECOND_RECORDS_FROM * (record - 1)
    return f"{prefix}-{(place * SPREAD + id_shift(prefix)) % 100_000_000:08}"
