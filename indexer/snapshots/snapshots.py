"""Takes snapshots and lists them: one of the children and one of what is sealed, never together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from indexer.builds.bench import Bench
from indexer.builds.builds import analyser_versions, published_build
from indexer.clients import make_client, speaking_to_cluster
from indexer.errors import ClusterUnavailable, SnapshotRefused
from indexer.people.actor import Actor
from indexer.snapshots.repositories import (
    check_repositories,
    open_repositories,
    speaking_to_repository,
)
from mappings.names import (
    REPOSITORIES,
    SINGLE_INDICES,
    is_build_name,
    is_snapshot_name,
    snapshot_name,
)

PATIENCE_SECONDS = 12 * 3_600  # the whole of England to a slow disk
BUILDS_REPOSITORY = "builds"
WHOLE, UNDER_WAY = "SUCCESS", "IN_PROGRESS"
STATES = {
    WHOLE: "whole",
    UNDER_WAY: "being taken",
    "PARTIAL": "NOT WHOLE, cannot be restored",
    "FAILED": "FAILED, cannot be restored",
    "INCOMPATIBLE": "of another Elasticsearch, cannot be restored",
}


@dataclass(frozen=True)
class Snapshot:
    """One snapshot in one repository. `documents` were there when it began, in all its indices.

    Of the builds: which build, made by which analysers, how many children it held, and how often
    the register had been changed before.
    """

    name: str
    repository: str
    state: str
    taken_at: datetime
    indices: tuple[str, ...]
    documents: int = -1
    build: str = ""
    analysers: str = ""
    children: int = 0
    register: int = 0

    @property
    def is_ours(self) -> bool:
        """Did `create` take it, or somebody by hand, with whatever in it?"""
        is_build = is_build_name(self.build) and self.build in self.indices
        has_build = is_build if self.repository == BUILDS_REPOSITORY else not self.build
        return self.documents >= 0 and has_build and is_snapshot_name(self.name)

    @property
    def is_whole(self) -> bool:
        return self.is_ours and self.state == WHOLE

    def in_words(self) -> str:
        about = f"{self.build}, {self.children:,} children" if self.build else "what is sealed"
        state = STATES.get(self.state, self.state) if self.is_ours else "not one of ours"
        return (
            f"{self.name}  {self.taken_at:%Y-%m-%d %H:%M} UTC  {self.repository}: {about}; {state}"
        )


ABOUT = ("documents", "build", "analysers", "children", "register")  # Elasticsearch keeps it for us


def create(bench: Bench, actor: Actor) -> list[Snapshot]:
    """Take a snapshot in each repository, under one name, and return them.

    The children first: a link that is newer than its child is put right by loading again, a child
    without links is not. Raises SnapshotRefused, Unavailable.
    """
    operator_client = make_client(bench.settings, "operator")
    open_repositories(operator_client)
    check_repositories(operator_client)
    contents = {
        repository: present(operator_client, patterns)
        for repository, patterns in REPOSITORIES.items()
    }
    _refuse_incomplete(contents)
    about = _about_build(bench)
    contents[BUILDS_REPOSITORY].append(str(about["build"]))
    name = snapshot_name(bench.world.now())
    if any(one.name == name for one in listed(operator_client)):
        raise SnapshotRefused(f"{name} is being taken, or was just now: try again in a second")
    bench.trail.write("snapshot", actor, subject=name, said="begun")
    for repository, indices in contents.items():
        bench.listener.say(f"Taking {name} into '{repository}'; searches and loads go on.")
        more = about if repository == BUILDS_REPOSITORY else {}
        documents = count_documents(operator_client, indices)
        with speaking_to_repository(repository, "taking a snapshot into"):
            operator_client.options(
                request_timeout=PATIENCE_SECONDS, max_retries=0
            ).snapshot.create(
                repository=repository,
                snapshot=name,
                indices=indices,
                include_global_state=False,
                feature_states=["none"],
                partial=False,
                metadata={"documents": documents, **more},
                wait_for_completion=True,
            )
    taken = [one for one in listed(operator_client) if one.name == name]
    if len(taken) < len(REPOSITORIES) or not all(one.is_whole for one in taken):
        raise SnapshotRefused(
            f"{name} is not whole, and cannot be restored: see the disk of the repositories and "
            "'contactpoint engine status', then take another"
        )
    return taken


def listed(operator_client: Elasticsearch) -> list[Snapshot]:
    """Return every snapshot of both repositories, the oldest first. Raises SnapshotRefused."""
    found = []
    for repository in REPOSITORIES:
        with speaking_to_repository(repository, "listing the snapshots of"):
            answer = operator_client.snapshot.get(repository=repository, snapshot="*")
        found += [parse_snapshot(repository, one) for one in answer["snapshots"]]
    return sorted(found, key=lambda one: (one.taken_at, one.repository))


def parse_snapshot(repository: str, found: Mapping[str, Any]) -> Snapshot:
    """Return one snapshot as Elasticsearch describes it, and as `create` wrote about it."""
    return Snapshot(
        name=found["snapshot"],
        repository=repository,
        state=found["state"],
        taken_at=datetime.fromtimestamp(found["start_time_in_millis"] / 1000, UTC),
        indices=tuple(sorted(found["indices"])),
        **{key: value for key, value in (found.get("metadata") or {}).items() if key in ABOUT},
    )


def present(operator_client: Elasticsearch, patterns: Iterable[str]) -> list[str]:
    """Return those indices that are there."""
    with speaking_to_cluster("asking which indices there are"):
        found = operator_client.indices.get(
            index=list(patterns), features=["aliases"], ignore_unavailable=True
        )
    return sorted(found)


def count_documents(client: Elasticsearch, indices: list[str]) -> int:
    """Return how many documents there are in all of them, as of their last refresh."""
    with speaking_to_cluster("counting documents"):
        stats = client.indices.stats(index=indices, metric="docs")
    return int(stats["_all"]["primaries"]["docs"]["count"])


def _refuse_incomplete(contents: Mapping[str, list[str]]) -> None:
    kept = {index for indices in contents.values() for index in indices}
    wanted = {name for patterns in REPOSITORIES.values() for name in patterns}
    missing = sorted(wanted.intersection(SINGLE_INDICES) - kept)
    if missing:
        raise SnapshotRefused(
            f"not taken, for it would lack {', '.join(missing)}: run 'contactpoint init' first"
        )


def _about_build(bench: Bench) -> dict[str, Any]:
    """Return what is to be known of the published build when it is restored.

    The register is asked before the snapshot begins: one that is as old, or older, when the build
    is back has forgotten shields.
    """
    build = published_build(bench.client)
    if build is None:
        raise ClusterUnavailable("no build is published yet: run 'contactpoint init' first")
    scan = bench.hands.scan
    scan.refresh(build)
    return {
        "build": build,
        "analysers": analyser_versions(bench.client, [build])[build],
        "children": sum(scan.count_by_authority(build).values()),
        "register": bench.hands.marks.sequence_now(),
    }
