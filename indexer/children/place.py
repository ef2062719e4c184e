"""Writes children into builds, and moves them out of builds: the only module that does.

It writes, then asks the register about what it wrote, then moves what is marked to the shielded
children. In that order: a register asked before the write loses the race against a shield that is
being set.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch

from indexer.builds.builds import (
    OpenBuilds,
    is_gone,
    open_builds,
    published_build,
    published_first,
)
from indexer.children.child import Child
from indexer.children.document import Derived, Document, build_document
from indexer.children.hidden import HiddenChild, HiddenChildren, united
from indexer.children.store import ChildStore, Stored
from indexer.children.writing import Operation, Writer
from indexer.clients import CONFLICT
from indexer.errors import RegisterUnavailable
from indexer.shields.marks import Marks

Bodies = Mapping[str, Document | None]
"""Number → the document to write, None to delete it."""

ROUNDS = 10


@dataclass(frozen=True)
class Placement:
    """What a child is to become: `child` is None to delete it.

    `revision` is the one last read, or None where no document was there; `derived` is what the
    child is found by, if that is known already; `before` is the record that is deleted.
    """

    number: str
    revision: int | None
    child: Child | None
    derived: Derived | None = None
    before: Child | None = None


class Placer:
    def __init__(self, client: Elasticsearch, store: ChildStore, marks: Marks) -> None:
        self._client = client
        self._store = store
        self._marks = marks
        self._hidden = HiddenChildren(client)
        # A build that was listed a moment ago may have been removed: then nothing of it is left.
        self._writer = Writer(
            client,
            "writing children",
            lambda texts: client.bulk(operations=texts),
            partial(is_gone, client),
        )

    def place(
        self,
        placements: Sequence[Placement],
        builds: Callable[[], OpenBuilds],
        asked: Iterable[str] = (),
    ) -> set[str]:
        """Write the placements into every build; return the numbers somebody else wrote meanwhile.

        Those were left as the other wrote them: read them again and place them again. The register
        is asked about all, and about those in `asked`, who were written before; who is marked is
        moved to the shielded children; who was deleted at that moment is kept there, and counts as
        written by somebody else. `builds` is asked again after the writing, so that a build that
        was begun meanwhile is written too (docs/decisions/0008-builds.md). Raises
        ClusterUnavailable, RegisterUnavailable; both leave nothing visible that is marked, as long
        as the same command is run again.
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
        marked = self._marks.marked(numbers)
        deleted = {
            one.number: Stored(one.before, taken[one.number])
            for one in placements
            if one.before and one.number in marked & taken.keys()
        }
        self._keep(deleted)
        self.hide(marked)
        return (conflicts - marked).union(deleted)

    def copy(self, children: Sequence[Stored], build: str) -> frozenset[str]:
        """Write children into one build with the revisions that they have in another.

        Then the register is asked, and moved who is marked. Returns those who were not written:
        they were there, or had been deleted, with that revision or a later one.
        """
        bodies = {one.child.number: build_document(one.child) for one in children}
        revisions = {one.child.number: one.revision for one in children}
        late = self._write_at(revisions, bodies, build)
        self.hide(self._marks.marked(revisions))
        return late

    def drop(self, revisions: Mapping[str, int], build: str) -> frozenset[str]:
        """Delete from one build the children who are there with these revisions; return those who
        were written since."""
        nobody: Bodies = dict.fromkeys(revisions)
        return self._write_at({one: revisions[one] + 1 for one in revisions}, nobody, build)

    def hide(self, numbers: Iterable[str]) -> int:
        """Move these children to the shielded ones from every build there is, also of other
        analysers, until no new build is there; return how many documents."""
        wanted, done, moved = set(numbers), set[str](), 0
        while wanted and (new := set(open_builds(self._client)) - done):
            ordered = published_first(new, published_build(self._client))
            moved += sum(self.move(wanted, build) for build in ordered)
            done |= new
        return moved

    def move(self, numbers: Iterable[str], build: str) -> int:
        """Move these children from the build to the shielded ones; return how many documents.

        A child is there before it is gone here, and deleted only as it was read: what a load writes
        in between is seen in the next round. Nobody who read it earlier can bring it back, for a
        delete is a revision too.
        """
        wanted, moved = set(numbers), 0
        for _ in range(ROUNDS):
            there = self._store.read(wanted, build)
            if not there:
                return moved
            lost = self._hidden.write(_united(there, self._hidden.read(there)))
            as_read = {number: one.revision for number, one in there.items() if number not in lost}
            moved += len(as_read) - len(self.drop(as_read, build))
        raise RegisterUnavailable("a shielded record is being written again and again; try again")

    def _keep(self, deleted: Mapping[str, Stored]) -> None:
        """Write among the shielded whom a set, at the same moment, found no more in the build."""
        left = dict(deleted)
        for _ in range(ROUNDS):
            lost = self._hidden.write(_united(left, self._hidden.read(left))) if left else ()
            left = {number: left[number] for number in lost}
        if left:
            raise RegisterUnavailable("a shielded record is being written again; try again")

    def _decide(
        self, placements: Iterable[Placement], bodies: Bodies, published: str
    ) -> tuple[dict[str, int], set[str]]:
        """Write into the published build, which settles who of several writers was first.

        Return the revision that each child got who was written, and those in conflict. In several
        builds at once one writer could be first here, and the other there.
        """
        results = self._writer.write(
            [
                _operation(header, bodies[one.number])
                for one in placements
                if (header := _header(published, one))
            ]
        )
        taken = {one["_id"]: one["_version"] for one in results if "error" not in one}
        conflicts = {one["_id"] for one in results if "error" in one}
        return taken, conflicts

    def _write_at(self, revisions: Mapping[str, int], bodies: Bodies, build: str) -> frozenset[str]:
        """Write or delete children at these very revisions; return those who were as far already,
        or further."""
        operations = []
        for number, revision in revisions.items():
            kind = "delete" if bodies[number] is None else "index"
            header = {kind: _at_revision(build, number, revision)}
            operations.append(_operation(header, bodies[number]))
        results = self._writer.write(operations)
        return frozenset(one["_id"] for one in results if one["status"] == CONFLICT)


def _united(there: Mapping[str, Stored], hidden: Mapping[str, HiddenChild]) -> list[HiddenChild]:
    """Written also where nothing changes: whoever lifts a shield must see that the child was moved
    again."""
    return [
        united(hidden.get(number) or HiddenChild(number), one.child, one.revision)
        for number, one in there.items()
    ]


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


def _operation(header: dict[str, Any], body: Document | None) -> Operation:
    return (header, body) if body else (header,)


def _at_revision(build: str, number: str, revision: int) -> dict[str, Any]:
    return {"_index": build, "_id": number, "version": revision, "version_type": "external"}
