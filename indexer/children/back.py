"""Brings children back from the shielded ones into the builds, when no shield hides them any more.

The mark is gone first; so a child is shown no earlier than the decision, and `place` leaves it in
the build. It is deleted among the shielded only when it is in every build, and only as it was read:
until then loads find it there, and what they say of it is brought back in the next round.
"""

from collections.abc import Iterable, Mapping

from elasticsearch import Elasticsearch
from msgspec.structs import replace

from indexer.builds.builds import Builds
from indexer.children.child import Child
from indexer.children.combine import combine
from indexer.children.hidden import HiddenChild, HiddenChildren
from indexer.children.links import Link, Links, number_key
from indexer.children.place import Placement, Placer
from indexer.children.store import ChildStore, Stored
from indexer.errors import ClusterUnavailable
from indexer.shields.marks import Marks

ROUNDS = 20
FURTHER = 1_000  # revisions a round: past that of a deleted document, which nobody can read


def bring_back(client: Elasticsearch, marks: Marks, numbers: Iterable[str]) -> set[str]:
    """Place these children in every open build again; return those who came.

    Those with a mark stay. Raises Unavailable; the same call then finishes it.
    """
    store, hidden = ChildStore(client), HiddenChildren(client)
    placer, builds = Placer(client, store, marks), Builds(client)
    asked = set(numbers)
    came: set[str] = set()
    for attempt in range(ROUNDS):
        unmarked = asked - marks.marked(asked)
        left = hidden.read(unmarked)
        if not left:
            store.refresh()
            return came
        there = store.read(left)
        placements = [_placement(one, there.get(n), attempt) for n, one in left.items()]
        conflicts = placer.place([one for one in placements if one], builds.now)
        # Who was marked again meanwhile was moved again, and is not as it was read.
        settled = [one for number, one in left.items() if number not in conflicts]
        _retire(client, settled)
        came |= {one.number for one in settled} - hidden.remove(settled)
    raise ClusterUnavailable("others keep writing the same children; run the same command again")


def _placement(hidden: HiddenChild, there: Stored | None, attempt: int) -> Placement | None:
    """Return the child as it is to be; None if every source withdrew it while it was hidden."""
    child = hidden.child
    if child is None:
        return None
    if there:
        return Placement(child.number, there.revision, _united(child, there.child))
    return Placement(child.number, hidden.build_revision + 1 + FURTHER * attempt, child)


def _united(hidden: Child, there: Child) -> Child:
    """A run that died, or a load, may have written the child: of each row the later counts."""
    rows = {(one.source, one.source_record_id): one for one in hidden.contributions}
    for one in there.contributions:
        key = (one.source, one.source_record_id)
        if key not in rows or rows[key].loaded_at < one.loaded_at:
            rows[key] = one
    former = {*hidden.former_numbers, *there.former_numbers}
    return replace(combine(hidden.number, rows.values()), former_numbers=tuple(sorted(former)))


def _retire(client: Elasticsearch, children: Iterable[HiddenChild]) -> None:
    """The number of a child whom no source knows any more is never drawn again."""
    links = Links(client)
    gone: Mapping[str, Link] = {
        number_key(one.number): Link(()) for one in children if not one.contributions
    }
    if gone:
        links.write(gone)
