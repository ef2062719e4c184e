"""Draws ContactPoint numbers: at random, because gaps in a sequence would tell of the hidden."""

from analyzers.numbers import check_digit
from indexer.world import World

FIRST, PAST_LAST = 10**10, 10**11  # eleven digits, the first not 0; the twelfth is the check digit


def draw_number(world: World) -> str:
    """Return 12 digits; whether the number is free is for the caller to ask."""
    eleven = str(FIRST + world.below(PAST_LAST - FIRST))
    return eleven + check_digit(eleven)
