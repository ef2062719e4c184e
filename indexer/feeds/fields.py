"""THE table of docs/FORMATS.md, fields.csv: every field of a row and how it is read."""

import csv
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from indexer.children.child import Address, Carer, FormerName, Involvement
from indexer.feeds.kinds import kind_of
from indexer.feeds.sensitive import is_sensitive
from indexer.feeds.shapes import Field, Many, Shape, columns_of

LIKE_A_FIELD = 0.85  # 0..1; at 0.75 the names "tom", "leah", "cole" and "carter" are like a field


def address(**said: Any) -> Address | None:
    return Address(**said) if any(said.values()) else None


def involvement(service: str, organisation: str = "", **said: Any) -> Involvement:
    """Who and where a sensitive service is stops here: nothing behind this line ever knows it."""
    if said.get("sensitive") or is_sensitive(organisation):
        start, end = said.get("start"), said.get("end")
        return Involvement(service="sensitive", start=start, end=end, sensitive=True)
    return Involvement(service=service, organisation=organisation, **said)


BUILT_BY: dict[str, Callable[..., Any]] = {
    "former_name": FormerName,
    "address": address,
    "carer": Carer,
    "involvement": involvement,
    "row": dict,
}
KEPT_AS = {"from": "start", "to": "end"}  # `from` is a word of Python


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def _shapes() -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for name, rows in groupby(_rows("fields.csv"), itemgetter("object")):
        fields = {row["field"]: _field(row, shapes) for row in rows}
        shapes[name] = Shape(BUILT_BY[name], fields, is_like_a_field)
    return shapes


def _field(row: dict[str, str], shapes: dict[str, Shape]) -> Field:
    required, kept_as = bool(row["required"]), KEPT_AS.get(row["field"], row["field"])
    if row["kind"] in shapes:
        shape = shapes[row["kind"]]
        return Field(Many(shape) if row["many"] else shape, kept_as=kept_as)
    kind = kind_of(row)
    read = Many(kind.read) if row["many"] else kind.read
    return Field(read, kept_as, row["about"], required, kind.quick, kind.is_rough)


@lru_cache(maxsize=1_000)  # a column that is wrong is wrong in every row
def is_like_a_field(name: str) -> bool:
    """Say whether a name can hardly be anything but a field's."""
    known = name in OTHER_NAMES or name in FIELD_NAMES
    return known or bool(get_close_matches(name, FIELD_NAMES, 1, LIKE_A_FIELD))


SHAPES = _shapes()
ROW = SHAPES["row"]
COLUMNS = dict(columns_of(ROW))
OTHER_NAMES = {row["theirs"]: row["ours"] for row in _rows("other_names.csv")}
"""What other systems call a field → our column, empty where we have none."""
FIELD_NAMES = {*COLUMNS, *(name for shape in SHAPES.values() for name in shape.fields)}
