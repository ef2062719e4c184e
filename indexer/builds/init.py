"""Makes every index the service needs; safe to repeat."""

from typing import Any

from elasticsearch import Elasticsearch

from indexer.audit.months import make_months
from indexer.builds.builds import (
    create_build,
    find_builds,
    hidden_builds,
    published_build,
    shielded_body,
    swap,
)
from indexer.builds.practice import make_practice
from indexer.children.links import Links
from indexer.clients import make_client, speaking_to_cluster
from indexer.errors import Refused, RegisterUnavailable
from indexer.people.actor import Actor
from indexer.people.organisations import write_authorities
from indexer.settings import Settings
from indexer.shields.register import Register
from indexer.shields.whole import Whole
from indexer.world import World
from mappings.names import (
    AUDIT,
    AUDIT_SEALED,
    DESK_ENROLMENTS,
    ENROLMENTS,
    SHIELD_MARKS,
    SHIELDED_CHILDREN,
    SINGLE_INDICES,
)
from mappings.reader import index_body


def init(
    settings: Settings, actor: Actor, world: World, *, is_empty_meant: bool = False
) -> list[str]:
    """Make what is missing and return its names; what is there is left as it is.

    Where no build is published, a journal of shields is taken over. Raises RegisterUnavailable, or
    Refused, if there are children but neither register nor journal: an empty one would say that
    nobody is shielded. Raises Refused, when all else is made, if the published build is lost,
    unless an empty one is meant: that one stands in for it, and no search is answered until what
    was restored, or loaded anew, is published.
    """
    operator_client = make_client(settings, "operator")
    worker_client = make_client(settings, "worker")
    published = published_build(worker_client)
    had_marks = _exists(operator_client, SHIELD_MARKS)
    made = _make_indices(operator_client, world)
    if published and not had_marks:
        raise RegisterUnavailable(
            "there are children here but the shield register is gone, and nothing is shown: run "
            "'contactpoint shield verify', which restores it from its journal"
        )
    if not published:
        Whole(Register.for_worker(settings, world)).restore()
    write_authorities(make_client(settings, "desk"), actor)
    made += make_practice(worker_client, world)
    if not published:
        is_used = _was_used(worker_client)
        refuse_to_hide_a_loss(is_used=is_used, is_empty_meant=is_empty_meant)
        build = create_build(worker_client, world, stands_in=is_used)
        swap(worker_client, str(build))
        made.append(str(build))
    return made


def refuse_to_hide_a_loss(*, is_used: bool, is_empty_meant: bool) -> None:
    """Raise Refused if searches would say of every child that there is none, where they say now
    that they cannot tell."""
    if is_used and not is_empty_meant:
        raise Refused(
            "children were loaded here, but the build that was searched is lost; all else is made. "
            "Run 'contactpoint rollback' if 'contactpoint builds' lists one from before, else "
            "'contactpoint init --empty', 'contactpoint snapshot restore', 'contactpoint publish'"
        )


def _was_used(client: Elasticsearch) -> bool:
    """Say whether anything was ever loaded here, though the published build may be lost."""
    return bool(hidden_builds(client) or not Links(client).is_empty() or _has_children(client))


def _has_children(client: Elasticsearch) -> bool:
    """Say whether any build holds a child; one that died before it was published holds none."""
    builds = find_builds(client)
    if not builds:
        return False
    with speaking_to_cluster("asking for children"):
        found = client.indices.stats(index=list(builds), metric="docs")["indices"]
    return any(one["primaries"]["docs"]["count"] for one in found.values())


def _make_indices(client: Elasticsearch, world: World) -> list[str]:
    """Make each index that is not there, but for builds."""
    bodies = {name: index_body(name) for name in SINGLE_INDICES}
    bodies |= {AUDIT_SEALED: index_body(AUDIT), SHIELDED_CHILDREN: shielded_body()}
    bodies[DESK_ENROLMENTS] = index_body(ENROLMENTS)
    made = [name for name, body in bodies.items() if _create(client, name, body)]
    return made + make_months(client, world.today())


def _exists(client: Elasticsearch, index: str) -> bool:
    with speaking_to_cluster(f"asking for the index {index}"):
        return bool(client.indices.exists(index=index))


def _create(client: Elasticsearch, name: str, body: dict[str, Any]) -> bool:
    """Make the index unless it is there; return whether it was made.

    One that is there learns the fields that came with a newer version.
    """
    if _exists(client, name):
        with speaking_to_cluster(f"telling the index {name} of new fields"):
            client.indices.put_mapping(index=name, properties=body["mappings"]["properties"])
        return False
    with speaking_to_cluster(f"making the index {name}"):
        client.indices.create(index=name, **body)
    return True
