"""Writes the figures down: one page, tables as CSV, and drawings, named by how many children."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.evaluation.drawings import Bar, Chart
from tests.benchmarks.evaluation.figures import (
    BARS,
    HEADINGS,
    SPEED_HEADINGS,
    Figure,
    Speed,
    Told,
    Verdict,
    class_recalls,
    figures_by,
    recall_verdicts,
    rival_verdicts,
    speed,
    speed_verdicts,
)
from tests.benchmarks.evaluation.outcomes import Costly, Outcome, Steadiness, Throughput

SEARCHES_A_SECOND, COSTLY_MS = 150, 100
WHOLE_ENGLAND = 11_000_000


@dataclass
class Report:
    """All that was measured in one run; what was left out is empty."""

    heading: str
    children: int
    half: str
    told: list[Told]
    throughput: Throughput | None = None
    costly: list[Costly] = field(default_factory=list)
    sides: dict[str, list[Outcome]] = field(default_factory=dict)
    parts: dict[str, list[Outcome]] = field(default_factory=dict)
    steadiness: Steadiness | None = None

    @property
    def name(self) -> str:
        return f"{self.children}-{self.half}"

    @property
    def by_class(self) -> list[Figure]:
        return figures_by(self.told, lambda one: one.case.error)

    @property
    def by_origin(self) -> list[Figure]:
        barred = [one for one in self.told if one[0].case.family in BARS]
        found = figures_by(barred, lambda one: one.case.origin)
        return sorted(found, key=lambda one: (one.criterion, one.of))

    @property
    def speeds(self) -> list[Speed]:
        outcomes = [outcome for outcome, _ in self.told]
        by_criterion: dict[str, list[Outcome]] = {}
        for one in outcomes:
            by_criterion.setdefault(one.case.criterion, []).append(one)
        found = [speed("all cases, one client", outcomes)]
        found += [speed(f"with {name}", some) for name, some in by_criterion.items()]
        return found + [speed(f"side by side: {name}", some) for name, some in self.sides.items()]

    @property
    def verdicts(self) -> list[Verdict]:
        found = recall_verdicts(self.told, self.children)
        found += speed_verdicts(self.speeds[0], self.children)
        found += rival_verdicts(self.sides) if self.sides else []
        return [*found, *self._of_load(), *self._of_order()]

    def _of_load(self) -> list[Verdict]:
        found = []
        if self.throughput:
            rate = self.throughput.a_second
            asked = f"{self.throughput.clients} clients: {SEARCHES_A_SECOND} searches a second"
            found.append(Verdict(asked, f"{rate:.0f} a second", rate >= SEARCHES_A_SECOND))
        if self.costly:
            worst = max(self.costly, key=lambda one: one.milliseconds)
            text = f"{worst.milliseconds:.0f} ms ({worst.what})"
            asked = f"the costliest questions within {COSTLY_MS} ms"
            found.append(Verdict(asked, text, worst.milliseconds <= COSTLY_MS))
        return found

    def _of_order(self) -> list[Verdict]:
        if not self.steadiness:
            return []
        one = self.steadiness
        return [
            Verdict(asked, f"{changed} of {one.questions} changed", changed == 0)
            for asked, changed in (
                ("order the same after a merge", one.changed_by_merge),
                ("order the same after unchanged rows are written again", one.changed_by_rewriting),
            )
        ]

    def page(self) -> str:
        """Return everything as one page of tables."""
        sections = [
            f"# Evaluation: {self.children:,} children, cases: {self.half}",
            self.heading,
            markdown(
                "Asked and found", ["asked", "found", ""], [one.values() for one in self.verdicts]
            ),
            markdown("By class of error", HEADINGS, [one.values() for one in self.by_class]),
            markdown(
                "By origin of name (classes with a bar)",
                HEADINGS,
                [one.values() for one in self.by_origin],
            ),
            markdown("Speed", SPEED_HEADINGS, [one.values() for one in self.speeds]),
            *self._parts(),
            *self._rivals(),
            *self._costly(),
            markdown("Not answered", ["class", "error", "cases"], self._not_answered()),
        ]
        return "\n\n".join(sections) + "\n"

    def _parts(self) -> list[str]:
        """Return what the search is with one part taken out, the same cases asked in turns."""
        lines = [speed(name, some).values() for name, some in self.parts.items()]
        title = "What each part is worth: without it"
        return [markdown(title, SPEED_HEADINGS, lines)] if lines else []

    def _rivals(self) -> list[str]:
        headings = ["class", "asked with", "contactpoint @10", "other @10"]
        return [
            markdown(
                f"Recall side by side: {name}",
                headings,
                [
                    [error, criterion, f"{own:.0f}", f"{other:.0f}"]
                    for error, criterion, own, other in class_recalls(
                        self.sides["contactpoint"], some
                    )
                ],
            )
            for name, some in self.sides.items()
            if name != "contactpoint"
        ]

    def _not_answered(self) -> list[list[str]]:
        """Return which cases were refused, or failed; all of them count as not found."""
        counted = Counter((one.case.error, one.refused) for one, _ in self.told if one.refused)
        return [[error, refused, str(count)] for (error, refused), count in counted.items()]

    def _costly(self) -> list[str]:
        lines = [[one.what, one.outcome, f"{one.milliseconds:.1f}"] for one in self.costly]
        headings = ["typed", "outcome", "slowest, ms"]
        return [markdown("The costliest questions", headings, lines)] if lines else []

    def drawings(self) -> dict[str, str]:
        """Return file name → SVG."""
        with_year = [one for one in self.by_class if one.criterion == "year"]
        origins = [one for one in self.by_origin if one.criterion == "year"]
        return {
            f"recall-{self.name}.svg": recall_chart("Recall at 10, name and year", with_year),
            f"origins-{self.name}.svg": recall_chart(
                "Recall at 10 by origin, name and year, classes with a bar", origins
            ),
            f"speed-{self.name}.svg": speed_chart(self.speeds),
        }


def recall_chart(title: str, figures: Sequence[Figure]) -> str:
    bars = [Bar(one.of, one.recall[10], one.ceiling) for one in figures]
    return Chart(f"{title} (red line: a perfect engine)", "%", 100, bars).svg()


def speed_chart(speeds: Sequence[Speed]) -> str:
    bars = [
        bar
        for one in speeds
        for bar in (Bar(f"{one.of}: p50", one.p50), Bar("p95", one.p95, series=1))
    ]
    largest = max((bar.value for bar in bars), default=1.0)
    return Chart("Milliseconds for a search", " ms", round(largest, 1), bars).svg()


def markdown(title: str, headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    cells = [headings, ["---"] * len(headings), *lines]
    rows = [" | ".join(cell.replace("|", "\\|") for cell in one) for one in cells]
    return f"## {title}\n\n" + "\n".join(f"| {row} |" for row in rows)


def write_report(report: Report, folder: Path) -> Path:
    """Write the page, the tables and the drawings; return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(
        folder / f"classes-{report.name}.csv", HEADINGS, [one.values() for one in report.by_class]
    )
    write_csv(
        folder / f"origins-{report.name}.csv", HEADINGS, [one.values() for one in report.by_origin]
    )
    write_csv(
        folder / f"speed-{report.name}.csv", SPEED_HEADINGS, [one.values() for one in report.speeds]
    )
    for name, drawing in report.drawings().items():
        (folder / name).write_text(drawing, encoding="utf-8")
    page = folder / f"evaluation-{report.name}.md"
    pictures = "\n\n".join(f"![{name.removesuffix('.svg')}]({name})" for name in report.drawings())
    page.write_text(f"{report.page()}\n{pictures}\n", encoding="utf-8")
    return page


def write_csv(path: Path, headings: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(lines)


MISSED = ("class", "asked with", "origin", "what was done", "typed", "row", "place", "namesakes")


def write_misses(report: Report, path: Path) -> int:
    """Write the cases not found within ten though a perfect engine would; return how many.

    Only of the half that may be looked at: whoever tunes must not see the other.
    """
    missed = [
        (outcome, crowd)
        for outcome, crowd in report.told
        if not outcome.is_within(10) and crowd.ceiling(10) == 1 and outcome.case.half == "tuning"
    ]
    lines = [
        [
            *(one.case.error, one.case.criterion, one.case.origin, one.case.name.detail),
            *(one.case.typed, one.case.row, str(one.place), str(crowd.alike)),
        ]
        for one, crowd in missed
    ]
    write_csv(path, MISSED, lines)
    return len(lines)
