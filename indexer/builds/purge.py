"""Erases what was deleted from builds: until then its words stand in the index's files.

A delete only says that a document is no more. The files are written anew without it by a merge
that takes out every deleted document, some seconds later, when Elasticsearch no longer keeps it for
its own history (docs/ENGINE.md).
"""

import time
from collections.abc import Sequence

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster

ALLOWED = "index.merge.policy.expunge_deletes_allowed"  # per cent; at 10, its default, nothing goes
WAIT_SECONDS = 5
ROUNDS = 24  # two minutes; it took some twenty seconds


def purge(client: Elasticsearch, builds: Sequence[str]) -> int:
    """Erase deleted documents from the builds; return how many are left: 0 is the proof.

    While a load writes there are always some; then run it again when none does. Raises
    ClusterUnavailable.
    """
    patient_client = client.options(request_timeout=3600)
    left = 0
    with speaking_to_cluster("erasing deleted documents"):
        client.indices.put_settings(index=list(builds), settings={ALLOWED: 0})
        for _ in range(ROUNDS):
            client.indices.flush(index=list(builds))
            patient_client.indices.forcemerge(index=list(builds), only_expunge_deletes=True)
            client.indices.refresh(index=list(builds))
            left = _deleted(client, builds)
            if not left:
                break
            time.sleep(WAIT_SECONDS)
        client.indices.put_settings(index=list(builds), settings={ALLOWED: None})
    return left


def _deleted(client: Elasticsearch, builds: Sequence[str]) -> int:
    """Return how many documents are deleted and still in the files, of all copies."""
    stats = client.indices.stats(index=list(builds), metric="docs")
    return int(stats["_all"]["total"]["docs"]["deleted"])
