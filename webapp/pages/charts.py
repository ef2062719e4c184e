"""Small charts for a page: sizes worked out here, drawn as SVG by the template.

No script and no style in the page: the browser is told to refuse both. What a bar shows stands
beside it as text, so nothing is told by its length or colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 240, 48  # units of the drawing; the style sheet says how large they are


@dataclass(frozen=True)
class Bar:
    """`value` of `most`, and the words for it."""

    label: str
    value: int
    most: int
    words: str

    @property
    def width(self) -> int:
        """Return 0..240; anything that is there at all is seen."""
        return _length(WIDTH, self.value, self.most)


@dataclass(frozen=True)
class Chart:
    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Columns:
    """One value a day as columns side by side, 0..48 high, the oldest first."""

    title: str
    heights: tuple[int, ...]
    words: str

    @property
    def width(self) -> float:
        """Return the width of a column with the space beside it."""
        return WIDTH / len(self.heights)


def columns(title: str, values: Sequence[int], words: str) -> Columns | None:
    """Return the chart, None where there is nothing to show."""
    most = max(values, default=0)
    heights = tuple(_length(HEIGHT, one, most) for one in values)
    return Columns(title, heights, words) if most else None


def _length(whole: int, value: int, most: int) -> int:
    if not value or not most:
        return 0
    return max(1, min(whole, round(whole * value / most)))


def bars(title: str, made: Sequence[Bar]) -> Chart | None:
    """Return the chart, None where there is nothing to show."""
    return Chart(title, tuple(made)) if made else None
