"""For operators: every state with its cause and next command, and figures with small charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from indexer.health.builds import Build
from indexer.health.state import COLOURS, State, rounded
from indexer.health.watch import Picture
from webapp.pages import pages
from webapp.pages.charts import Bar, Chart, Columns, bars, columns
from webapp.service import service

GIGA, MEGA = 1e9, 1e6
REPORTS = 10
TITLES = {
    "green": "Everything is as it should be",
    "yellow": "Something needs to be done soon",
    "red": "Something needs to be done now",
}
USES = {"before": "the one before", "filling": "being filled", "restoring": "being restored"}


@dataclass(frozen=True)
class HealthPage:
    """`states` with the worst first; `charts` in the order in which they are shown."""

    title: str
    at: datetime
    states: tuple[State, ...]
    picture: Picture
    charts: tuple[Chart, ...]
    loaded: Columns | None
    checks: int = REPORTS


@pages.get("/health")
def health() -> str:
    page = build_health_page(service().watch.look(), service().world.now())
    return render_template("health.html", page=page)


def build_health_page(picture: Picture, at: datetime) -> HealthPage:
    states = sorted(picture.states, key=lambda one: -COLOURS.index(one.colour))
    title, charts = TITLES[picture.colour], _charts(picture)
    return HealthPage(title, at, tuple(states), picture, charts, _loaded(picture))


def _charts(picture: Picture) -> tuple[Chart, ...]:
    made = (_disks(picture), _heaps(picture), _builds(picture), _checks(picture))
    return tuple(one for one in made if one is not None)


def _disks(picture: Picture) -> Chart | None:
    nodes = picture.engine.nodes if picture.engine else ()
    used = [
        Bar(one.name, one.disk_whole - one.disk_free, one.disk_whole, _of_disk(one.disk_free))
        for one in nodes
    ]
    return bars("Disk in use", used)


def _of_disk(free: int) -> str:
    return f"{free / GIGA:,.0f} GB free"


def _heaps(picture: Picture) -> Chart | None:
    nodes = picture.engine.nodes if picture.engine else ()
    used = [
        Bar(
            one.name,
            one.heap_used,
            one.heap_most,
            f"{one.heap_used / MEGA:,.0f} of {one.heap_most / MEGA:,.0f} MB",
        )
        for one in nodes
    ]
    return bars("Memory (heap) in use", used)


def _builds(picture: Picture) -> Chart | None:
    builds = picture.builds.builds if picture.builds else ()
    most = _most([one.children for one in builds])
    shown = [Bar(one.name, one.children, most, _of_build(one)) for one in builds]
    return bars("Children in each build", shown)


def _of_build(build: Build) -> str:
    held = f"about {rounded(build.children):,} children in {build.size / GIGA:,.1f} GB"
    return f"{USES.get(build.use, build.use)}; {held}"


def _loaded(picture: Picture) -> Columns | None:
    days = picture.feeds.days if picture.feeds else ()
    rows = [one.rows for one in days]
    most = max(days, key=lambda one: one.rows, default=None)
    words = f"{sum(rows):,} rows; most on {most.day:%d %B}: {most.rows:,}" if most else ""
    return columns(f"Rows loaded in the last {len(days)} days", rows, words)


def _checks(picture: Picture) -> Chart | None:
    reports = picture.reports[:REPORTS]
    most = _most([int(one.seconds) for one in reports])
    run = [
        Bar(f"{one.at:%d %b %H:%M}", int(one.seconds), most, f"{one.seconds:,.0f} seconds")
        for one in reports
    ]
    return bars("How long the checks took", run)


def _most(values: Sequence[int]) -> int:
    return max(values, default=0)
