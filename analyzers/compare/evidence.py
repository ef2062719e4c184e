"""One thing that speaks for or against two people being one, and what it weighs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from analyzers.tables import read_table

Field = Literal["given", "family", "name", "whole_name", "born", "postcode", "sex", "authority"]
Purpose = Literal["rank", "link", "shield"]
WEIGHTS = "compare/weights.csv"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`field` is what it is about ("name" for a typed word found in neither), `kind` a row of
    weights.csv; `sentence` is for people, empty where there is nothing worth telling."""

    field: Field
    kind: str
    sentence: str


def score(evidence: Iterable[Evidence], use: Purpose = "rank") -> float:
    """Return 0..1: the weights of the evidence, over the most they could be for what was asked."""
    most, got = 0.0, 0.0
    for item in evidence:
        best, weight = _weights(use)[item.field, item.kind]
        most += best
        got += weight
    return max(0.0, got / most) if most else 0.0


@cache
def _weights(use: Purpose) -> dict[tuple[Field, str], tuple[float, float]]:
    """Return, for a field and a kind, the best weight of its group and its own."""
    rows = read_table(WEIGHTS)
    best: dict[str, float] = {}
    for row in rows:
        best[row["about"]] = max(best.get(row["about"], 0.0), float(row[use]))
    return {
        (field, row["kind"]): (best[row["about"]], float(row[use]))
        for row in rows
        for field in _FIELDS_ABOUT[row["about"]]
    }


_FIELDS_ABOUT: dict[str, tuple[Field, ...]] = {
    "word": ("given", "family", "name"),
    "whole_name": ("whole_name",),
    "born": ("born",),
    "postcode": ("postcode",),
    "sex": ("sex",),
    "authority": ("authority",),
}
