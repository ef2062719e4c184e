"""One thing that speaks for or against two people being one, and what it weighs."""

import dataclasses
from collections.abc import Iterable
from functools import cache
from typing import Literal

from analyzers.tables import read_table

Field = Literal[
    "number",
    "given",
    "family",
    "name",
    "whole_name",
    "born",
    "postcode",
    "sex",
    "authority",
    "place",
    "carer",
]
WEIGHTS = "compare/weights.csv"
NAME_FIELDS = frozenset({"given", "family", "name"})
EXACT_WORDS = frozenset({"exact", "written", "known_as", "former"})
CERTAIN_FROM, WHOLE_FROM = 0.9, 0.95
"""An exact name with its exact date scores from here on (the higher where the child's whole name
was typed, but for middle names), everything else below, whatever else was asked: a child who moved
has another postcode, and tolerance must not outrank the child itself."""


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """`field` is what it is about ("name" for a typed word found in neither), `kind` a row of
    weights.csv; `sentence` is for people, empty where there is nothing worth telling. `weight` is
    what it counts, `most` what the best of its sort would. `is_slight` is true of a word so short,
    or so unlike, that some of very many children meet it like this by chance."""

    field: Field
    kind: str
    sentence: str
    weight: float = dataclasses.field(default=0.0, compare=False)
    most: float = dataclasses.field(default=0.0, compare=False)
    is_slight: bool = dataclasses.field(default=False, compare=False)


def weigh(about: Field, kind: str, sentence: str, like: str = "", worth: float = 1.0) -> Evidence:
    """Return evidence with its weight from the table: that of the row `like`, if that is another;
    times `worth`, where one word tells more than another."""
    group = "word" if about in NAME_FIELDS else about
    weight, most = _weights()[group, like or kind], _most()[group]
    # That a word is missing counts the same for all: a rare one already has more to lose.
    return Evidence(about, kind, sentence, weight * worth if weight > 0 else weight, most * worth)


def score(evidence: Iterable[Evidence]) -> float:
    """Return 0..1: the weights of the evidence, over the most they could be for what was asked."""
    most = got = 0.0
    has_date, is_exact, is_whole = False, True, True
    for item in evidence:
        most += item.most
        got += item.weight
        if item.field in NAME_FIELDS:
            is_exact = is_exact and item.kind in EXACT_WORDS
        elif item.field == "born":
            has_date = True
            is_exact = is_exact and item.kind == "same"
        elif item.field == "whole_name":
            is_whole = item.kind != "less"
    share = max(0.0, got / most) if most else 0.0
    least, best = _bounds(is_exact=is_exact, is_whole=is_whole) if has_date else (0.0, 1.0)
    # Rounded, so that what weighs the same is equal, however it was added up.
    return round(least + (best - least) * share, 6)


def _bounds(*, is_exact: bool, is_whole: bool) -> tuple[float, float]:
    if not is_exact:
        return 0.0, CERTAIN_FROM
    return (WHOLE_FROM, 1.0) if is_whole else (CERTAIN_FROM, WHOLE_FROM)


@cache
def _weights() -> dict[tuple[str, str], float]:
    """Return what each kind counts in a search; what only a row can say has no weight there."""
    return {
        (row["about"], row["kind"]): float(row["weight"])
        for row in read_table(WEIGHTS)
        if row["weight"]
    }


@cache
def _most() -> dict[str, float]:
    """Return the best weight of each group of the table."""
    groups = {about for about, _ in _weights()}
    return {
        group: max(weight for (about, _), weight in _weights().items() if about == group)
        for group in groups
    }
