"""The two repositories in which snapshots are kept, and what is said when one cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import ApiError, Elasticsearch

from indexer.clients import NOT_FOUND, speaking_to_cluster
from indexer.errors import SnapshotRefused
from mappings.names import REPOSITORIES

WHERE = (
    "its folder is '{0}' under the path.repo of Elasticsearch (of the embedded engine: "
    "CONTACTPOINT_HOME/engine/snapshots/{0})"
)
NOT_THERE = (
    "the repository '{0}' is damaged, read-only or not there: "
    + WHERE
    + "; see that it is there, and writable by every node, then run the command again"
)
WRONG = {
    "repository_missing_exception": "there is no repository '{0}' yet: 'contactpoint snapshot "
    "create' makes it",
    "repository_verification_exception": "the repository '{0}' cannot be written by every node: "
    + WHERE
    + "; give it back to Elasticsearch, then run the command again",
    "repository_exception": NOT_THERE,
    "snapshot_exception": NOT_THERE,
    "snapshot_missing_exception": "there is no such snapshot in the repository '{0}': "
    "'contactpoint snapshot list' shows them",
    "concurrent_snapshot_execution_exception": "a snapshot of the repository '{0}' is being taken, "
    "restored or removed: run the command again when that has ended",
    "snapshot_restore_exception": "the snapshot cannot be restored from the repository '{0}': try "
    "it with 'contactpoint snapshot verify', or restore an earlier one",
}
"""What Elasticsearch's error types mean, and what to do."""


def open_repositories(operator_client: Elasticsearch) -> None:
    """Let Elasticsearch know both repositories; one that it knows is left as it is.

    So they are there again on a new cluster that finds the folders of an old one, and an operator
    may have set up another kind of repository under the same name. Raises SnapshotRefused.
    """
    for name in REPOSITORIES:
        with speaking_to_repository(name, "asking for the repository"):
            known = operator_client.options(ignore_status=NOT_FOUND).snapshot.get_repository(
                name=name
            )
        if name not in known:
            with speaking_to_repository(name, "setting up the repository"):
                operator_client.snapshot.create_repository(
                    name=name,
                    repository={"type": "fs", "settings": {"location": name}},
                    verify=False,  # to read it is enough; `check_repositories` before it is written
                )


def check_repositories(operator_client: Elasticsearch) -> None:
    """Raise SnapshotRefused unless every node can write both."""
    for name in REPOSITORIES:
        with speaking_to_repository(name, "trying the repository"):
            known = operator_client.snapshot.get_repository(name=name)
            operator_client.snapshot.verify_repository(name=name)  # leaves out one for reading only
        if str(known[name]["settings"].get("readonly", "")).lower() == "true":
            raise SnapshotRefused(NOT_THERE.format(name))


@contextmanager
def speaking_to_repository(repository: str, doing: str) -> Iterator[None]:
    """Turn what Elasticsearch says of a repository into a sentence with what to do next."""
    with speaking_to_cluster(f"{doing} '{repository}'"):
        try:
            yield
        except ApiError as error:
            if error.error not in WRONG:
                raise
            raise SnapshotRefused(WRONG[error.error].format(repository)) from None
