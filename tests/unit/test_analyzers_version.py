"""The version: tokens never change without it, or old builds would be searched with new tokens."""

import json
from datetime import date
from pathlib import Path

import pytest

from analyzers import tables
from analyzers.blocks import block_keys
from analyzers.fields import search_fields
from analyzers.identity import Born, Identity, PersonName
from analyzers.version import NUMBER, VERSION
from indexer.children.child import Address, Carer, Contribution, Facts
from indexer.children.profile import household_keys

FROZEN = Path(__file__).parent / "cases" / "tokens_of_version.json"


def sample():
    """One child whose names pass through every rule."""
    day = date(2014, 3, 9)
    names = (
        PersonName("Mary-Jane Łucja", "van der McDonald-Kowalska"),
        PersonName("Peggy", "", "known_as"),
        PersonName("Ahmed", "Axmed", "former"),
        PersonName("Siobhán", "O’Brien St. John", "former"),
    )
    return Identity(
        names, Born(day, day), "female", ("WN1 1AA",), ("M1 1AE",), "359", ("Zoë O’Brien",)
    )


def contribution():
    """What one source says, for what households are found by."""
    address = Address(("Flat 2,", "7 Mill-Lane"), "Wigan", "WN1 1AA")
    carers = (Carer("Zoë O’Brien", "mother", "01942 000 000"),)
    facts = Facts("Kelly", date(2014, 3, 9), "359", address=address, carers=carers)
    return Contribution("gp", "1", "", facts, former_addresses=(Address(("1 High St",), "Leigh"),))


def tokens():
    """Sorted here only: the engine stores a list of tokens as a set."""
    blocks = block_keys(sample()) | household_keys([contribution()])
    fields = {**search_fields(sample()), "blocks": blocks}
    return {field: sorted(found) for field, found in fields.items()}


def test_tokens_change_only_with_the_version():
    frozen = json.loads(FROZEN.read_text(encoding="utf-8"))
    same = tokens() == frozen["tokens"]
    assert same == (frozen["version"] == VERSION), (
        "tokens or tables have changed: raise NUMBER in analyzers/version.py if code changed them, "
        "then run 'python -m tests.unit.test_analyzers_version' to freeze the new tokens"
    )


def test_version_names_the_number_and_the_tables():
    assert VERSION.split("-") == [str(NUMBER), tables.tables_digest()]


@pytest.mark.parametrize("name", tables.TABLES_OF_TOKENS)
def test_every_table_of_tokens_counts_in_the_digest(name, monkeypatch):
    before = tables.tables_digest()
    rows = {table: tables.read_table(table) for table in tables.TABLES_OF_TOKENS}
    rows[name] = rows[name][1:]
    monkeypatch.setattr(tables, "read_table", rows.__getitem__)
    assert tables.tables_digest.__wrapped__() != before


def freeze():
    """Write the tokens of this version to be held against later ones."""
    frozen = {"version": VERSION, "tokens": tokens()}
    FROZEN.write_text(json.dumps(frozen, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    freeze()
