"""From outcomes to figures: recall beside the ceiling of a perfect engine, and what was asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.evaluation.cases import BESIDE, BY_HAND
from tests.benchmarks.evaluation.namesakes import Crowd
from tests.benchmarks.evaluation.outcomes import Outcome, percentile

SIZES = (1, 10, 25)
TOP = 10

BARS = {
    "one edit": 99.0,
    "one edit in each": 98.0,
    "two edits, 8 letters or more": 95.0,
    "two edits, 6 or 7 letters": 75.0,
    "nicknames and families": 97.0,
    "sounds and scripts": 95.0,
    "swapped, joined, split, accents": 99.0,
}
"""Family of errors → recall at 10 that is asked with name and year, in 100 cases whose child has
at most five namesakes under the same criteria."""

FULL_DATE_BAR, NAME_ALONE_BAR = 99.5, 97.0
NAME_ALONE_CHILDREN = 100_000

Told = tuple[Outcome, Crowd]


@dataclass(frozen=True)
class Figure:
    """Recall of some cases, in 100; `few` are those whose child has at most five namesakes.

    `in_england` weighs each case by the children behind it: origins are asked equally often.
    """

    of: str
    criterion: str
    cases: int
    recall: dict[int, float]
    in_england: float
    ceiling: float
    few_cases: int
    few_recall: float
    few_ceiling: float

    def values(self) -> list[str]:
        numbers = [*(self.recall[size] for size in SIZES), self.ceiling, self.in_england]
        few = [f"{self.few_cases}", f"{self.few_recall:.1f}", f"{self.few_ceiling:.1f}"]
        return [self.of, self.criterion, f"{self.cases}", *(f"{one:.1f}" for one in numbers), *few]


HEADINGS = [
    *("what", "asked with", "cases", "recall@1", "recall@10", "recall@25", "ceiling@10"),
    *("@10 in England", "few namesakes: cases", "recall@10", "ceiling@10"),
]


def hundredths(values: Iterable[float]) -> float:
    """Return the mean of 0..1 in 100; 0 of nothing."""
    some = list(values)
    return 100 * sum(some) / len(some) if some else 0.0


def figure(of: str, criterion: str, told: Sequence[Told]) -> Figure:
    few = [(outcome, crowd) for outcome, crowd in told if crowd.is_small]
    weights = sum(outcome.case.weight for outcome, _ in told)
    found = sum(outcome.case.weight for outcome, _ in told if outcome.is_within(TOP))
    return Figure(
        of=of,
        criterion=criterion,
        cases=len(told),
        recall={size: hundredths(one.is_within(size) for one, _ in told) for size in SIZES},
        in_england=100 * found / weights if weights else 0.0,
        ceiling=hundredths(crowd.ceiling(TOP) for _, crowd in told),
        few_cases=len(few),
        few_recall=hundredths(outcome.is_within(TOP) for outcome, _ in few),
        few_ceiling=hundredths(crowd.ceiling(TOP) for _, crowd in few),
    )


def figures_by(told: Sequence[Told], name: Callable[[Outcome], str]) -> list[Figure]:
    """Return a figure for each name and criterion, in the order in which they come first."""
    groups: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        groups.setdefault((name(one[0]), one[0].case.criterion), []).append(one)
    return [figure(of, criterion, some) for (of, criterion), some in groups.items()]


@dataclass(frozen=True)
class Verdict:
    """One thing that was asked for, and what came out."""

    asked: str
    figure: str
    is_met: bool

    def values(self) -> list[str]:
        return [self.asked, self.figure, "met" if self.is_met else "NOT MET"]


def recall_verdicts(told: Sequence[Told], children: int) -> list[Verdict]:
    made = [one for one in told if one[0].case.family in BARS]
    verdicts = [
        verdict
        for family in figures_by(made, lambda one: one.case.family)
        if (verdict := family_verdict(family))
    ]
    if children <= NAME_ALONE_CHILDREN:
        verdicts.append(name_alone(told))
    return [*verdicts, all_with_date(told), first_by_date(told), worst_origin(made)]


def family_verdict(family: Figure) -> Verdict | None:
    """Return the verdict with year (few namesakes) or with the full date (all cases)."""
    if family.criterion == "year":
        asked, found, ceiling = BARS[family.of], family.few_recall, family.few_ceiling
        cases = family.few_cases
    elif family.criterion == "date":
        asked, found, ceiling = FULL_DATE_BAR, family.recall[TOP], family.ceiling
        cases = family.cases
    else:
        return None
    told = f"{found:.2f}% of {cases:,} (a perfect engine: {ceiling:.2f}%)"
    return Verdict(f"{family.of}, name and {family.criterion}: {asked}%", told, found >= asked)


def drawn_with(told: Sequence[Told], criterion: str) -> list[Told]:
    """Return the drawn cases of every class of error in names."""
    left_out = (BESIDE, BY_HAND)
    return [
        one
        for one in told
        if one[0].case.criterion == criterion and one[0].case.family not in left_out
    ]


def all_with_date(told: Sequence[Told]) -> Verdict:
    found = figure("all", "date", drawn_with(told, "date"))
    recall = found.recall[TOP]
    text = f"{recall:.2f}% of {found.cases:,} (a perfect engine: {found.ceiling:.2f}%)"
    return Verdict(f"all classes, name and date: {FULL_DATE_BAR}%", text, recall >= FULL_DATE_BAR)


def name_alone(told: Sequence[Told]) -> Verdict:
    found = figure("all", "name", drawn_with(told, "name"))
    text = f"{found.few_recall:.2f}% of {found.few_cases:,}; perfect: {found.few_ceiling:.2f}%"
    return Verdict(
        f"name alone, all classes: {NAME_ALONE_BAR}%", text, found.few_recall >= NAME_ALONE_BAR
    )


def first_by_date(told: Sequence[Told]) -> Verdict:
    exact = [one for one, _ in told if (one.case.error, one.case.criterion) == ("exact", "date")]
    first = sum(one.place == 1 for one in exact)
    return Verdict(
        "exact name and exact date: always first", f"{first} of {len(exact)}", first == len(exact)
    )


def worst_origin(told: Sequence[Told]) -> Verdict:
    """Compare origins by classes of error with a bar, name and year, few namesakes: each class
    counts alike, for not every origin can have every error as often."""
    some = [one for one in told if one[0].case.criterion == "year" and one[1].is_small]
    recalls = {origin: even_recall(some, origin) for origin in {one.case.origin for one, _ in some}}
    if not recalls:
        return Verdict("best and worst origin within 1 point", "no cases", is_met=False)
    best, worst = max(recalls, key=recalls.__getitem__), min(recalls, key=recalls.__getitem__)
    text = f"{best} {recalls[best]:.2f}%, {worst} {recalls[worst]:.2f}%"
    return Verdict(
        "best and worst origin within 1 point", text, recalls[best] - recalls[worst] <= 1
    )


def even_recall(told: Sequence[Told], origin: str) -> float:
    own = [one for one in told if one[0].case.origin == origin]
    by_class = figures_by(own, lambda one: one.case.error)
    return sum(one.few_recall for one in by_class) / len(by_class)


@dataclass(frozen=True)
class Speed:
    """How fast something answered, in milliseconds, and how well (recall at 10, in 100)."""

    of: str
    searches: int
    p50: float
    p95: float
    p99: float
    recall: float

    def values(self) -> list[str]:
        numbers = (self.p50, self.p95, self.p99, self.recall)
        return [self.of, f"{self.searches:,}", *(f"{one:.1f}" for one in numbers)]


SPEED_HEADINGS = ["what", "searches", "p50 ms", "p95 ms", "p99 ms", "recall@10"]


def speed(of: str, outcomes: Sequence[Outcome]) -> Speed:
    taken = [one.milliseconds for one in outcomes]
    p50, p95, p99 = (percentile(taken, percent) for percent in (50, 95, 99))
    recall = hundredths(one.is_within(TOP) for one in outcomes)
    return Speed(of, len(outcomes), p50, p95, p99, recall)


SPEED_BARS = {11_000_000: (8, 25), 1_000_000: (6, 15)}
"""Children, at least → p50 and p95 in milliseconds, one client, through the whole gate."""


def speed_verdicts(ours: Speed, children: int) -> list[Verdict]:
    bar = next((bar for least, bar in SPEED_BARS.items() if children >= least), None)
    if not bar:
        return []
    text = f"p50 {ours.p50:.1f} ms, p95 {ours.p95:.1f} ms"
    is_met = ours.p50 <= bar[0] and ours.p95 <= bar[1]
    return [Verdict(f"p50 {bar[0]} ms, p95 {bar[1]} ms, one client", text, is_met)]


TIMES_FASTER = {"textbook": 4, "postgres": 40}


def rival_verdicts(sides: dict[str, list[Outcome]]) -> list[Verdict]:
    """Compare with each other finder: speed at p50, and recall class by class."""
    ours, verdicts = sides["contactpoint"], []
    for name, times in TIMES_FASTER.items():
        if name in sides:
            factor = speed(name, sides[name]).p50 / max(speed("", ours).p50, 0.001)
            asked = f"{times} times as fast as {name} at p50"
            verdicts.append(Verdict(asked, f"{factor:.1f} times", factor >= times))
            verdicts.append(no_class_worse(ours, sides[name], name))
    return verdicts


def no_class_worse(ours: list[Outcome], theirs: list[Outcome], name: str) -> Verdict:
    """Not lower in any class, and higher in every class with an error, recall at 10."""
    pairs = class_recalls(ours, theirs)
    behind = [
        f"{error} with {criterion} ({own:.0f} to {other:.0f})"
        for error, criterion, own, other in pairs
        if own < other or (own == other and error != "exact" and other < 100)
    ]
    told = "; ".join(behind) or "in none"
    return Verdict(
        f"higher recall than {name} in every class with an error", f"not higher: {told}", not behind
    )


def class_recalls(
    ours: Sequence[Outcome], theirs: Sequence[Outcome]
) -> list[tuple[str, str, float, float]]:
    """Return class, criterion, and the recall at 10 of each side, in 100."""
    groups: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    for own, other in zip(ours, theirs, strict=True):
        key = (own.case.error, own.case.criterion)
        groups.setdefault(key, []).append((own.is_within(TOP), other.is_within(TOP)))
    return [
        (*key, hundredths(own for own, _ in some), hundredths(other for _, other in some))
        for key, some in groups.items()
    ]
