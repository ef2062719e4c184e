"""Erases what was deleted from builds: until then its words stand in the index's files.

A delete only says that a document is no more. The files are written anew without it by a merge
that takes out every deleted document, some seconds later, when Elasticsearch no longer keeps it for
its own history (docs/ENGINE.md). A scroll that was begun before holds the old files until it ends,
ten minutes at most (`search.max_keep_alive`): that is waited for.
"""

import time
from collections.abc import Sequence

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster

ALLOWED = "index.merge.policy.expunge_deletes_allowed"  # per cent; at 10, its default, nothing goes
WAIT_SECONDS = 5
ROUNDS = 150  # twelve minutes and a half; some twenty seconds where no scroll is open


def purge(client: Elasticsearch, builds: Sequence[str]) -> int:
    """Erase deleted documents from the builds; return how many are left, or, if none is, how many
    open searches hold the files of before: 0 is the proof.

    While a load writes there are always some; then run it again when none does. Raises
    ClusterUnavailable.
    """
    patient_client = client.options(request_timeout=3600)
    left = 0
    with speaking_to_cluster("erasing deleted documents"):
        client.indices.put_settings(index=list(builds), settings={ALLOWED: 0})
        for _ in range(ROUNDS):
            held = _open_searches(client, builds)  # before what lets go of their files
            client.indices.flush(index=list(builds))
            patient_client.indices.forcemerge(index=list(builds), only_expunge_deletes=True)
            client.indices.refresh(index=list(builds))
            left = _deleted(client, builds) or held
            if not left:
                break
            time.sleep(WAIT_SECONDS)
        client.indices.put_settings(index=list(builds), settings={ALLOWED: None})
    return left


def _open_searches(client: Elasticsearch, builds: Sequence[str]) -> int:
    """Return how many searches, scrolls and points in time are open on the builds."""
    stats = client.indices.stats(index=list(builds), metric="search")
    return int(stats["_all"]["total"]["search"]["open_contexts"])


def _deleted(client: Elasticsearch, builds: Sequence[str]) -> int:
    """Return how many documents are deleted and still in the files, of all copies."""
    stats = client.indices.stats(index=list(builds), metric="docs")
    return int(stats["_all"]["total"]["docs"]["deleted"])
