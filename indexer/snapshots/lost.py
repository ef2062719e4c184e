"""Brings back, after the loss of everything, what no build holds: links, people, receipts, audit.

Only what is not there at all: Elasticsearch refuses to restore over an index that is. The register
is never among it: a snapshot's has forgotten every shield since. But one that is older than the
snapshot is refused from then on, so that nobody is shown, or brought back, by a journal's old copy.
"""

from indexer.builds.bench import Bench
from indexer.clients import make_client
from indexer.errors import SnapshotRefused
from indexer.people.actor import Actor
from indexer.snapshots.repositories import open_repositories
from indexer.snapshots.restore import bring_back, chosen, refuse_if_short
from indexer.snapshots.snapshots import BUILDS_REPOSITORY, Snapshot, listed, present
from mappings.names import REPOSITORIES, SHIELD_MARKS, SHIELD_REGISTER

FROM_THE_JOURNAL = (SHIELD_MARKS, SHIELD_REGISTER)


def restore_lost(bench: Bench, actor: Actor, name: str | None = None) -> list[str]:
    """Restore every index of the newest snapshots, or those named, that is not there; return them.

    Raises SnapshotRefused, Unavailable; the same command then goes on.
    """
    operator_client = make_client(bench.settings, "operator")
    open_repositories(operator_client)
    snapshots = listed(operator_client)
    children = chosen(snapshots, BUILDS_REPOSITORY, name)
    name = children.name
    parts = [chosen(snapshots, repository, name) for repository in REPOSITORIES]
    lost = {one: _lost(one, present(operator_client, one.indices)) for one in parts}
    if not any(lost.values()):
        raise SnapshotRefused("nothing is lost: every index of the snapshot is there")
    bench.hands.marks.expect(children.register)
    for snapshot, indices in lost.items():
        refuse_if_short(bench, operator_client, snapshot, indices)
        bring_back(bench, snapshot, {index: index for index in indices}, is_hidden=False)
    back = sorted(index for indices in lost.values() for index in indices)
    bench.trail.write("restore-lost", actor, subject=name, said=", ".join(back))
    return back


def _lost(snapshot: Snapshot, there: list[str]) -> list[str]:
    left = {*there, *FROM_THE_JOURNAL, snapshot.build}
    return [index for index in snapshot.indices if index not in left]
