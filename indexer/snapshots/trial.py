"""Tries a snapshot by restoring it: under names that nobody uses, compared, and removed again."""

from collections.abc import Sequence
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from indexer.builds.bench import Bench
from indexer.builds.builds import analyser_versions
from indexer.builds.checks import MOST_LOST
from indexer.builds.lock import holding_snapshots
from indexer.builds.records import Tried
from indexer.clients import make_client, speaking_to_cluster
from indexer.errors import SnapshotRefused
from indexer.people.actor import Actor
from indexer.snapshots.repositories import open_repositories
from indexer.snapshots.restore import bring_back, chosen, refuse_if_short
from indexer.snapshots.snapshots import Snapshot, count_documents, listed
from mappings.names import REPOSITORIES, TRIAL


@dataclass(frozen=True)
class Trial:
    """What was found of one snapshot: documents that came back, and the analysers of its build."""

    snapshot: Snapshot
    documents: int
    analysers: str

    @property
    def passed(self) -> bool:
        least = (1 - MOST_LOST) * self.snapshot.documents  # some may leave while it is taken
        return self.documents >= least and self.analysers == self.snapshot.analysers

    def in_words(self) -> str:
        one = self.snapshot
        return (
            f"{'passed' if self.passed else 'FAILED'}  {one.name} in '{one.repository}': "
            f"{len(one.indices)} indices with {self.documents:,} documents came back, "
            f"{one.documents:,} were there when it was taken"
        )


def verify(bench: Bench, actor: Actor, name: str | None = None) -> list[Trial]:
    """Restore the newest snapshots, or those named, to see that they can be; nothing stays.

    Raises SnapshotRefused if one cannot be restored or is not what was taken, Unavailable.
    """
    operator_client = make_client(bench.settings, "operator")
    open_repositories(operator_client)
    with holding_snapshots(bench.client, bench.world, "snapshot verify"):
        snapshots = listed(operator_client)
        asked = [chosen(snapshots, repository, name) for repository in REPOSITORIES]
        trials = []
        for one in asked:
            refuse_if_short(bench, operator_client, one, list(one.indices))
            trials.append(_try(bench, one))
            bench.listener.say(trials[-1].in_words())
    said = "passed" if all(one.passed for one in trials) else "failed"
    bench.trail.write("snapshot-verify", actor, subject=asked[0].name, said=said)
    if said == "passed":
        bench.records.write_tried(noted(trials))
    if said == "failed":
        raise SnapshotRefused(
            f"{asked[0].name} does not bring back what was taken: take another with 'contactpoint "
            "snapshot create', and try that"
        )
    return trials


def noted(trials: Sequence[Trial]) -> Tried:
    """Return what is kept of a trial that passed. Pure. What was taken since, also while it was
    tried, was not."""
    names = frozenset(one.snapshot.name for one in trials)
    return Tried(names, min(one.snapshot.taken_at for one in trials))


def _try(bench: Bench, snapshot: Snapshot) -> Trial:
    """Nobody but the credential `restore` may touch what comes back, and it may not read it."""
    restore_client = make_client(bench.settings, "restore")
    names = {index: f"{TRIAL}{index}" for index in snapshot.indices}
    _remove_trials(restore_client)
    try:
        bring_back(bench, snapshot, names)
        documents = count_documents(restore_client, list(names.values()))
        build = [names[snapshot.build]] if snapshot.build else []
        versions = analyser_versions(restore_client, build)
        return Trial(snapshot, documents, next(iter(versions.values()), ""))
    finally:
        _remove_trials(restore_client)


def _remove_trials(restore_client: Elasticsearch) -> None:
    with speaking_to_cluster("looking for indices that were tried"):
        found = restore_client.indices.get(
            index=f"{TRIAL}*", features=["aliases"], expand_wildcards=["open", "hidden"]
        )
    for name in sorted(found):
        with speaking_to_cluster("removing an index that was tried"):
            restore_client.indices.delete(index=name)
