"""Rows of feeds as tests need them: the example of docs/FORMATS.md, and rows like it."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from stdnum.gb import nhs

from indexer.feeds.columns import FeedForm
from indexer.feeds.feed import Feed
from indexer.feeds.json_rows import read_json
from indexer.feeds.rows import Reject, Row, Unread
from indexer.world import World

EXAMPLE: dict[str, Any] = {
    "source_record_id": "SC-0001234",
    "nhs_number": "943 476 5919",
    "given_names": "Niamh Rose",
    "family_name": "O'Brien-Smith",
    "known_as": "Neve",
    "former_names": [{"given_names": "Niamh", "family_name": "Kelly"}],
    "date_of_birth": "2014-03-09",
    "sex": "female",
    "address": {"lines": ["1 High Street"], "town": "Wigan", "postcode": "wn1 1aa"},
    "authority": "359",
    "carers": [{"name": "Aoife O'Brien", "relationship": "mother", "phone": "01942 000000"}],
    "involvements": [
        {
            "service": "school",
            "organisation": "St Mary's Primary",
            "practitioner": "J. Ahmed",
            "role": "Head teacher",
            "phone": "01942 000001",
            "email": "office@example.org",
            "from": "2018-09-01",
            "to": None,
            "sensitive": False,
            "lead": False,
        }
    ],
}


def row(**changes: Any) -> dict[str, Any]:
    """The example with some fields changed; a field set to None is left out."""
    return {name: value for name, value in (EXAMPLE | changes).items() if value is not None}


def plain_row(record_id: str, given: str, family: str, born: str, **more: Any) -> dict[str, Any]:
    """A row with the required fields alone, and what `more` adds."""
    return {
        "source_record_id": record_id,
        "given_names": given,
        "family_name": family,
        "date_of_birth": born,
        "authority": "359",
        **more,
    }


def entries(*rows: dict[str, Any], first: int = 1) -> list[Unread | Reject]:
    """The rows as a feed yields them, numbered from `first`."""
    lines = ((number, f"{json.dumps(one)}\n") for number, one in enumerate(rows, first))
    return list(read_json(lines, FeedForm(), "rows"))


def read_rows(path: Path, today: date) -> Iterator[Row | Reject]:
    """The rows of a file, as Feed yields them, and what is in them."""
    for one in Feed(path, FeedForm(), today):
        yield one if isinstance(one, Reject) else one.read(today)


def nhs_number(world: World) -> str:
    """A valid NHS number out of those that are kept for tests (they begin with 999)."""
    number = f"999{world.below(10**7):07}"
    return number if nhs.is_valid(number) else nhs_number(world)
