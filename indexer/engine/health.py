"""How the embedded nodes are, asked as the operator."""

from collections.abc import Sequence
from dataclasses import replace

from indexer.clients import make_client, speaking_to_cluster
from indexer.engine.places import Node
from indexer.errors import ClusterUnavailable
from indexer.settings import Settings

HEALTH_SECONDS = 60
STATUS_SECONDS = 5


def wait_for_health(settings: Settings, nodes: Sequence[Node]) -> None:
    """Return when all nodes are in and every index can be searched.

    Raises ClusterUnavailable after 60 seconds.
    """
    with speaking_to_cluster("waiting for Elasticsearch to be ready"):
        client = make_client(_embedded(settings), "operator", tuple(node.url for node in nodes))
        with client.options(request_timeout=HEALTH_SECONDS + STATUS_SECONDS) as patient:
            answer = patient.cluster.health(
                wait_for_status="yellow", wait_for_nodes=len(nodes), timeout=f"{HEALTH_SECONDS}s"
            )
    if answer["timed_out"]:
        raise ClusterUnavailable(
            f"Elasticsearch runs but was not ready after {HEALTH_SECONDS} seconds: look at "
            "'contactpoint engine status', and try again"
        )


def health_of(settings: Settings, node: Node) -> str:
    """Return green, yellow or red as this node sees it, or that it does not answer."""
    try:
        with speaking_to_cluster("asking for health"):
            client = make_client(_embedded(settings), "operator", (node.url,))
            with client.options(request_timeout=STATUS_SECONDS, max_retries=0) as brief:
                return str(brief.cluster.health(timeout=f"{STATUS_SECONDS}s")["status"])
    except ClusterUnavailable:
        return "no answer"


def _embedded(settings: Settings) -> Settings:
    """The embedded nodes speak plain HTTP on loopback, whatever cluster the service uses."""
    return replace(settings, cluster_ca=None)
