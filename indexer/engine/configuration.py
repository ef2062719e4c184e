"""One node's config folder: elasticsearch.yml, jvm.options, logging, roles and users."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from indexer.engine.account import Account
from indexer.engine.places import Node, Places
from indexer.engine.secret_files import write_privately

CERTIFICATE_FILES = ("transport.crt", "transport.key")
# Heap dumps hold names of children; the collector's own log would keep 2 GB.
UNWANTED_JVM_OPTIONS = ("-XX:+HeapDump", "-Xlog:gc")


def shared_text(name: str) -> str:
    """Return one of the files beside this module."""
    return files(__package__).joinpath(name).read_text()


def node_settings(node: Node, nodes: Sequence[Node], places: Places) -> dict[str, Any]:
    """Return the whole elasticsearch.yml of one node. Pure."""
    settings: dict[str, Any] = yaml.safe_load(shared_text("elasticsearch.yml"))
    settings |= {
        "node.name": node.name,
        "network.host": "127.0.0.1",
        "http.port": node.http_port,
        "transport.port": node.transport_port,
        "path.data": str(node.folder / "data"),
        "path.logs": str(node.logs),
        "path.repo": [str(places.snapshots)],
    }
    return settings | (_cluster_settings(nodes) if len(nodes) > 1 else _lone_settings())


def _lone_settings() -> dict[str, Any]:
    return {"discovery.type": "single-node"}


def _cluster_settings(nodes: Sequence[Node]) -> dict[str, Any]:
    certificate, key = CERTIFICATE_FILES
    tls = "xpack.security.transport.ssl"
    return {
        "discovery.seed_hosts": [f"127.0.0.1:{node.transport_port}" for node in nodes],
        "cluster.initial_master_nodes": [node.name for node in nodes],
        f"{tls}.enabled": True,
        f"{tls}.verification_mode": "certificate",
        f"{tls}.certificate": certificate,
        f"{tls}.key": key,
        f"{tls}.certificate_authorities": [certificate],
    }


def node_files(node: Node, nodes: Sequence[Node], places: Places) -> dict[str, str]:
    """Return file name -> text of what differs by node, and of the logging."""
    return {
        "elasticsearch.yml": yaml.safe_dump(node_settings(node, nodes, places)),
        "log4j2.properties": shared_text("log4j2.properties"),
    }


def jvm_options(server: Path, node: Node, heap: str) -> str:
    """Return jvm.options: the shipped ones less what is unwanted, the heap and the node's mark."""
    shipped = (server / "config" / "jvm.options").read_text().splitlines()
    kept = [line for line in shipped if not line.startswith(UNWANTED_JVM_OPTIONS)]
    return "\n".join([*kept, f"-Xms{heap}", f"-Xmx{heap}", node.mark, ""])


def write_config(node: Node, texts: dict[str, str], account: Account) -> None:
    """Write a node's config files, each whole or not at all: a running node reads some of them."""
    for name, text in texts.items():
        write_privately(node.config / name, text, (account.user, account.group))
