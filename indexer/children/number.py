"""Draws ContactPoint numbers: at random, because gaps in a sequence would tell of the hidden."""

from analyzers.numbers import check_digit
from indexer.world import World

FIRST, PAST_LAST = 10**10, 10**11  # eleven digits, the first not 0; the twelfth is the check digit
SPAN = PAST_LAST - FIRST
MANY = 100  # numbers of one draw: dividing larger ones takes longer than drawing more often


def draw_number(world: World) -> str:
    """Return 12 digits; whether the number is free is for the caller to ask."""
    (number,) = draw_numbers(world, 1)
    return number


def draw_numbers(world: World, count: int) -> list[str]:
    """Return as many numbers, each drawn by itself; some may be alike.

    All are digits of a few large draws: for each draw a thread waits for its turn.
    """
    numbers: list[str] = []
    while (left := count - len(numbers)) > 0:
        many = min(left, MANY)
        drawn = world.below(SPAN**many)
        for _ in range(many):
            drawn, one = divmod(drawn, SPAN)
            eleven = str(FIRST + one)
            numbers.append(eleven + check_digit(eleven))
    return numbers
