"""What machines are told in numbers: searches, answers, refusals, and how the service is.

Every worker of `serve` counts into files of one folder, so that whichever answers /metrics tells of
all. No label holds what somebody typed, a number, or a name: steps, outcomes and routes alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Protocol

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from indexer.errors import AuditUnavailable, ContactPointError
from indexer.health.state import COLOURS, rounded
from indexer.health.watch import Picture

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

STEP = Histogram(
    "contactpoint_search_step_seconds", "Time of one step of a search", ["step"], buckets=SECONDS
)
REQUEST = Histogram(
    "contactpoint_request_seconds", "Time of one request", ["route", "status"], buckets=SECONDS
)
ANSWERS = Counter("contactpoint_answers", "Searches answered, by what was found", ["result"])
REFUSALS = Counter("contactpoint_refusals", "Requests that ended in an error of ours", ["error"])
REFUSALS.labels("RegisterUnavailable")  # told as 0, or Prometheus would not see the first as a rise
AUDIT_FAILURES = Counter("contactpoint_audit_failures", "Entries that could not be written")
ALARMS = Counter("contactpoint_alarms", "Alarms raised", ["kind"])


class Looks(Protocol):
    def look(self) -> Picture: ...


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Count how long a step of a search takes: search, rank, register, audit."""
    began = perf_counter()
    try:
        yield
    finally:
        STEP.labels(step).observe(perf_counter() - began)


def count_refusal(error: ContactPointError) -> None:
    REFUSALS.labels(type(error).__name__).inc()
    if isinstance(error, AuditUnavailable):
        AUDIT_FAILURES.inc()


def exposition(watch: Looks, folder: Path | None) -> bytes:
    """Return all that is counted, in Prometheus's text form; `folder` is where the workers count,
    None for a process that is alone."""
    counted = CollectorRegistry() if folder else REGISTRY
    if folder:
        MultiProcessCollector(counted, path=str(folder))  # type: ignore[no-untyped-call]
    state = CollectorRegistry()
    state.register(_Health(watch.look()))
    return generate_latest(counted) + generate_latest(state)


class _Health:
    """How the service is at this moment, as gauges."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def collect(self) -> Iterator[Metric]:
        states = _gauge("state", "0 green, 1 yellow, 2 red", "name")
        for one in self._picture.states:
            states.add_metric([one.name], COLOURS.index(one.colour))
        yield states
        yield GaugeMetricFamily(
            "contactpoint_open_alarms", "Not acknowledged", value=len(self._picture.alarms)
        )
        for part in (_engine, _builds, _loads, _snapshots, _checks):
            yield from part(self._picture)


def _engine(picture: Picture) -> Iterator[Metric]:
    engine = picture.engine
    if engine is None:
        return
    heap, most = _gauge("heap_used_bytes", "Of a node", "node"), _gauge("heap_bytes", "", "node")
    free, whole = _gauge("disk_free_bytes", "Of a node", "node"), _gauge("disk_bytes", "", "node")
    for node in engine.nodes:
        heap.add_metric([node.name], node.heap_used)
        most.add_metric([node.name], node.heap_most)
        free.add_metric([node.name], node.disk_free)
        whole.add_metric([node.name], node.disk_whole)
    yield from (heap, most, free, whole)
    shards = _gauge("shards", "Parts of indices, copies included", "state")
    shards.add_metric(["active"], engine.shards)
    shards.add_metric(["unassigned"], engine.unassigned)
    yield shards
    nodes = _gauge("nodes", "Nodes that are there, and gone", "state")
    nodes.add_metric(["there"], len(engine.nodes))
    nodes.add_metric(["gone"], len(engine.missing))
    yield nodes


def _builds(picture: Picture) -> Iterator[Metric]:
    if picture.builds is None:
        return
    children = _gauge("build_children", "To three digits", "build", "use")
    size = _gauge("build_bytes", "With all copies", "build", "use")
    for one in picture.builds.builds:
        children.add_metric([one.name, one.use], rounded(one.children))
        size.add_metric([one.name, one.use], one.size)
    yield from (children, size)


def _loads(picture: Picture) -> Iterator[Metric]:
    if picture.feeds is None:
        return
    loaded = _gauge("source_loaded_timestamp_seconds", "When a load last ended well", "source")
    rows = _gauge("source_rows", "Rows of a source, as its receipts tell", "source")
    for one in picture.feeds.sources:
        rows.add_metric([one.name], one.rows)
        if one.done_at:
            loaded.add_metric([one.name], one.done_at.timestamp())
    under_way = GaugeMetricFamily(
        "contactpoint_loads_under_way", "Sources being loaded", value=len(picture.feeds.under_way)
    )
    yield from (loaded, rows, under_way)


def _snapshots(picture: Picture) -> Iterator[Metric]:
    newest = _gauge("snapshot_timestamp_seconds", "The newest that is whole", "repository")
    for one in picture.repositories:
        if one.newest:
            newest.add_metric([one.name], one.newest.timestamp())
    yield newest


def _checks(picture: Picture) -> Iterator[Metric]:
    if picture.reports:
        yield GaugeMetricFamily(
            "contactpoint_check_timestamp_seconds",
            "When the check was last run",
            value=picture.reports[0].at.timestamp(),
        )


def _gauge(name: str, said: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"contactpoint_{name}", said, labels=labels)
