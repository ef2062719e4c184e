"""England's local authorities: their codes and names."""

import csv
from functools import cache
from pathlib import Path


@cache
def authority_names() -> dict[str, str]:
    """Return England's 153 authorities: code → name.

    Source: the three-digit local authority codes of the Department for Education, as they stand
    after the reorganisation of April 2023.
    """
    with Path(__file__).with_name("authorities.csv").open(newline="", encoding="utf-8") as lines:
        return {row["code"]: row["name"] for row in csv.DictReader(lines)}
