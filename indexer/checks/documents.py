"""Documents against what their contributions make of them, field by field, and what finds them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from analyzers.fields import SEARCH_FIELDS
from indexer.builds.bench import Bench
from indexer.builds.builds import published_build
from indexer.children.child import Child
from indexer.children.combine import combine
from indexer.children.document import build_document
from indexer.children.place import Placement
from indexer.children.store import Stored
from indexer.health.state import State, well

PAGE = 25  # documents compared at once: a question has some hundred clauses for each
MEND = "contactpoint check --all --mend"


@dataclass(frozen=True)
class Compared:
    """How many documents were compared, and the names of the fields in which some differ.

    `differing` are the numbers of their children, for who mends them: they are never shown.
    """

    documents: int
    fields: frozenset[str]
    differing: frozenset[str]


def compare(bench: Bench, children: Iterable[Stored]) -> Compared:
    """Make each child's record again from its contributions, and compare it with the document.

    The stored fields are compared one by one; the search fields, which are no part of what is
    stored, by asking for the child with every token that it must be found by.
    """
    build = published_build(bench.client) or ""
    documents, fields, differing = 0, set[str](), set[str]()
    for page in _pages(children):
        documents += len(page)
        expected = {one.child.number: recombined(one.child) for one in page}
        for one in page:
            unlike = differing_fields(one.child, expected[one.child.number])
            fields |= unlike
            differing |= {one.child.number} if unlike else set()
        lost = _not_found(bench, build, list(expected.values()))
        fields |= {"search fields"} if lost else set()
        differing |= lost
    return Compared(documents, frozenset(fields), frozenset(differing))


def recombined(child: Child) -> Child:
    """Return the record as its contributions make it; the numbers it once had are its own."""
    made = combine(child.number, child.contributions)
    return msgspec.structs.replace(made, former_numbers=child.former_numbers)


def differing_fields(stored: Child, expected: Child) -> set[str]:
    """Return the names of the fields in which a stored record differs."""
    if stored == expected:
        return set()
    is_, should = _fields(stored), _fields(expected)
    return {name for name in is_.keys() | should.keys() if is_.get(name) != should.get(name)}


def mend(bench: Bench, numbers: Iterable[str]) -> int:
    """Write these children anew, as their contributions make them; return how many."""
    written = 0
    for page in _batches(sorted(numbers)):
        stored = bench.hands.store.read(page)
        placements = [
            Placement(number, one.revision, recombined(one.child)) for number, one in stored.items()
        ]
        conflicts = bench.hands.placer.place(placements, bench.hands.builds.now)
        written += len(placements) - len(conflicts)  # in conflict is who was written by a load
    return written


def judge_documents(compared: Compared) -> State:
    if not compared.differing:
        return well("documents", f"{compared.documents:,} were made again and are the same")
    cause = (
        f"{len(compared.differing):,} of {compared.documents:,} differ from what their "
        f"contributions make of them, in: {', '.join(sorted(compared.fields))}"
    )
    return State("documents", "red", cause, MEND)


def unless_missed(found: State, before: Iterable[State]) -> State:
    """Return what a sample found; or else what a check before it did, for this one may have missed
    those documents. Who read all of them knows."""
    still = next((one for one in before if one.name == found.name and not one.is_well), found)
    return still if found.is_well else found


def _not_found(bench: Bench, build: str, children: Sequence[Child]) -> set[str]:
    """Return those who are not found by every token that they must be found by.

    Asked twice: who is written meanwhile is found by other tokens.
    """
    lost = set[str]()
    query = {"bool": {"should": [must_be_found_by(one) for one in children]}}
    numbers = {one.number for one in children}
    lost = numbers - bench.hands.scan.found(build, query, numbers)
    if not lost:
        return lost
    bench.hands.scan.refresh(build)
    now = bench.hands.store.read(lost, build)
    again = [recombined(one.child) for one in now.values()]
    query = {"bool": {"should": [must_be_found_by(one) for one in again]}}
    return now.keys() - bench.hands.scan.found(build, query, now)


def must_be_found_by(child: Child) -> dict[str, Any]:
    """Return the clause that finds a child only by all its tokens. Pure."""
    document = build_document(child)
    tokens = [
        {"term": {name: token}} for name in SEARCH_FIELDS for token in _tokens(document, name)
    ]
    return {"bool": {"filter": [{"term": {"number": child.number}}, *tokens]}}


def _tokens(document: dict[str, Any], name: str) -> list[str]:
    found = document.get(name, [])
    tokens: list[str] = msgspec.json.decode(found) if isinstance(found, msgspec.Raw) else found
    return list(dict.fromkeys(tokens))


def _fields(child: Child) -> dict[str, Any]:
    document = build_document(child)
    return {name: value for name, value in document.items() if name not in SEARCH_FIELDS}


def _pages(children: Iterable[Stored]) -> Iterator[list[Stored]]:
    them = iter(children)
    while page := list(islice(them, PAGE)):
        yield page


def _batches(numbers: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    return (numbers[begin : begin + size] for begin in range(0, len(numbers), size))
