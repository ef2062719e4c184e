"""Looks at everything once, and says how the service is: for the command, the page and machines."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from elasticsearch import Elasticsearch

from indexer.clients import make_client
from indexer.engine.places import Node, engine_places
from indexer.errors import Unavailable
from indexer.health.alarms import Alarm, Alarms, judge_alarms
from indexer.health.answers import (
    judge_audit,
    judge_blocks,
    judge_indices,
    judge_register,
    look_at_indices,
)
from indexer.health.builds import Builds, judge_builds, look_at_builds
from indexer.health.engine import START, Engine, judge_engine, look_at_engine
from indexer.health.loads import Feeds, judge_loads, look_at_loads
from indexer.health.repeats import judge_doubted
from indexer.health.reports import Report, Reports, judge_reports
from indexer.health.snapshots import (
    Repository,
    judge_number,
    judge_snapshots,
    judge_trials,
    look_at_snapshots,
    look_at_trials,
)
from indexer.health.state import Colour, State, worst
from indexer.health.work import judge_work, look_at_work
from indexer.settings import Settings
from indexer.shields.marks import Marks
from indexer.world import World

PATIENCE_SECONDS = 8
REPORTS = 30  # shown


@dataclass(frozen=True)
class Picture:
    """The states, and the figures they come from; a figure is None where it could not be asked."""

    states: tuple[State, ...]
    engine: Engine | None = None
    builds: Builds | None = None
    feeds: Feeds | None = None
    repositories: tuple[Repository, ...] = ()
    reports: tuple[Report, ...] = ()
    alarms: tuple[Alarm, ...] = ()

    @property
    def colour(self) -> Colour:
        return worst(self.states)


class Watch:
    """Made once a process. It holds the credential `monitor`, which reads no child and no mark, and
    asks the register as the front process does."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._settings = settings
        self._world = world
        self._client: Elasticsearch | None = None
        self._marks: Marks | None = None

    def look(self) -> Picture:
        """Return how everything is now; what cannot be asked is a red state, never an error."""
        try:
            client = self._connected()
            engine = look_at_engine(client, self._expected())
        except Unavailable as error:
            return Picture((State("engine", "red", _first(error), START),))
        states = judge_engine(engine)
        return self._look_inside(client, Picture(tuple(states), engine))

    def _look_inside(self, client: Elasticsearch, picture: Picture) -> Picture:
        try:
            there = look_at_indices(client)
            indices = judge_indices(there)
            found = [indices, *judge_blocks(there), judge_audit(there, self._world.today())]
            if not indices.is_well:  # the rest would only say so again
                return _with(picture, [indices])
            found.append(judge_register(self._register()))
        except Unavailable as error:
            return _with(picture, [_unknown("indices", error)])
        picture = _with(picture, found)
        for name, part in PARTS:
            try:
                figures, states = part(client, self._world)
            except Unavailable as error:
                figures, states = {}, [_unknown(name, error)]
            picture = replace(_with(picture, states), **figures)
        return picture

    def _connected(self) -> Elasticsearch:
        if self._client is None:
            urls = tuple(node.url for node in self._embedded()) or self._settings.cluster_urls
            settings = replace(self._settings, cluster_ca=None) if self._embedded() else None
            client = make_client(settings or self._settings, "monitor", urls)
            self._client = client.options(request_timeout=PATIENCE_SECONDS, max_retries=len(urls))
        return self._client

    def _register(self) -> Marks:
        if self._marks is None:
            self._marks = Marks.for_credential(self._settings, "front")
        return self._marks

    def _expected(self) -> list[str]:
        return [one.name for one in self._embedded()] or list(self._settings.cluster_urls)

    def _embedded(self) -> list[Node]:
        """Return the embedded nodes, if it is they whom the service uses."""
        nodes = engine_places(self._settings).nodes_made()
        used = {one.url for one in nodes} & set(self._settings.cluster_urls)
        return nodes if used else []


Looked = tuple[dict[str, Any], list[State]]
"""Figures by the name of their field in Picture, and what is to be said of them."""


def _builds(client: Elasticsearch, world: World) -> Looked:
    builds = look_at_builds(client, world)
    return {"builds": builds}, [judge_builds(builds)]


def _loads(client: Elasticsearch, world: World) -> Looked:
    feeds = look_at_loads(client, world)
    return {"feeds": feeds}, [
        judge_loads(feeds, world.now()),
        judge_doubted(feeds.doubted, feeds.done_at),
    ]


def _snapshots(client: Elasticsearch, world: World) -> Looked:
    repositories, now = look_at_snapshots(client), world.now()
    state = judge_snapshots(repositories, now)
    if state.is_well:
        tried = judge_trials(look_at_trials(client, world), now)
        state = tried or judge_number(repositories) or state
    return {"repositories": repositories}, [state]


def _reports(client: Elasticsearch, world: World) -> Looked:
    reports = Reports(client).newest(REPORTS)
    return {"reports": reports}, judge_reports(reports, world.now())


def _alarms(client: Elasticsearch, world: World) -> Looked:
    alarms = Alarms(client, world).open_alarms()
    return {"alarms": alarms}, [judge_alarms(alarms)]


def _work(client: Elasticsearch, world: World) -> Looked:
    return {}, [judge_work(look_at_work(client), world.now())]


PARTS: tuple[tuple[str, Callable[[Elasticsearch, World], Looked]], ...] = (
    ("builds", _builds),
    ("sources", _loads),
    ("snapshots", _snapshots),
    ("check", _reports),
    ("alarms", _alarms),
    ("work", _work),
)


def _unknown(name: str, error: Unavailable) -> State:
    return State(name, "red", _first(error), "contactpoint engine status")


def _first(error: Unavailable) -> str:
    """Return what an error says, without what it says to do: that stands in the step."""
    return str(error).split(";")[0].split(": run ")[0]


def _with(picture: Picture, states: Iterable[State]) -> Picture:
    """Return the picture with more states; of two of one name the worse, or the later."""
    known = {one.name: one for one in picture.states}
    for one in states:
        before = known.get(one.name, one)
        known[one.name] = one if worst([one, before]) == one.colour else before
    return replace(picture, states=tuple(known.values()))
