"""Writes children into builds, and moves them out of builds: the only functions that do.

`place` writes, then asks the register about what it wrote, then moves what is marked. In that
order: a register asked before the write loses the race against a shield that is being set.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.child import Child
from indexer.children.document import Derived, build_document
from indexer.children.hidden import HiddenChild, HiddenChildren, united
from indexer.children.store import ChildStore, Found
from indexer.clients import CONFLICT, settled_in, speaking_to_cluster
from indexer.errors import RegisterUnavailable
from indexer.shields.marks import Marks

ROUNDS = 10


@dataclass(frozen=True)
class Placement:
    """What a child is to become: `child` is None to delete it.

    `revision` is the one last read, or None where no document was there; `derived` is what the
    child is found by, if that is known already.
    """

    number: str
    revision: int | None
    child: Child | None
    derived: Derived | None = None


class Placer:
    def __init__(self, client: Elasticsearch, store: ChildStore, marks: Marks) -> None:
        self._client = client
        self._store = store
        self._marks = marks
        self._hidden = HiddenChildren(client)

    def place(
        self,
        placements: Sequence[Placement],
        builds: Sequence[str],
        asked: Iterable[str] = (),
    ) -> set[str]:
        """Write the placements into every build; return the numbers somebody else wrote meanwhile.

        Those were left as the other wrote them: read them again and place them again. The register
        is asked about all, and about those in `asked`, who were written before; who is marked is
        moved to the shielded children. Raises ClusterUnavailable, RegisterUnavailable; both leave
        nothing visible that is marked, as long as the same command is run again.
        """
        numbers = {one.number for one in placements}.union(asked)
        if not numbers:
            return set()
        lines = [line for build in builds for line in _lines(placements, build)]
        conflicts = self._write(lines) if lines else set()
        marked = self._marks.marked(numbers)
        self.move(marked, builds)
        return conflicts - marked

    def move(self, numbers: Iterable[str], builds: Iterable[str]) -> int:
        """Move these children from the builds to the shielded ones; return how many documents.

        A child is there before it is gone here, and deleted only as it was read: what a load writes
        in between is seen in the next round. Nobody who read it earlier can bring it back, for a
        delete is a revision too.
        """
        wanted = set(numbers)
        return sum(self._move(wanted, build) for build in builds) if wanted else 0

    def _move(self, numbers: set[str], build: str) -> int:
        moved = 0
        for _ in range(ROUNDS):
            there = self._store.documents(build, numbers)
            if not there:
                return moved
            lost = self._hidden.write(_united(there, self._hidden.read(there)))
            deletes = [_delete_as_read(build, one) for n, one in there.items() if n not in lost]
            moved += len(deletes) - len(self._write(deletes))
        raise RegisterUnavailable("a shielded record is being written again and again; try again")

    def _write(self, lines: list[Any]) -> set[str]:
        if not lines:
            return set()
        with speaking_to_cluster("writing children"):
            answer = self._client.bulk(operations=lines)
        results = settled_in(answer, "writing children")
        return {result["_id"] for result in results if result["status"] == CONFLICT}


def _united(there: Mapping[str, Found], hidden: Mapping[str, HiddenChild]) -> list[HiddenChild]:
    """Written also where nothing changes: whoever lifts a shield must see that the child was moved
    again."""
    return [
        united(hidden.get(number) or HiddenChild(number), one.child, one.revision)
        for number, one in there.items()
    ]


def _lines(placements: Iterable[Placement], build: str) -> list[Any]:
    lines: list[Any] = []
    for one in placements:
        if one.child is None and one.revision is not None:
            lines.append({"delete": _at_revision(build, one.number, one.revision + 1)})
        elif one.child is not None:
            lines += [_write_header(build, one), build_document(one.child, one.derived)]
    return lines


def _write_header(build: str, placement: Placement) -> dict[str, Any]:
    """Nobody can read the revision of a document that is not there, but `create` is refused if
    somebody wrote it meanwhile: the same promise."""
    if placement.revision is None:
        return {"create": {"_index": build, "_id": placement.number}}
    return {"index": _at_revision(build, placement.number, placement.revision + 1)}


def _delete_as_read(build: str, found: Found) -> dict[str, Any]:
    seq_no, term = found.version
    number = found.child.number
    return {
        "delete": {"_index": build, "_id": number, "if_seq_no": seq_no, "if_primary_term": term}
    }


def _at_revision(build: str, number: str, revision: int) -> dict[str, Any]:
    return {"_index": build, "_id": number, "version": revision, "version_type": "external"}
