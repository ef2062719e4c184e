"""Makes builds and says which are open, which is published, and which a load writes into."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from elasticsearch import Elasticsearch

from analyzers.version import VERSION
from indexer.clients import speaking_to_cluster
from indexer.errors import ClusterUnavailable
from indexer.world import World
from mappings.names import CHILDREN, BuildName
from mappings.reader import index_body

ALL_BUILDS = f"{CHILDREN}-*"


STANDS_IN = "stands_in"


def build_body(*, stands_in: bool = False) -> dict[str, Any]:
    """Return settings and mapping of a build whose search fields this process's analysers make;
    one that `stands_in` is empty where children were lost, and no search is answered from it."""
    body = deepcopy(index_body(CHILDREN))
    said = {STANDS_IN: True} if stands_in else {}
    body["mappings"]["_meta"] = {"analyser_version": VERSION, **said}
    return body


def shielded_body() -> dict[str, Any]:
    """Return the same for the shielded children: a build's, and all that was ever known."""
    body = build_body()
    body["mappings"]["properties"] |= {
        "evidence": {"type": "object", "enabled": False},
        "build_revision": {"type": "long", "index": False, "doc_values": False},
    }
    return body


def create_build(
    client: Elasticsearch,
    world: World,
    name: BuildName | None = None,
    *,
    stands_in: bool = False,
) -> BuildName:
    """Make an empty build, not yet searched, under this name or one that is free; return it."""
    name = name or free_name(client, world)
    with speaking_to_cluster("making a build"):
        client.indices.create(index=str(name), **build_body(stands_in=stands_in))
    return name


def free_name(client: Elasticsearch, world: World) -> BuildName:
    """Return the name of a build that begins now."""
    name = BuildName(world.now().replace(microsecond=0))
    taken = {*_aliases(client), *hidden_builds(client)}
    while str(name) in taken:  # two in one second
        name = BuildName(name.built_at + timedelta(seconds=1))
    return name


def swap_actions(old: Iterable[str], new: str) -> list[dict[str, Any]]:
    """One request, so no reader ever sees two builds or none."""
    leave = [{"remove": {"alias": CHILDREN, "index": name}} for name in old]
    return [*leave, {"add": {"alias": CHILDREN, "index": new}}]


def published_build(client: Elasticsearch) -> str | None:
    """Return the name of the build that searches use, or None before `init`."""
    return _published(_aliases(client))


def swap(client: Elasticsearch, build: str) -> None:
    """Let searches use `build` from now on, in one request.

    Where the answer alone was lost, it is done: who repeated that rollback would go back to what he
    has just left.
    """
    old = published_build(client)
    try:
        with speaking_to_cluster("publishing"):
            client.indices.update_aliases(actions=swap_actions([old] if old else [], build))
    except ClusterUnavailable:
        if published_build(client) != build:
            raise


def find_builds(client: Elasticsearch) -> tuple[str, ...]:
    """Return every build there is, the oldest first."""
    return tuple(sorted(_aliases(client)))


def open_builds(client: Elasticsearch) -> tuple[str, ...]:
    """Return every build there is, the oldest first; raises ClusterUnavailable if none is."""
    names = find_builds(client)
    if not names:
        raise ClusterUnavailable("there is no build to load into: run 'contactpoint init' first")
    return names


def published_first(builds: Iterable[str], published: str | None) -> list[str]:
    """Return these builds in the order in which a child is moved out of them: what the published
    one says is of now, what another says may be of before."""
    return sorted(builds, key=lambda one: (one != published, one))


def hidden_builds(client: Elasticsearch) -> tuple[str, ...]:
    """Return builds that are being restored, or were not restored to the end. No wildcard finds
    them, so they are no builds to anybody else: nothing is written into half an index."""
    with speaking_to_cluster("asking for builds that are being restored"):
        found = client.indices.get(
            index=ALL_BUILDS, features=["aliases"], expand_wildcards=["open", "hidden"]
        )
    return tuple(sorted(found.keys() - _aliases(client).keys()))


def show_build(client: Elasticsearch, build: str) -> None:
    """Let a build that was hidden be one of the open builds; it is not searched yet."""
    with speaking_to_cluster("opening a build that was restored"):
        client.indices.put_settings(index=build, settings={"index": {"hidden": False}})


def remove_build(client: Elasticsearch, build: str) -> None:
    """Delete one build, by its whole name."""
    with speaking_to_cluster("removing a build"):
        client.indices.delete(index=str(BuildName.parse(build)))


def sync_each_write(client: Elasticsearch, build: str, *, is_on: bool) -> None:
    """Let each write be on the disk before it is acknowledged, as it is unless told; or seconds
    later, as may be in a build that is compared with another one before anybody searches it."""
    durability = "request" if is_on else "async"
    with speaking_to_cluster("saying when a build is synced"):
        client.indices.put_settings(index=build, settings={"index.translog.durability": durability})


def is_gone(client: Elasticsearch, build: str) -> bool:
    """Was this build removed? One that is hidden was not."""
    with speaking_to_cluster("asking for a build"):
        return not client.indices.exists(index=build)


def analyser_versions(client: Elasticsearch, builds: Iterable[str]) -> dict[str, str]:
    """Return build → the version of the analysers that made it; "" for one that does not say."""
    metas = _metas(client, builds)
    return {name: str(meta.get("analyser_version", "")) for name, meta in metas.items()}


def stand_ins(client: Elasticsearch, builds: Iterable[str]) -> set[str]:
    """Return those of the builds that stand in for one that was lost."""
    return {name for name, meta in _metas(client, builds).items() if meta.get(STANDS_IN)}


def _metas(client: Elasticsearch, builds: Iterable[str]) -> dict[str, dict[str, Any]]:
    names = sorted(builds)
    if not names:
        return {}
    with speaking_to_cluster("asking for the analysers of builds"):
        found = client.indices.get_mapping(index=names, ignore_unavailable=True)
    return {name: body["mappings"].get("_meta", {}) for name, body in found.items()}


@dataclass(frozen=True)
class OpenBuilds:
    """The builds of this process's analysers: the one that is searched, and those beside it."""

    published: str
    beside: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.published, *self.beside)


class Builds:
    """Asks for the builds that a writer keeps current; made once a process.

    A build of other analysers is not among them: what is written there must have their fields
    (docs/decisions/0008-builds.md).
    """

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client
        self._versions: dict[str, str] = {}

    def now(self) -> OpenBuilds:
        """Return the builds as they are at this moment; one small request.

        Raises ClusterUnavailable if none is published, or one of other analysers.
        """
        aliases = _aliases(self._client)
        published = _published(aliases)
        if published is None:
            raise ClusterUnavailable("there is no build to load into: run 'contactpoint init'")
        unknown = aliases.keys() - self._versions.keys()
        if unknown:  # a build never changes its analysers, so it is asked once
            self._versions |= analyser_versions(self._client, unknown)
        own = [name for name in sorted(aliases) if self._versions.get(name) == VERSION]
        if published not in own:
            raise ClusterUnavailable(
                "the published build was made by other analysers than this process has: "
                "run 'contactpoint reindex', or start the version that made it"
            )
        return OpenBuilds(published, tuple(name for name in own if name != published))


def _aliases(client: Elasticsearch) -> dict[str, dict[str, Any]]:
    """Return every build with its aliases."""
    with speaking_to_cluster("asking for open builds"):
        found = client.indices.get(index=ALL_BUILDS, features=["aliases"])
    return {name: body["aliases"] for name, body in found.items()}


def _published(aliases: dict[str, dict[str, Any]]) -> str | None:
    return next((name for name in sorted(aliases) if CHILDREN in aliases[name]), None)
