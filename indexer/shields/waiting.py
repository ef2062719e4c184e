"""What waits for officers to decide: held rows, and held children."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from analyzers.compare.nearness import nearness
from indexer.children.hidden import HiddenChild, HiddenChildren
from indexer.children.holding import sentences
from indexer.shields.events import Shield
from indexer.shields.held import HeldRow, HeldRows, Suspect
from indexer.shields.lookout import profile_of


@dataclass(frozen=True)
class Waiting:
    """A held row, or a held child with its record, by the name under which to decide; since when it
    waits, and the shielded children it may be, with what speaks for each."""

    name: str
    since: datetime
    suspects: tuple[Suspect, ...]
    held: HeldRow | HiddenChild


def subjects(shields: Iterable[Shield]) -> frozenset[str]:
    """Return what a row can be held for the sake of: children, and shields that await one."""
    return frozenset(name for one in shields for name in (one.name, *one.numbers))


def waiting_rows(held: HeldRows, shields: Iterable[Shield]) -> Iterator[Waiting]:
    """Yield the open rows that may be about a child of these shields."""
    ours = subjects(shields)
    for row in held.waiting(ours) if ours else ():
        suspects = tuple(one for one in row.suspects if one.child in ours)
        yield Waiting(row.key, datetime.fromisoformat(row.held_at), suspects, row)


def waiting_children(hidden: HiddenChildren, shields: Iterable[Shield]) -> Iterator[Waiting]:
    """Yield the children that these shields hide until somebody decides."""
    for shield in shields:
        known = hidden.read(shield.numbers)
        meant = [one for number, one in known.items() if number not in shield.held]
        for number, since in shield.held.items():
            if number in known:
                found = tuple(_suspect(known[number], one) for one in meant)
                suspects = found or (Suspect(shield.name),)  # who is awaited has not come yet
                yield Waiting(number, datetime.fromisoformat(since), suspects, known[number])


def _suspect(held: HiddenChild, shielded: HiddenChild) -> Suspect:
    return Suspect(shielded.number, sentences(nearness(profile_of(held), profile_of(shielded))))
