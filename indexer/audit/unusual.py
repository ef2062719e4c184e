"""What auditors should look at first: pure, over entries as they are read."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analyzers.fold import words
from indexer.audit.reading import Seen
from indexer.people.actor import LEARNER

LONDON = ZoneInfo("Europe/London")
NIGHT_BEGINS, NIGHT_ENDS = 22, 6  # o'clock
SHORTEST_NAME = 3  # letters: initials in a user name are no name
SEARCH, VIEW, REFUSED = "search", "view", "-refused"


@dataclass(frozen=True)
class Kind:
    """`least` is the number from which it is told."""

    least: int
    words: str


class Mark(NamedTuple):
    """One thing that counts towards a finding: `of` is a person or a child; what counts are
    different `what`s, on one day in England."""

    kind: str
    day: date
    of: str
    what: str


@dataclass(frozen=True)
class Finding:
    """`of` is a child's number where the kind is `one-child`, else a user's name."""

    kind: str
    day: date
    of: str
    count: int


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds, in the order in which they are shown."""
    with Path(__file__).with_name("unusual.csv").open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return {row["kind"]: Kind(int(row["from"]), row["words"]) for row in rows}


def find_unusual(entries: Iterable[Seen]) -> list[Finding]:
    """Return what is unusual: by kind, the most striking first. Of those who practise nothing is:
    the children they look for are invented."""
    counted: dict[tuple[str, date, str], set[str]] = defaultdict(set)
    for place, seen in enumerate(one for one in entries if one.role != LEARNER):
        for mark in _marks(seen, str(place)):
            counted[mark[:3]].add(mark.what)
    order = list(kinds())
    found = [Finding(*of, len(whats)) for of, whats in counted.items()]
    told = [one for one in found if one.count >= kinds()[one.kind].least]
    return sorted(told, key=lambda one: (order.index(one.kind), -one.count, one.day, one.of))


def _marks(seen: Seen, place: str) -> Iterator[Mark]:
    local = seen.at.astimezone(LONDON)
    day = local.date()
    if seen.event == VIEW:
        for child in seen.children[-1:]:  # the last is the record that was shown
            yield Mark("one-child", day, child, seen.actor)
            yield Mark("many-records", day, seen.actor, child)
    if seen.event == SEARCH and has_own_name(seen):
        yield Mark("own-name", day, seen.actor, place)
    if seen.event.endswith(REFUSED) and seen.actor:
        yield Mark("refusals", day, seen.actor, place)
    if seen.event in {SEARCH, VIEW} and not NIGHT_ENDS <= local.hour < NIGHT_BEGINS:
        yield Mark("night", day, seen.actor, place)


def has_own_name(seen: Seen) -> bool:
    """Did they search for a word that is part of their own user name?"""
    own = {word for word in words(_spaced(seen.actor)) if len(word) >= SHORTEST_NAME}
    return not own.isdisjoint(words(str(seen.question.get("name", ""))))


def _spaced(user: str) -> str:
    """A user name as words: `niamh.kelly2@wigan` is niamh kelly; what is behind @ is no name."""
    return "".join(letter if letter.isalpha() else " " for letter in user.partition("@")[0])
