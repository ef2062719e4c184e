"""Which children of the index a case means: from rows to persons, and on to their numbers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from indexer.children.links import Links
from indexer.clients import make_client
from indexer.settings import Settings

KEYS_AT_ONCE = 1_000


class Truth(msgspec.Struct, frozen=True):
    source: str
    source_record_id: str
    person: int

    @property
    def row(self) -> str:
        return f"{self.source}:{self.source_record_id}"


def read_truth(feeds: Path) -> Iterator[Truth]:
    decoder = msgspec.json.Decoder(Truth)
    with (feeds / "truth.jsonl").open("rb") as lines:
        yield from map(decoder.decode, lines)


def rows_of_same_person(feeds: Path, rows: set[str]) -> dict[str, set[str]]:
    """Return row → every row about the same person, in two passes: a source may know one twice."""
    persons = {truth.row: truth.person for truth in read_truth(feeds) if truth.row in rows}
    wanted, of_person = set(persons.values()), defaultdict(set)
    for truth in read_truth(feeds):
        if truth.person in wanted:
            of_person[truth.person].add(truth.row)
    return {row: of_person[persons[row]] if row in persons else {row} for row in rows}


def children_of_rows(settings: Settings, rows: Iterable[str]) -> dict[str, str]:
    """Return row → ContactPoint number; rows that lead nowhere are left out."""
    links, keys = Links(make_client(settings, "worker")), sorted(set(rows))
    found: dict[str, str] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = links.read(keys[start : start + KEYS_AT_ONCE])
        found |= {key: link.child for key, link in some.items() if link.child}
    return found


def children_meant(settings: Settings, same: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """Return row → the numbers of all records of its person; mostly one."""
    numbers = children_of_rows(settings, set().union(*same.values()) if same else ())
    return {
        row: frozenset(numbers[other] for other in others if other in numbers)
        for row, others in same.items()
    }
