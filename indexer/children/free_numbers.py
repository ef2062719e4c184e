"""Draws ContactPoint numbers that nobody has or had."""

from indexer.children.links import number_key
from indexer.children.number import draw_numbers
from indexer.children.stores import Stores


class FreeNumbers:
    """Draws numbers that nobody has or had, as many at once as a batch can need."""

    def __init__(self, stores: Stores, count: int) -> None:
        self._stores, self._count = stores, count
        self._free: list[str] = []

    def draw(self) -> str:
        while not self._free:
            drawn = draw_numbers(self._stores.world, self._count)
            # A hidden child's number, or one that was: a visible child's shows when it is created.
            taken = self._stores.links.read(map(number_key, drawn))
            hidden = self._stores.marks.marked(drawn)
            free = (n for n in drawn if n not in hidden and number_key(n) not in taken)
            self._free = list(dict.fromkeys(free))  # in no order, or siblings' would stand together
        return self._free.pop()
