"""The one door to what is stored about people: documents read and written by id, in real time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import ConflictError, Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from mappings.names import (
    BUDGETS,
    DESK_ENROLMENTS,
    ENROLMENTS,
    ORGANISATIONS,
    SESSIONS,
    USERS,
)

ABOUT_PEOPLE = frozenset({USERS, ORGANISATIONS, SESSIONS, ENROLMENTS, DESK_ENROLMENTS, BUDGETS})


@dataclass(frozen=True)
class Stored:
    """A document and the place in its history at which it was read, for `if_seq_no`."""

    source: dict[str, Any]
    seq_no: int
    primary_term: int


def read(client: Elasticsearch, index: str, key: str) -> Stored | None:
    """Return the document, None if there is none. Raises ClusterUnavailable."""
    return read_all(client, [(index, key)])[0]


def read_all(client: Elasticsearch, places: Sequence[tuple[str, str]]) -> list[Stored | None]:
    """Return the document at each (index, id) in one request. Raises ClusterUnavailable.

    By `mget`, as that is the only reading the front is granted. A missing index comes back as an
    error inside a good answer, and must not pass for "no such document".
    """
    docs = [{"_index": about_people(index), "_id": key} for index, key in places]
    with speaking_to_cluster("reading about people"):
        found = client.mget(docs=docs)["docs"]
    if any("error" in one for one in found):
        raise ClusterUnavailable("reading about people: run 'contactpoint init', then try again")
    return [_stored(one) for one in found]


def write(
    client: Elasticsearch, place: tuple[str, str], document: dict[str, Any], over: Stored | None
) -> bool:
    """Write at (index, id) over what was read there, or where nothing was; False if somebody else
    wrote in between, and nothing is changed."""
    index, key = about_people(place[0]), place[1]
    promise: dict[str, Any] = {"op_type": "create"}
    if over is not None:
        promise = {"if_seq_no": over.seq_no, "if_primary_term": over.primary_term}
    with speaking_to_cluster("writing about people"):
        try:
            client.index(index=index, id=key, document=document, **promise)
        except ConflictError:
            return False
    return True


def delete(client: Elasticsearch, index: str, key: str) -> None:
    """Delete one document; harmless if there is none."""
    about_people(index)
    with speaking_to_cluster("deleting about people"):
        client.options(ignore_status=404).delete(index=index, id=key)


def find(client: Elasticsearch, index: str, sort: str, size: int, **equal: str) -> list[Any]:
    """Return the first `size` documents by `sort` whose fields equal what is given, as they are
    now. Needs the desk's credential."""
    filters = [{"term": {name: value}} for name, value in equal.items()]
    about_people(index)
    with speaking_to_cluster("listing people"):
        client.indices.refresh(index=index)
        answer = client.search(
            index=index, size=size, sort=sort, query={"bool": {"filter": filters}}
        )
    return [hit["_source"] for hit in answer["hits"]["hits"]]


def about_people(index: str) -> str:
    """Return the index if it is about people; this door leads to no child. Raises ValueError."""
    if index not in ABOUT_PEOPLE:
        raise ValueError(f"{index} is not about people")
    return index


def _stored(found: dict[str, Any]) -> Stored | None:
    if not found["found"]:
        return None
    return Stored(found["_source"], found["_seq_no"], found["_primary_term"])
