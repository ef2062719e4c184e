"""Reads one document about people by its id, in real time."""

from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable


@dataclass(frozen=True)
class Stored:
    """A document and the place in its history at which it was read, for `if_seq_no`."""

    source: dict[str, Any]
    seq_no: int
    primary_term: int


def read_document(client: Elasticsearch, index: str, key: str) -> Stored | None:
    """Return the document, None if there is none. Raises ClusterUnavailable.

    By `mget`, as that is the only reading the web process is granted. A missing index comes back
    as an error inside a good answer, and must not pass for "no such document".
    """
    with speaking_to_cluster(f"reading {index}"):
        found = client.mget(index=index, ids=[key])["docs"][0]
    if "error" in found:
        raise ClusterUnavailable(f"reading {index}: it cannot be read; run 'contactpoint init'")
    if not found["found"]:
        return None
    return Stored(found["_source"], found["_seq_no"], found["_primary_term"])
