"""Small bar charts for a page: sizes worked out here, drawn as SVG by the template.

No script and no style in the page: the browser is told to refuse both. What a bar shows stands
beside it as text, so nothing is told by its length or colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 240  # units of the drawing; the style sheet says how wide that is


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
        if not self.value or not self.most:
            return 0
        return max(1, min(WIDTH, round(WIDTH * self.value / self.most)))


@dataclass(frozen=True)
class Chart:
    title: str
    bars: tuple[Bar, ...]


def bars(title: str, made: Sequence[Bar]) -> Chart | None:
    """Return the chart, None where there is nothing to show."""
    return Chart(title, tuple(made)) if made else None
