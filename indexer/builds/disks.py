"""How much disk the nodes have free for builds and for what is restored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.builds.bench import Bench
from indexer.clients import make_client, speaking_to_cluster


@dataclass(frozen=True)
class Disks:
    """How many nodes there are, and how many bytes are free on all their disks together."""

    nodes: int
    free: int


def look_at_disks(bench: Bench) -> Disks:
    operator_client = make_client(bench.settings, "operator")
    with speaking_to_cluster("asking how much disk is free"):
        nodes = operator_client.nodes.stats(metric="fs")["nodes"]
    return Disks(len(nodes), free_bytes(nodes.values()))


def free_bytes(nodes: Iterable[Mapping[str, Any]]) -> int:
    """Return what is free on all disks together; a disk that several nodes share counts once.

    Nodes of one machine have its name and the mount in common. Containers each have a name of their
    own, but their machine's disk has the same size in each, and as much free to the byte. Pure.
    """
    least: dict[tuple[str, str, int], int] = {}
    for node in nodes:
        for disk in node["fs"]["data"]:
            key = (node["host"], disk.get("mount", ""), disk["total_in_bytes"])
            least[key] = min(disk["available_in_bytes"], least.get(key, disk["total_in_bytes"]))
    return sum(free for _, _, free in {(key[1], key[2], free) for key, free in least.items()})
