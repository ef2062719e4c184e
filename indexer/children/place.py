"""Writes children into builds: the only function that does.

It writes, then asks the register about what it wrote, then deletes what is marked. In that order:
a register asked before the write loses the race against a shield that is being set.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.child import Child
from indexer.children.document import Derived, build_document
from indexer.children.store import ChildStore
from indexer.clients import CONFLICT, settled_in, speaking_to_cluster
from indexer.errors import RegisterUnavailable
from indexer.shields.marks import Marks

AHEAD = 1_000_000  # revisions: more than any load that is under way can have read
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

    def place(
        self,
        placements: Sequence[Placement],
        builds: Sequence[str],
        asked: Iterable[str] = (),
    ) -> set[str]:
        """Write the placements into every build; return the numbers somebody else wrote meanwhile.

        Those were left as the other wrote them: read them again and place them again. The register
        is asked about all, and about those in `asked`, who were written before. Raises
        ClusterUnavailable, RegisterUnavailable; both leave nothing visible that is marked, as long
        as the same command is run again.
        """
        numbers = {one.number for one in placements}.union(asked)
        if not numbers:
            return set()
        lines = [line for build in builds for line in _lines(placements, build)]
        conflicts = self._write(lines) if lines else set()
        marked = self._marks.marked(numbers)
        for build in builds if marked else ():
            self._hide(marked, build)
        return conflicts - marked

    def _hide(self, numbers: Iterable[str], build: str) -> None:
        """Delete these children from the build, until none of them is there.

        Each delete is far ahead of the revision just read, so that no load that read the document
        earlier can bring it back; a write in between is seen in the next round.
        """
        for _ in range(ROUNDS):
            there = self._store.revisions(build, numbers)
            if not there:
                return
            self._write([_delete(build, number, there[number] + AHEAD) for number in there])
        raise RegisterUnavailable("a shielded record is being written again and again; try again")

    def _write(self, lines: list[Any]) -> set[str]:
        with speaking_to_cluster("writing children"):
            answer = self._client.bulk(operations=lines)
        results = settled_in(answer, "writing children")
        return {result["_id"] for result in results if result["status"] == CONFLICT}


def _lines(placements: Iterable[Placement], build: str) -> list[Any]:
    lines: list[Any] = []
    for one in placements:
        if one.child is None and one.revision is not None:
            lines.append(_delete(build, one.number, one.revision + 1))
        elif one.child is not None:
            lines += [_write_header(build, one), build_document(one.child, one.derived)]
    return lines


def _write_header(build: str, placement: Placement) -> dict[str, Any]:
    """Nobody can read the revision of a document that is not there, but `create` is refused if
    somebody wrote it meanwhile: the same promise."""
    if placement.revision is None:
        return {"create": {"_index": build, "_id": placement.number}}
    return {"index": _at_revision(build, placement.number, placement.revision + 1)}


def _delete(build: str, number: str, revision: int) -> dict[str, Any]:
    return {"delete": _at_revision(build, number, revision)}


def _at_revision(build: str, number: str, revision: int) -> dict[str, Any]:
    return {"_index": build, "_id": number, "version": revision, "version_type": "external"}
