"""Reads the whole audit, or what was added since a day, and proves it against its witnesses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from indexer.audit.entry import Line
from indexer.audit.pages import hits
from indexer.audit.verification import Verdict, Verification
from indexer.audit.witness import read_lines, size_of
from mappings.names import AUDIT_MONTHS

EVERYTHING: dict[str, Any] = {"match_all": {}}


@dataclass(frozen=True)
class Part:
    """What is proved: the months together or the sealed entries; all, or what was written on a day
    or at a moment, or later; against these witnesses and anchors."""

    index: str = AUDIT_MONTHS
    witnesses: Sequence[Path] = ()
    since: date | datetime | None = None

    def clause(self) -> dict[str, Any]:
        return {"range": {"at": {"gte": self.since.isoformat()}}} if self.since else EVERYTHING


def prove(client: Elasticsearch, key: str, part: Part) -> Verdict:
    """Return what is wrong, if anything. Reads 64 bytes an entry into memory, and each entry once.

    Raises ClusterUnavailable, or Refused if a witness cannot be read.
    """
    # An entry is stored before it is witnessed, so what the witness has by now will be read.
    lines = witnessed(part.witnesses)
    verification = Verification(key.encode(), is_whole=part.since is None)
    for hit in hits(client, part.index, part.clause()):
        verification.read(hit["_id"], hit["_source"])
    for line in lines:
        verification.compare(line)
    return verification.verdict()


def witnessed(witnesses: Sequence[Path]) -> Iterator[Line]:
    """Return the lines that are in these files now, read when they are asked for.

    Raises Refused if a file cannot be read.
    """
    sizes = [(path, size_of(path)) for path in witnesses]
    return (line for path, size in sizes for line in read_lines(path, size))
