"""Stop, look at and destroy the embedded Elasticsearch of one home."""

import shutil
from dataclasses import dataclass

from indexer.engine.distribution import Say
from indexer.engine.health import health_of
from indexer.engine.lock import alone
from indexer.engine.places import Node, engine_places
from indexer.engine.processes import end, process_of
from indexer.engine.secret_files import remove_secrets
from indexer.errors import EngineRefused
from indexer.settings import Settings


@dataclass(frozen=True)
class NodeStatus:
    """One node as `engine status` shows it; `process` is None, and `health` "", if it is down."""

    node: Node
    process: int | None
    health: str

    @property
    def is_well(self) -> bool:
        return self.health in {"green", "yellow"}


def stop(settings: Settings, say: Say) -> None:
    """End every node and wait for it; raises ClusterUnavailable after 30 seconds."""
    with alone(settings):
        running = [node for node in engine_places(settings).nodes_made() if process_of(node)]
        if running:
            say("Stopping Elasticsearch …")
        end(running)
    say(f"Elasticsearch is stopped: {len(running)} node(s)" if running else "Nothing is running")


def status(settings: Settings) -> list[NodeStatus]:
    """Return how each node is; an empty list if none was ever made here."""
    return [_status_of(settings, node) for node in engine_places(settings).nodes_made()]


def _status_of(settings: Settings, node: Node) -> NodeStatus:
    process = process_of(node)
    return NodeStatus(node, process, health_of(settings, node) if process else "")


def destroy(settings: Settings, say: Say) -> None:
    """Delete this home's data, certificates and secrets; raises EngineRefused while it runs."""
    places = engine_places(settings)
    with alone(settings):
        if any(process_of(node) for node in places.nodes_made()):
            raise EngineRefused("Elasticsearch is running: run 'contactpoint engine stop' first")
        if places.root.is_dir():
            shutil.rmtree(places.root)
        if places.link.is_symlink():
            places.link.unlink()
        # A journal is of use only with its key.
        kept = ("register.key",) if settings.journal.exists() else ()
        remove_secrets(settings.secrets, kept)
    say(f"Deleted {places.link} and the secrets in {settings.secrets}")
