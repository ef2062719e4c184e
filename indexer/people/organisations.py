"""Organisations: England's authorities and national partners, switched on one by one."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable, NotFound, Refused
from indexer.people import documents
from indexer.people.actor import Actor
from indexer.people.authorities import authority_names
from indexer.people.documents import Stored
from mappings.names import ORGANISATIONS

MOST_ORGANISATIONS = 1_000
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")


@dataclass(frozen=True)
class Organisation:
    """`code` is an authority's three digits or a partner's short name; `phone` reaches its
    ContactPoint team."""

    code: str
    name: str
    kind: Literal["authority", "partner"]
    switched_on: bool = False
    phone: str = ""


def write_authorities(client: Elasticsearch, _actor: Actor) -> int:
    """Add the authorities that are not there yet, switched off; return how many were added.

    What is there is left alone, so that a repeated `init` switches nobody off.
    """
    with speaking_to_cluster("writing the authorities"):
        answer = client.bulk(index=ORGANISATIONS, operations=list(_creations()))
    statuses = [item["create"]["status"] for item in answer["items"]]
    failed = [status for status in statuses if status not in (201, 409)]
    if failed:
        raise ClusterUnavailable(
            f"writing the authorities: {len(failed)} of {len(statuses)} were refused "
            f"(status {failed[0]}); run 'contactpoint init' again"
        )
    return statuses.count(201)


def _creations() -> Iterator[dict[str, Any]]:
    for code, name in authority_names().items():
        yield {"create": {"_id": code}}
        yield asdict(Organisation(code, name, "authority"))


def add_organisation(
    client: Elasticsearch, organisation: Organisation, actor: Actor, trail: Trail
) -> None:
    """Add a partner, switched off or on as given. Raises Refused if the code is taken."""
    if not CODE.fullmatch(organisation.code):
        raise Refused("an organisation's code is 2 to 32 small letters, digits and hyphens")
    trail.write("organisation-added", actor, subject=organisation.code)
    place = (ORGANISATIONS, organisation.code)
    if not documents.write(client, place, asdict(organisation), None):
        raise Refused(
            f"organisation {organisation.code} is there already; see 'contactpoint organisation "
            "list'"
        )


def switch_on(
    client: Elasticsearch, code: str, actor: Actor, trail: Trail, phone: str = ""
) -> Organisation:
    """Let the people of one organisation search from now on; return it as it is now."""
    stored = _read(client, code)
    found = Organisation(**stored.source)
    switched = replace(found, switched_on=True, phone=phone or found.phone)
    trail.write("organisation-switched-on", actor, subject=code)
    if not documents.write(client, (ORGANISATIONS, code), asdict(switched), stored):
        raise Refused(f"someone else changed {code} at this moment: look again, then repeat")
    return switched


def read_organisation(client: Elasticsearch, code: str) -> Organisation:
    """Return one organisation. Raises NotFound, ClusterUnavailable."""
    return Organisation(**_read(client, code).source)


def _read(client: Elasticsearch, code: str) -> Stored:
    stored = documents.read(client, ORGANISATIONS, code)
    if stored is None:
        raise NotFound(
            f"there is no organisation {code}; 'contactpoint organisation list' shows them all"
        )
    return stored


def list_organisations(client: Elasticsearch) -> list[Organisation]:
    """Return every organisation, by code."""
    found = documents.find(client, ORGANISATIONS, "code", MOST_ORGANISATIONS)
    return [Organisation(**one) for one in found]
