"""Which names are short forms or other forms of each other, as group tokens."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Literal

from analyzers.tables import read_table

Kinship = Literal["form", "asked_short", "stored_short", "both_short"]
_SHORTEST_STEM = 3


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """Every name of the tables with the tokens of its groups.

    A group is one row. Groups are not joined where they share a name: Alex is short for Alexander
    and for Alexandra, who are not each other.
    """
    found = defaultdict(set)
    for group, members in _members():
        for member in members:
            found[member].add(group)
    return {name: tuple(sorted(groups)) for name, groups in found.items()}


def _members() -> Iterator[tuple[str, set[str]]]:
    for name, forms in _forms().items():
        yield f"f-{name}", forms
    for name, short_forms in _short_forms().items():
        # With the name's other forms, so that Steve is short for Steven too.
        yield f"n-{name}", short_forms | _forms().get(name, {name})


@cache
def _forms() -> dict[str, set[str]]:
    rows = read_table("families.csv")
    return {row["family"]: {row["family"], *row["spellings"].split()} for row in rows}


@cache
def _short_forms() -> dict[str, set[str]]:
    return {row["name"]: set(row["short_forms"].split()) for row in read_table("nicknames.csv")}


@cache
def _endings() -> dict[str, str]:
    """Return ending → the ending it stands for, the longest first."""
    rows = sorted(read_table("endings.csv"), key=lambda row: -len(row["ending"]))
    return {row["ending"]: row["as"] for row in rows}


_ANY_ENDING = tuple(_endings())


def kin_tokens(word: str) -> tuple[str, ...]:
    """Return the tokens of the groups a folded word belongs to, none for most words."""
    groups = _groups().get(word, ())
    # Most words end otherwise, and this runs for every word of eleven million names.
    return (*groups, *_ending_token(word)) if word.endswith(_ANY_ENDING) else groups


def _ending_token(word: str) -> tuple[str, ...]:
    for ending, stands_for in _endings().items():
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            return (f"e-{stem}{stands_for}",)
    return ()


def kinship(asked: str, stored: str) -> Kinship | None:
    """Say how two folded words are kin: forms of one name, or one or both short for a name."""
    shared = set(kin_tokens(asked)).intersection(kin_tokens(stored))
    if not shared:
        return None
    if any(group[0] != "n" for group in shared):
        return "form"
    return _by_short_form(asked, stored, shared)


def _by_short_form(asked: str, stored: str, shared: set[str]) -> Kinship:
    short_forms = [_short_forms()[group[2:]] for group in shared]
    if any(stored not in short for short in short_forms):
        return "asked_short"
    if any(asked not in short for short in short_forms):
        return "stored_short"
    return "both_short"


def short_for(asked: str, stored: str) -> str:
    """Return a name that both folded words are short for; '' if there is none."""
    shared = sorted(set(kin_tokens(asked)).intersection(kin_tokens(stored)))
    return next((group[2:] for group in shared if group[0] == "n"), "")
