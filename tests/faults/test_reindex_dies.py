"""`contactpoint reindex` and `contactpoint snapshot restore` are killed at any moment: the same
command again, and all children are in the build that is searched, and nobody who is shielded."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from indexer.builds.bench import open_bench
from indexer.builds.builds import hidden_builds, open_builds, published_build
from indexer.builds.init import init
from indexer.builds.publication import publish
from indexer.clients import make_client
from indexer.engine.places import engine_places
from indexer.engine.processes import process_of
from indexer.engine.start import start
from indexer.invented.england import Order, write_england
from indexer.snapshots.restore import restore
from indexer.snapshots.snapshots import create
from indexer.world import REAL
from tests.benchmarks.recall import rows_of
from tests.builds import load, revisions
from tests.conftest import OPERATOR, running_engine
from tests.rows import plain_row
from tests.shields import add_mark
from tests.whole_index import difference, read_whole_index

HEAP = "512m"
SOURCE = "gp-registration"
PERSONS, ENGLAND = 3_000, 361
MOMENTS, MOMENTS_OF_RESTORE = 2, 1  # five are drawn by tests/benchmarks/reindex.py
START_UP_SECONDS = 0.6  # of Python, in which nothing can be spoiled
END_SECONDS = 300
NO_ANSWER = 4  # the exit code of a command that Elasticsearch does not answer
WORDS = [sys.executable, "-c", "from webapp.commands import main; main()"]


def begin(settings, words):
    """`contactpoint WORDS`, as it is typed."""
    named = {
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    return subprocess.Popen(
        [*WORDS, *words.split()], env={**os.environ, **named}, stderr=subprocess.PIPE, text=True
    )


def run(settings, words):
    """Run it undisturbed; return the seconds it took."""
    began = time.monotonic()
    process = begin(settings, words)
    _, wrong = process.communicate(timeout=END_SECONDS)
    assert process.returncode == 0, wrong
    return time.monotonic() - began


def kill(process, part, seconds):
    """Kill it after that part (0..1) of its time."""
    print(f"killed at {part:.0%} of the run")  # noqa: T201 - to repeat it
    time.sleep(START_UP_SECONDS + part * (seconds - START_UP_SECONDS))
    process.kill()
    process.communicate()


def published(settings):
    return published_build(make_client(settings, "worker"))


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """An index of this test's own, and of a size that takes a while."""
    folder = tmp_path_factory.mktemp("killed")
    with running_engine(folder, heap=HEAP) as settings:
        init(settings, OPERATOR, REAL)
        write_england(Order(PERSONS, ENGLAND, REAL.today(), sources=(SOURCE,)), folder / "feeds")
        load(settings, SOURCE, *rows_of(folder / "feeds", SOURCE))
        yield settings


@pytest.fixture(scope="module")
def whole(service):
    """The index, the revisions of its children, and the seconds that an undisturbed reindex takes.

    The first of two builds is not merged, so the second is measured.
    """
    run(service, "reindex")
    seconds = run(service, "reindex")
    return read_whole_index(service), revisions(service, published(service)), seconds


def assert_whole(settings, index, expected):
    builds = open_builds(make_client(settings, "worker"))
    assert len(builds) <= 2
    for build in builds:
        assert revisions(settings, build) == expected
    assert difference(index, read_whole_index(settings)) == ""


@pytest.mark.parametrize("number", range(MOMENTS))
def test_reindex_killed_at_any_moment_is_finished_by_the_same_command(service, whole, seed, number):
    index, expected, seconds = whole
    chance = random.Random(f"{seed} {number}")
    part = (number + chance.random()) / MOMENTS
    kill(begin(service, "reindex"), part, seconds)
    assert difference(index, read_whole_index(service)) == ""  # of the build that is searched now
    run(service, "reindex")
    assert_whole(service, index, expected)


def test_server_killed_while_a_build_is_filled_loses_nobody(service, whole):
    """Its writes are not synced each: what is missing of the build is seen and brought in."""
    index, expected, seconds = whole
    process = begin(service, "reindex")
    time.sleep(START_UP_SECONDS + 0.4 * (seconds - START_UP_SECONDS))
    for node in engine_places(service).nodes_made():
        os.kill(process_of(node), signal.SIGKILL)
    _, wrong = process.communicate(timeout=END_SECONDS)
    start(service, lambda _: None, heap=HEAP)
    assert process.returncode == NO_ANSWER, wrong
    run(service, "reindex")
    assert_whole(service, index, expected)


@pytest.fixture(scope="module")
def hidden(service):
    """Children who were shielded since the only snapshot, and are in no open build."""
    bench, key = open_bench(service, REAL), service.secret("register.key")
    create(bench, OPERATOR)
    numbers = set(sorted(revisions(service, published(service)))[::200])
    for number in numbers:
        add_mark(bench.client, key, number)
    bench.hands.placer.hide(numbers)
    return numbers


@pytest.fixture(scope="module")
def restore_seconds(service, hidden):
    """How long an undisturbed restore takes."""
    return run(service, "snapshot restore")


def assert_nobody_is_seen(settings, hidden):
    for build in open_builds(make_client(settings, "worker")):
        assert hidden.isdisjoint(revisions(settings, build))


@pytest.mark.parametrize("number", range(MOMENTS_OF_RESTORE))
def test_restore_killed_at_any_moment_shows_nobody_and_is_done_by_the_same_command(
    service, hidden, restore_seconds, seed, number
):
    part = (number + random.Random(f"{seed} {number}").random()) / MOMENTS_OF_RESTORE
    kill(begin(service, "snapshot restore"), part, restore_seconds)
    assert_nobody_is_seen(service, hidden)
    load(service, SOURCE, plain_row(f"new-{number}", "New", "Kelly", "2014-03-09"))
    expected = revisions(service, published(service))
    bench = open_bench(service, REAL)
    build = restore(bench, OPERATOR).build
    assert_nobody_is_seen(service, hidden)
    publish(bench, OPERATOR, build)
    assert hidden_builds(bench.client) == ()
    assert revisions(service, published(service)) == expected
