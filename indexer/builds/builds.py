"""Makes builds and says which are open and which is published."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from elasticsearch import Elasticsearch

from analyzers.version import VERSION
from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from indexer.world import World
from mappings.names import CHILDREN, BuildName
from mappings.reader import index_body


def build_body() -> dict[str, Any]:
    """Return settings and mapping of a build whose search fields this process's analysers make."""
    body = deepcopy(index_body(CHILDREN))
    body["mappings"]["_meta"] = {"analyser_version": VERSION}
    return body


def shielded_body() -> dict[str, Any]:
    """Return the same for the shielded children: a build's, and all that was ever known."""
    body = build_body()
    body["mappings"]["properties"] |= {
        "evidence": {"type": "object", "enabled": False},
        "build_revision": {"type": "long", "index": False, "doc_values": False},
    }
    return body


def create_build(client: Elasticsearch, world: World) -> BuildName:
    """Make an empty build, not yet searched."""
    name = BuildName(world.now().replace(microsecond=0))
    with speaking_to_cluster("making a build"):
        client.indices.create(index=str(name), **build_body())
    return name


def swap_actions(old: Iterable[str], new: str) -> list[dict[str, Any]]:
    """One request, so no reader ever sees two builds or none."""
    leave = [{"remove": {"alias": CHILDREN, "index": name}} for name in old]
    return [*leave, {"add": {"alias": CHILDREN, "index": new}}]


def published_build(client: Elasticsearch) -> str | None:
    """Return the name of the build that searches use, or None before `init`."""
    with speaking_to_cluster("asking for the published build"):
        if not client.indices.exists_alias(name=CHILDREN):
            return None
        return next(iter(client.indices.get_alias(name=CHILDREN)), None)


def publish(client: Elasticsearch, build: BuildName) -> None:
    """Let searches use `build` from now on, in one request."""
    old = published_build(client)
    with speaking_to_cluster("publishing"):
        client.indices.update_aliases(actions=swap_actions([old] if old else [], str(build)))


def open_builds(client: Elasticsearch) -> tuple[str, ...]:
    """Return every build that a load must write into; raises ClusterUnavailable if none is."""
    with speaking_to_cluster("asking for open builds"):
        names = client.indices.get(index=f"{CHILDREN}-*", features=["aliases"])
    if not names:
        raise ClusterUnavailable("there is no build to load into: run 'contactpoint init' first")
    return tuple(sorted(names))
