"""Start the embedded Elasticsearch of one home."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.engine.account import server_account
from indexer.engine.certificates import make_certificates
from indexer.engine.configuration import jvm_options, node_files, write_config
from indexer.engine.distribution import Say, fetch, find_java
from indexer.engine.health import wait_for_health
from indexer.engine.lock import alone
from indexer.engine.places import Node, Places, engine_places
from indexer.engine.preflight import (
    check_count,
    check_heap,
    check_ports,
    check_room,
    check_secrets,
    make_folders,
)
from indexer.engine.processes import end, launch, process_of, wait_until_launched
from indexer.engine.realm_files import realm_files
from indexer.engine.secret_files import make_secrets
from indexer.settings import Settings

DEFAULT_HEAP = "1g"


@dataclass(frozen=True)
class Plan:
    """What one start is to do: `missing` are those of the `wanted` nodes that do not run."""

    places: Places
    wanted: Sequence[Node]
    missing: Sequence[Node]
    heap: str


def start(settings: Settings, say: Say, nodes: int | None = None, heap: str = DEFAULT_HEAP) -> None:
    """Start every node that does not run, and return when searches can be answered.

    Raises EngineRefused if it cannot be started here as things are, ClusterUnavailable if it was
    started and did not come up.
    """
    check_heap(heap)
    places = engine_places(settings)
    with alone(settings):
        check_secrets(places, settings.secrets)
        wanted = places.nodes(check_count(places, nodes))
        missing = [node for node in wanted if process_of(node) is None]
        if missing:
            _start_missing(settings, Plan(places, wanted, missing, heap), say)
        else:
            _write_realms(settings, wanted)
        wait_for_health(settings, wanted)
    done = "started" if missing else "already running"
    say(f"Elasticsearch is {done}: {', '.join(node.url for node in wanted)}")


def _start_missing(settings: Settings, plan: Plan, say: Say) -> None:
    java = find_java()
    check_ports(plan.missing)
    server = fetch(say)
    account = server_account()
    make_folders(plan.places, plan.wanted, account)
    check_room(plan.places.root)
    _write_realms(settings, plan.wanted)
    for node in plan.missing:
        texts = node_files(node, plan.wanted, plan.places)
        write_config(node, texts | {"jvm.options": jvm_options(server, node, plan.heap)}, account)
    if len(plan.wanted) > 1:
        make_certificates(server, java, plan.wanted, account)
    _launch(plan.missing, server, java, say)


def _write_realms(settings: Settings, nodes: Sequence[Node]) -> None:
    """Write roles and users afresh: a running server reads them again within seconds."""
    make_secrets(settings.secrets)
    texts = realm_files(settings)
    for node in nodes:
        write_config(node, texts, server_account())


def _launch(nodes: Sequence[Node], server: Path, java: Path, say: Say) -> None:
    """Start nodes side by side; if one fails, or we are interrupted, none is left behind."""
    account = server_account()
    try:
        launchers = []
        for node in nodes:
            say(f"Starting {node.name} at {node.url} …")
            launchers.append(launch(node, server, java, account))
        for node, launcher in zip(nodes, launchers, strict=True):
            wait_until_launched(node, launcher)
    except BaseException:
        for launcher in launchers:
            launcher.terminate()
        end(nodes)
        raise
