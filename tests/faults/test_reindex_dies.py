"""`contactpoint reindex` is killed at any moment: the same command again, and all children are in
the build that is searched."""

import os
import random
import subprocess
import sys
import time

import pytest

from indexer.builds.builds import open_builds, published_build
from indexer.builds.init import init
from indexer.clients import make_client
from indexer.invented.england import Order, write_england
from indexer.world import REAL
from tests.benchmarks.recall import rows_of
from tests.builds import load, revisions
from tests.conftest import OPERATOR, running_engine
from tests.whole_index import difference, read_whole_index

HEAP = "512m"
SOURCE = "gp-registration"
PERSONS, ENGLAND = 4_000, 361
MOMENTS = 5
START_UP_SECONDS = 0.6  # of Python, in which nothing can be spoiled
END_SECONDS = 300
WORDS = [sys.executable, "-c", "from webapp.commands import main; main()"]


def begin_reindex(settings):
    """`contactpoint reindex`, as it is typed."""
    named = {
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    return subprocess.Popen(
        [*WORDS, "reindex"], env={**os.environ, **named}, stderr=subprocess.PIPE, text=True
    )


def reindex(settings):
    """Reindex undisturbed; return the seconds it took."""
    began = time.monotonic()
    process = begin_reindex(settings)
    _, wrong = process.communicate(timeout=END_SECONDS)
    assert process.returncode == 0, wrong
    return time.monotonic() - began


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
    reindex(service)
    seconds = reindex(service)
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
    moment = START_UP_SECONDS + part * (seconds - START_UP_SECONDS)
    print(f"killed at {part:.0%} of the run")  # noqa: T201 - to repeat it
    process = begin_reindex(service)
    time.sleep(moment)
    process.kill()
    process.communicate()
    assert difference(index, read_whole_index(service)) == ""  # of the build that is searched now
    reindex(service)
    assert_whole(service, index, expected)
