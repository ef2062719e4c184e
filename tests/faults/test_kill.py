"""`contactpoint load` and Elasticsearch are killed at any moment: the same command again, and the
index is as if nothing had been."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from indexer.builds.init import init
from indexer.clients import make_client
from indexer.engine.places import engine_places
from indexer.engine.processes import process_of
from indexer.engine.start import start
from indexer.invented.england import Order, write_england
from indexer.settings import Settings
from indexer.world import REAL
from mappings.names import CHILDREN
from tests.benchmarks.recall import rows_of
from tests.conftest import OPERATOR, running_engine
from tests.whole_index import WholeIndex, difference, empty_index, read_whole_index

HEAP = "512m"
SOURCES = ("gp-registration", "child-benefit")
PERSONS, ENGLAND = 1_500, 361
MOMENTS = 2  # ten are drawn by tests/benchmarks/kills.py
NO_ANSWER = 4  # the exit code of a command that Elasticsearch does not answer
SOME_REJECTED = 3
END_SECONDS = 1_200


@dataclass(frozen=True)
class Feeds:
    """The folder of the feeds, and how many children were written for each undisturbed."""

    folder: Path
    writes: dict[str, int]


@dataclass(frozen=True)
class Moment:
    """When to kill: after this part (0..1) of the writes, and so many seconds more."""

    part: float
    seconds: float

    @classmethod
    def draw(cls, chance: random.Random, earliest: float = 0, latest: float = 0.9) -> "Moment":
        return cls(chance.uniform(earliest, latest), chance.uniform(0, 0.1))

    def __str__(self) -> str:
        return f"at {self.part:.1%} of the writes and {self.seconds * 1000:.0f} ms"


def writes(settings: Settings) -> int:
    """Return how many writes of children Elasticsearch has begun, refused ones included."""
    stats = make_client(settings, "worker").indices.stats(index=CHILDREN, metric="indexing")
    found = stats["_all"]["primaries"]["indexing"]
    return found["index_total"] + found["index_failed"]


def wait_for(settings: Settings, process: subprocess.Popen[str], feeds: Feeds, when: tuple) -> None:
    """Return at the moment, or when the load has ended."""
    before, source, moment = when
    awaited = before + moment.part * feeds.writes[source]
    while writes(settings) < awaited and process.poll() is None:
        time.sleep(0.005)
    time.sleep(moment.seconds)


def begin_load(settings: Settings, folder: Path, source: str) -> subprocess.Popen[str]:
    """`contactpoint load`, as it is typed."""
    environment = {
        **os.environ,
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    script = os.path.join(os.path.dirname(sys.executable), "contactpoint")
    return subprocess.Popen(
        [script, "load", str(folder / f"{source}.jsonl"), "--source", source],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def load(settings: Settings, folder: Path, source: str) -> None:
    """Load undisturbed."""
    process = begin_load(settings, folder, source)
    _, wrong = process.communicate(timeout=END_SECONDS)
    assert process.returncode in (0, SOME_REJECTED), wrong


def write_feeds(folder: Path, children: int) -> None:
    """Write two feeds of an England; every third row of the second says no NHS number, and of
    every tenth there is a copy under another id."""
    write_england(Order(children, ENGLAND, REAL.today(), sources=SOURCES), folder)
    for source in SOURCES:
        with (folder / f"{source}.jsonl").open("wb") as file:
            for number, row in enumerate(rows_of(folder, source)):
                if number % 3 == 0 and source == SOURCES[1]:
                    row.pop("nhs_number", None)
                file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
                if number % 10 == 0:
                    copy = row | {"source_record_id": f"{row['source_record_id']}-B"}
                    file.write(orjson.dumps(copy, option=orjson.OPT_APPEND_NEWLINE))


def undisturbed(settings: Settings, folder: Path) -> tuple[WholeIndex, Feeds]:
    """Load both feeds; return the index they make, and the feeds with what they wrote."""
    empty_index(settings)
    written = {}
    for source in SOURCES:
        before = writes(settings)
        load(settings, folder, source)
        written[source] = writes(settings) - before
    return read_whole_index(settings), Feeds(folder, written)


def load_and_kill(settings: Settings, feeds: Feeds, source: str, moment: Moment) -> bool:
    """Kill a load at a moment of its run; return False if it had ended before."""
    before = writes(settings)
    process = begin_load(settings, feeds.folder, source)
    wait_for(settings, process, feeds, (before, source, moment))
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def load_and_kill_engine(settings: Settings, feeds: Feeds, source: str, moment: Moment) -> bool:
    """Kill Elasticsearch at a moment of a load, and start it again; return False if the load had
    ended before."""
    before = writes(settings)
    process = begin_load(settings, feeds.folder, source)
    wait_for(settings, process, feeds, (before, source, moment))
    for node in engine_places(settings).nodes_made():
        os.kill(process_of(node), signal.SIGKILL)
    _, wrong = process.communicate(timeout=END_SECONDS)
    start(settings, lambda _: None, heap=HEAP)
    assert process.returncode in (0, NO_ANSWER), wrong
    assert "Traceback" not in wrong
    return process.returncode == NO_ANSWER


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """An index of this test's own: its Elasticsearch is killed."""
    with running_engine(tmp_path_factory.mktemp("killed"), heap=HEAP) as settings:
        init(settings, OPERATOR, REAL)
        yield settings


@pytest.fixture(scope="module")
def loaded(service, tmp_path_factory):
    folder = tmp_path_factory.mktemp("feeds")
    write_feeds(folder, PERSONS)
    return undisturbed(service, folder)


@pytest.mark.parametrize("number", range(MOMENTS))
def test_load_killed_at_any_moment_is_finished_by_the_same_command(service, loaded, seed, number):
    whole, feeds = loaded
    first, second = SOURCES  # the first makes children, the second joins them
    chance = random.Random(f"{seed} {number}")
    moments = [Moment.draw(chance, number * 0.5, number * 0.5 + 0.3) for _ in SOURCES]
    print(f"killed {first} {moments[0]}, {second} {moments[1]}")  # noqa: T201 - to repeat it
    empty_index(service)
    assert load_and_kill(service, feeds, first, moments[0])
    load(service, feeds.folder, first)
    assert load_and_kill(service, feeds, second, moments[1])
    if number == 0:  # so early that rows are missing: or this would hold of any index
        assert f"{second}:" in difference(whole, read_whole_index(service))
    load(service, feeds.folder, second)
    assert difference(whole, read_whole_index(service)) == ""


def test_elasticsearch_killed_at_any_moment_loses_nothing_that_the_same_command_does_not_bring(
    service, loaded, seed
):
    whole, feeds = loaded
    first, second = SOURCES
    moment = Moment.draw(random.Random(f"{seed} engine"))
    print(f"killed Elasticsearch {moment} of {second}")  # noqa: T201 - to repeat it
    empty_index(service)
    load(service, feeds.folder, first)
    assert load_and_kill_engine(service, feeds, second, moment)
    load(service, feeds.folder, second)
    assert difference(whole, read_whole_index(service)) == ""
