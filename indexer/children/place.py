"""Writes children into builds: the only module that does.

It writes, then asks the register about what it wrote, then deletes what is marked. In that order:
a register asked before the write loses the race against a shield that is being set.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.builds.builds import OpenBuilds
from indexer.children.child import Child
from indexer.children.document import Derived, Document, build_document
from indexer.children.store import ChildStore, Stored
from indexer.clients import CONFLICT, settled_in, speaking_to_cluster
from indexer.errors import RegisterUnavailable
from indexer.shields.marks import Marks

Bodies = Mapping[str, Document | None]
"""Number → the document to write, None to delete it."""

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
        builds: Callable[[], OpenBuilds],
        asked: Iterable[str] = (),
    ) -> set[str]:
        """Write the placements into every build; return the numbers somebody else wrote meanwhile.

        Those were left as the other wrote them: read them again and place them again. The register
        is asked about all, and about those in `asked`, who were written before. `builds` is asked
        again after the writing, so that a build that was begun meanwhile is written too
        (docs/decisions/0008-builds.md). Raises ClusterUnavailable, RegisterUnavailable; both leave
        nothing visible that is marked, as long as the same command is run again.
        """
        numbers = {one.number for one in placements}.union(asked)
        if not numbers:
            return set()
        bodies = {one.number: _body(one) for one in placements}
        now = builds()
        taken, conflicts = self._decide(placements, bodies, now.published)
        late = {build: self._write_at(taken, bodies, build) for build in now.beside}
        late[now.published] = frozenset()
        now = builds()
        while new := [build for build in now.names if build not in late]:
            late |= {build: self._write_at(taken, bodies, build) for build in new}
            now = builds()
        # Where another build was published meanwhile, who wrote there first is to be believed.
        conflicts |= late[now.published]
        return conflicts - self._hide_marked(numbers, late)

    def copy(self, children: Sequence[Stored], build: str) -> frozenset[str]:
        """Write children into one build with the revisions that they have in another.

        Then the register is asked, and deleted who is marked. Returns those who were not written:
        they were there, or had been deleted, with that revision or a later one.
        """
        bodies = {one.child.number: build_document(one.child) for one in children}
        revisions = {one.child.number: one.revision for one in children}
        late = self._write_at(revisions, bodies, build)
        self._hide_marked(revisions, [build])
        return late

    def drop(self, revisions: Mapping[str, int], build: str) -> None:
        """Delete from one build the children who are there with these revisions, and no later."""
        nobody: Bodies = dict.fromkeys(revisions)
        self._write_at({one: revisions[one] + 1 for one in revisions}, nobody, build)

    def hide(self, numbers: Iterable[str], build: str) -> None:
        """Delete children who are marked from the build, until none of them is there.

        Each delete is far ahead of the revision just read, so that no load that read the document
        earlier can bring it back; a write in between is seen in the next round.
        """
        for _ in range(ROUNDS):
            there = self._store.revisions(build, numbers)
            if not there:
                return
            ahead = {number: revision + AHEAD for number, revision in there.items()}
            self._write_at(ahead, dict.fromkeys(there), build)
        raise RegisterUnavailable("a shielded record is being written again and again; try again")

    def _decide(
        self, placements: Iterable[Placement], bodies: Bodies, published: str
    ) -> tuple[dict[str, int], set[str]]:
        """Write into the published build, which settles who of several writers was first.

        Return the revision that each child got who was written, and those in conflict. In several
        builds at once one writer could be first here, and the other there.
        """
        lines: list[Any] = []
        for one in placements:
            lines += _lines(_header(published, one), bodies[one.number])
        results = self._write(lines)
        taken = {one["_id"]: one["_version"] for one in results if "error" not in one}
        conflicts = {one["_id"] for one in results if "error" in one}
        return taken, conflicts

    def _write_at(self, revisions: Mapping[str, int], bodies: Bodies, build: str) -> frozenset[str]:
        """Write or delete children at these very revisions; return those who were as far already,
        or further."""
        lines: list[Any] = []
        for number, revision in revisions.items():
            kind = "delete" if bodies[number] is None else "index"
            lines += _lines({kind: _at_revision(build, number, revision)}, bodies[number])
        results = self._write(lines)
        return frozenset(one["_id"] for one in results if one["status"] == CONFLICT)

    def _hide_marked(self, numbers: Iterable[str], builds: Iterable[str]) -> frozenset[str]:
        marked = self._marks.marked(numbers)
        for build in builds if marked else ():
            self.hide(marked, build)
        return marked

    def _write(self, lines: list[Any]) -> list[dict[str, Any]]:
        if not lines:
            return []
        with speaking_to_cluster("writing children"):
            answer = self._client.bulk(operations=lines)
        return settled_in(answer, "writing children")


def _body(placement: Placement) -> Document | None:
    return build_document(placement.child, placement.derived) if placement.child else None


def _header(build: str, placement: Placement) -> dict[str, Any] | None:
    """Nobody can read the revision of a document that is not there, but `create` is refused if
    somebody wrote it meanwhile: the same promise. None to delete what is not there."""
    number, revision = placement.number, placement.revision
    if revision is not None:
        kind = "index" if placement.child else "delete"
        return {kind: _at_revision(build, number, revision + 1)}
    return {"create": {"_index": build, "_id": number}} if placement.child else None


def _lines(header: dict[str, Any] | None, body: Document | None) -> list[Any]:
    return [one for one in (header, body) if one is not None]


def _at_revision(build: str, number: str, revision: int) -> dict[str, Any]:
    return {"_index": build, "_id": number, "version": revision, "version_type": "external"}
