"""The other handle to children beside the gate: for loads, builds and checks; never for people."""

from collections.abc import Iterable
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from indexer.children.child import Child
from indexer.children.document import parse_document
from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from mappings.names import CHILDREN


@dataclass(frozen=True)
class Stored:
    """A child as it stands in the published build, and the revision it has there."""

    child: Child
    revision: int


class ChildStore:
    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def read(self, numbers: Iterable[str]) -> dict[str, Stored]:
        """Return the children of those `numbers` that are there; one request, in real time."""
        ids = sorted(set(numbers))
        if not ids:
            return {}
        with speaking_to_cluster("reading children"):
            answer = self._client.mget(index=CHILDREN, ids=ids)
        if any("error" in one for one in answer["docs"]):
            raise ClusterUnavailable("reading children: a part did not answer; try again")
        return {
            one["_id"]: Stored(parse_document(one["_source"]), one["_version"])
            for one in answer["docs"]
            if one["found"]
        }
