"""Which names are short forms or other forms of each other, as group tokens."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal

from analyzers.tables import read_table

Kinship = Literal["form", "asked_short", "stored_short", "both_short"]
_SHORTEST_STEM = 3


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """Every name of the tables with the tokens of its groups.

    A group is one name of a table with all its rows. Groups are not joined where they share a
    name: Alex is short for Alexander and for Alexandra, who are not each other.
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
    return {name: {name, *forms} for name, forms in _by_name("families.csv", "family", "spellings")}


@cache
def _short_forms() -> dict[str, set[str]]:
    return dict(_by_name("nicknames.csv", "name", "short_forms"))


def _by_name(table: str, name: str, members: str) -> Iterable[tuple[str, set[str]]]:
    """Return every name of a table with its members; a name has one row for each source."""
    found = defaultdict(set)
    for row in read_table(table):
        found[row[name]].update(row[members].split())
    return found.items()


@cache
def _endings() -> dict[str, tuple[str, ...]]:
    """Return ending → the endings it stands for: -akova is of -ak in Prague, of -akov in Moscow."""
    found = defaultdict(list)
    for row in read_table("endings.csv"):
        found[row["ending"]].append(row["as"])
    return {ending: tuple(stands_for) for ending, stands_for in found.items()}


_ANY_ENDING = tuple(_endings())
_LONGEST_FIRST = sorted({len(ending) for ending in _ANY_ENDING}, reverse=True)


def kin_tokens(word: str) -> tuple[str, ...]:
    """Return the tokens of the groups a folded word belongs to, none for most words."""
    groups = _groups().get(word, ())
    # Most words end otherwise, and this runs for every word of eleven million names.
    return (*groups, *_ending_tokens(word)) if word.endswith(_ANY_ENDING) else groups


def _ending_tokens(word: str) -> tuple[str, ...]:
    """Return the tokens of the longest ending that leaves a stem."""
    for length in _LONGEST_FIRST:
        stem, ending = word[:-length], word[-length:]
        if len(stem) >= _SHORTEST_STEM and ending in _endings():
            return tuple([f"e-{stem}{stands_for}" for stands_for in _endings()[ending]])
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
