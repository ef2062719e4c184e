"""Writes children into builds: the only function that does.

It writes, then asks the register about what it wrote, then deletes what is marked. In that order:
a register asked before the write loses the race against a shield that is being set.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.children.child import Child
from indexer.children.document import build_document
from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from indexer.shields.marks import Marks

CONFLICT, NOT_FOUND, FIRST_FAILURE = 409, 404, 300
PAST_EVERY_LOAD = 1_000_000  # revisions a delete is ahead, so that no late write brings it back


@dataclass(frozen=True)
class Placement:
    """What a child is to become: `child` is None to delete it.

    `revision` is the one last read, or None where no document was there.
    """

    number: str
    revision: int | None
    child: Child | None


class Placer:
    def __init__(self, client: Elasticsearch, marks: Marks) -> None:
        self._client = client
        self._marks = marks

    def place(self, placements: Sequence[Placement], builds: Sequence[str]) -> set[str]:
        """Write the placements into every build; return the numbers somebody else wrote meanwhile.

        Those were left as the other wrote them: read them again and place them again. Raises
        ClusterUnavailable, RegisterUnavailable; both leave nothing visible that is marked, as long
        as the same command is run again.
        """
        if not placements:
            return set()
        conflicts = self._write([line for build in builds for line in _lines(placements, build)])
        marked = self._marks.marked(one.number for one in placements)
        if marked:
            hidden = [one for one in placements if one.number in marked]
            self._write([line for build in builds for line in _delete_lines(hidden, build)])
        return conflicts - marked

    def _write(self, lines: list[Any]) -> set[str]:
        with speaking_to_cluster("writing children"):
            answer = self._client.bulk(operations=lines)
        results = [result for item in answer["items"] for result in item.values()]
        if any(_is_failure(result["status"]) for result in results):
            raise ClusterUnavailable("writing children: some were refused; run the command again")
        return {result["_id"] for result in results if result["status"] == CONFLICT}


def _is_failure(status: int) -> bool:
    return status >= FIRST_FAILURE and status not in (CONFLICT, NOT_FOUND)


def _lines(placements: Iterable[Placement], build: str) -> list[Any]:
    lines: list[Any] = []
    for one in placements:
        header = _header(one, build, ahead=1)
        if one.child is None:
            lines.append({"delete": header})
        else:
            # Nobody can read the revision of a document that is not there, but `create` is
            # refused if somebody wrote it meanwhile: the same promise.
            operation = "create" if one.revision is None else "index"
            lines += [{operation: header}, build_document(one.child)]
    return lines


def _delete_lines(placements: Iterable[Placement], build: str) -> list[Any]:
    return [{"delete": _header(one, build, ahead=PAST_EVERY_LOAD)} for one in placements]


def _header(placement: Placement, build: str, ahead: int) -> dict[str, Any]:
    place = {"_index": build, "_id": placement.number}
    if placement.revision is None and ahead == 1:
        return place
    version = (placement.revision or 0) + ahead
    return {**place, "version": version, "version_type": "external"}
