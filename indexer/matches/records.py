"""The index `matches`: what was decided about two children who may be one."""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from elasticsearch import ConflictError, Elasticsearch
from msgspec import Struct

from indexer.children.likeness import RowKey
from indexer.children.links import Version
from indexer.clients import found_in, speaking_to_cluster
from indexer.errors import Refused
from indexer.shapes import reader
from mappings.names import MATCHES

Decided = Literal["same-child", "another-child", ""]
CHANGED = "Somebody else decided about it at this moment: look at it again."


class Record(Struct, frozen=True, omit_defaults=True):
    """One decision, "" where it was taken back. Of two children who became one: the number that
    is no more, the former numbers it had, and the rows it was made of. `version` is None for a
    record that is not there yet."""

    name: str
    decision: Decided
    by: str
    at: str
    gone: str = ""
    former: tuple[str, ...] = ()
    rows: tuple[RowKey, ...] = ()
    version: Version | None = None


_read_record = reader(Record)


class Records:
    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def read(self, names: Iterable[str]) -> dict[str, Record]:
        """Return what was decided under these names; one request, in real time."""
        ids = sorted(set(names))
        if not ids:
            return {}
        with speaking_to_cluster("reading matches"):
            answer = self._client.mget(index=MATCHES, ids=ids)
        return {one["_id"]: _parse(one) for one in found_in(answer, "reading matches")}

    def write(self, record: Record) -> None:
        """Write it over the version that was read; raises Refused if somebody wrote meanwhile."""
        promise: dict[str, Any] = {"op_type": "create"}
        if record.version:
            promise = dict(zip(("if_seq_no", "if_primary_term"), record.version, strict=True))
        body = {"match": msgspec.to_builtins(msgspec.structs.replace(record, version=None))}
        with speaking_to_cluster("writing a match"):
            try:
                self._client.index(index=MATCHES, id=record.name, document=body, **promise)
            except ConflictError:
                raise Refused(CHANGED) from None


def _parse(found: dict[str, Any]) -> Record:
    record = _read_record(found["_source"]["match"])
    return msgspec.structs.replace(record, version=(found["_seq_no"], found["_primary_term"]))
