"""Draws bar charts as SVG: plain shapes that a browser and a page on GitHub both show."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

ROW, LEFT, WIDTH, TOP_SPACE, RIGHT = 18, 260, 460, 46, 90
COLOURS = ("#1d70b8", "#b58840", "#6f777b")
INK, PALE, CEILING = "#0b0c0c", "#dfe3e6", "#d4351c"


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its value, and the value a perfect engine would have, if that is told."""

    label: str
    value: float
    ceiling: float | None = None
    series: int = 0


@dataclass(frozen=True)
class Chart:
    title: str
    unit: str
    largest: float
    bars: Sequence[Bar]

    def svg(self) -> str:
        height = TOP_SPACE + ROW * len(self.bars) + 24
        width = LEFT + WIDTH + RIGHT
        shapes = "\n".join(self._bar(place, bar) for place, bar in enumerate(self.bars))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-label="{escape(self.title)}" '
            f'font-family="Arial, sans-serif" font-size="12" fill="{INK}">\n'
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
            f'<text x="10" y="22" font-size="15" font-weight="bold">{escape(self.title)}</text>\n'
            f"{self._axis(height)}\n{shapes}\n</svg>\n"
        )

    def _axis(self, height: int) -> str:
        lines = []
        for step in range(5):
            x = LEFT + WIDTH * step / 4
            text = f"{self.largest * step / 4:g}"
            lines.append(
                f'<line x1="{x}" y1="{TOP_SPACE - 6}" x2="{x}" y2="{height - 18}" stroke="{PALE}"/>'
                f'<text x="{x}" y="{height - 4}" text-anchor="middle">{text}{self.unit}</text>'
            )
        return "\n".join(lines)

    def _bar(self, place: int, bar: Bar) -> str:
        y = TOP_SPACE + ROW * place
        length = self._length(bar.value)
        shape = (
            f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(bar.label)}</text>'
            f'<rect x="{LEFT}" y="{y + 2}" width="{length:.1f}" height="{ROW - 5}" '
            f'fill="{COLOURS[bar.series % len(COLOURS)]}"/>'
            f'<text x="{LEFT + WIDTH + 8}" y="{y + 12}">{bar.value:.1f}{self.unit}</text>'
        )
        if bar.ceiling is None:
            return shape
        x = LEFT + self._length(bar.ceiling)
        return (
            f'{shape}<line x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + ROW - 1}" '
            f'stroke="{CEILING}" stroke-width="2"/>'
        )

    def _length(self, value: float) -> float:
        return WIDTH * min(max(value / self.largest, 0.0), 1.0) if self.largest else 0.0
