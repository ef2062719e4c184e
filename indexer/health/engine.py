"""Nodes, disks and shards: what Elasticsearch reports of itself, and which nodes are missing.

The server we embed has no indicator of shards in its health report, and none of disks that knows
anything; the whole server has both. So disks and shards are judged here, from figures that both
servers give, and the report is asked for what it knows beyond that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.health.state import Colour, State, well

START = "contactpoint engine start"
FREE = "df -h"  # nothing of ours can be written then, not even that a build is removed
STEPS = {
    "disk": ("disk", FREE),
    "shards_availability": ("shards", START),
    "shards_capacity": ("shards", "contactpoint builds"),
    "master_is_stable": ("nodes", START),
    "repository_integrity": ("snapshots", "contactpoint snapshot list"),
}
"""Elasticsearch's indicator → our name for it, and the next command. Others are `engine`."""

UNKNOWN = "unknown"  # what an indicator says that has nothing to go by
GIGA = 1e9


@dataclass(frozen=True)
class Node:
    """What one node uses, in bytes; under `disk_low` free it gets no new shard, under `disk_flood`
    nothing can be written any more."""

    name: str
    heap_used: int
    heap_most: int
    disk_free: int
    disk_whole: int
    disk_low: int
    disk_flood: int


@dataclass(frozen=True)
class Indicator:
    """What Elasticsearch's own health report says of one thing, in its words."""

    name: str
    status: str
    symptom: str


@dataclass(frozen=True)
class Engine:
    nodes: tuple[Node, ...]
    missing: tuple[str, ...]  # names of nodes that should be there
    shards: int
    unassigned: int
    has_every_shard: bool  # or a part of an index is nowhere
    indicators: tuple[Indicator, ...]


def look_at_engine(client: Elasticsearch, expected: Sequence[str]) -> Engine:
    """Return how the nodes are; `expected` names those that should be there.

    Raises ClusterUnavailable, also where no master is.
    """
    with speaking_to_cluster("asking how the nodes are"):
        health = client.cluster.health(timeout="2s", master_timeout="2s")
        stats = client.nodes.stats(metric=["fs", "jvm"])["nodes"]
        report = client.health_report()["indicators"]
    nodes = tuple(sorted((_node(one) for one in stats.values()), key=lambda one: one.name))
    return Engine(
        nodes,
        _missing(expected, [one.name for one in nodes]),
        health["active_shards"],
        health["unassigned_shards"],
        health["status"] != "red",
        tuple(Indicator(name, one["status"], one["symptom"]) for name, one in report.items()),
    )


def judge_engine(engine: Engine) -> list[State]:
    return [
        judge_nodes(engine),
        judge_disks(engine.nodes),
        judge_shards(engine),
        *judge_indicators(engine.indicators),
    ]


def judge_nodes(engine: Engine) -> State:
    count = len(engine.nodes)
    if not engine.missing:
        return well("nodes", f"{count} of {count} are there")
    gone, whole = ", ".join(engine.missing), count + len(engine.missing)
    return State("nodes", "yellow", f"{count} of {whole} are there; gone: {gone}", START)


def judge_disks(nodes: Sequence[Node]) -> State:
    """Judge the fullest by the marks at which Elasticsearch itself acts."""
    fullest = min(nodes, key=lambda one: one.disk_free - one.disk_low)
    cause = f"{fullest.disk_free / GIGA:,.1f} GB are free on {fullest.name}"
    if fullest.disk_free >= fullest.disk_low:
        return well("disk", cause)
    if fullest.disk_free < fullest.disk_flood:
        return State("disk", "red", cause, FREE)
    return State("disk", "yellow", cause, "contactpoint builds")


def judge_shards(engine: Engine) -> State:
    if not engine.unassigned:
        return well("shards", f"{engine.shards} of {engine.shards} are there")
    whole = engine.shards + engine.unassigned
    cause = f"{engine.unassigned} of {whole} are on no node"
    colour: Colour = "yellow" if engine.has_every_shard else "red"
    return State("shards", colour, cause, START)


def judge_indicators(indicators: Iterable[Indicator]) -> list[State]:
    """Return what the report complains of, by our names."""
    return [
        _state(one, *STEPS.get(one.name, ("engine", "contactpoint engine status")))
        for one in indicators
        if one.status not in {"green", UNKNOWN}
    ]


def _state(indicator: Indicator, name: str, step: str) -> State:
    colour: Colour = "red" if indicator.status == "red" else "yellow"
    return State(name, colour, indicator.symptom.rstrip("."), step)


def _missing(expected: Sequence[str], there: Sequence[str]) -> tuple[str, ...]:
    """Return who is not there. Nodes elsewhere are known by address alone: then only how many."""
    if set(there) & set(expected):
        return tuple(one for one in expected if one not in there)
    return tuple(expected[len(there) :])


def _node(stats: Mapping[str, Any]) -> Node:
    heap, disk = stats["jvm"]["mem"], stats["fs"]["data"][0]
    return Node(
        stats["name"],
        heap["heap_used_in_bytes"],
        heap["heap_max_in_bytes"],
        disk["available_in_bytes"],
        disk["total_in_bytes"],
        disk["low_watermark_free_space_in_bytes"],
        disk["flood_stage_free_space_in_bytes"],
    )
