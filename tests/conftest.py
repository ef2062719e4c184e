"""What all tests share: a real Elasticsearch of this run's own, started once."""

import os
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from indexer.builds.init import init
from indexer.engine import configuration, lifecycle
from indexer.engine.places import TRANSPORT_OFFSET
from indexer.engine.start import start
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import REAL

# A busy machine is no wrong answer; and whether a change lands must not be decided by lot.
hypothesis.settings.register_profile("landing", deadline=None, derandomize=True)
# `pytest --hypothesis-profile=drawn` tries other cases each time.
hypothesis.settings.register_profile("drawn", deadline=None)
hypothesis.settings.load_profile("landing")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_port_base(nodes: int = 1) -> int:
    """Return a base whose first ports nobody listens on.

    Below the range from which the system draws ports for outgoing connections.
    """
    while True:
        base = random.randrange(15_000, 30_000, 10)
        ports = [base + index for index in range(nodes)]
        if all(is_free(port) and is_free(port + TRANSPORT_OFFSET) for port in ports):
            return base


def settings_for(home: Path, port_base: int) -> Settings:
    """Return the settings of a home of a test's own, whatever the environment says."""
    return Settings.from_environment(
        {"CONTACTPOINT_HOME": str(home), "CONTACTPOINT_PORT_BASE": str(port_base)}
    )


OPERATOR = Actor("tester", "operator", "")
SHORT_LIVED = "-XX:TieredStopAtLevel=1"  # Java compiles quickly rather than well
BORROWED = "CONTACTPOINT_TEST_ENGINE"  # its home, a colon, its first port


@pytest.fixture(scope="session", autouse=True)
def short_lived_servers() -> Iterator[None]:
    """Start every server of the tests for a life of minutes: it takes half of the processor's time.
    Measurements (tests/benchmarks) start theirs as the product does."""

    def options(*of: Any) -> str:
        return f"{configuration.jvm_options(*of)}{SHORT_LIVED}\n"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.engine.start.jvm_options", options)
        yield


@contextmanager
def running_engine(home: Path, heap: str) -> Iterator[Settings]:
    """A started Elasticsearch, gone at the end with all it held, whatever happens between.

    With BORROWED set it is one that runs already, and stays: a leak that was planted in a copy of
    the code is looked for there (tests/worlds/planted.py).
    """
    if BORROWED in os.environ:
        borrowed_home, _, port_base = os.environ[BORROWED].rpartition(":")
        yield settings_for(Path(borrowed_home), int(port_base))
        return
    settings = settings_for(home, free_port_base())
    try:
        start(settings, print, heap=heap)
        yield settings
    finally:
        lifecycle.stop(settings, print)
        lifecycle.destroy(settings, print)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a running Elasticsearch that only this run of the tests uses."""
    with running_engine(tmp_path_factory.mktemp("home"), heap="768m") as settings:
        yield settings


@pytest.fixture(scope="session")
def spare_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A second one beside it, for tests that stop it or lay it out their own way."""
    with running_engine(tmp_path_factory.mktemp("spare"), heap="512m") as settings:
        yield settings


@pytest.fixture
def settings(engine: Settings) -> Settings:
    """The shared engine's, for a test that speaks of settings."""
    return engine


@pytest.fixture
def world():
    """Real time and real chance: tests draw names and numbers of their own and never meet."""
    return REAL


@pytest.fixture(scope="session")
def ready(engine):
    """The settings of an engine on which `init` has run."""
    init(engine, OPERATOR, REAL)
    return engine


@pytest.fixture
def source(world):
    """The name of a source of this test's own."""
    return f"test-{world.below(10**9)}"


@pytest.fixture(scope="session")
def shield_engine(tmp_path_factory):
    """One on which shields are set by officers alone, so that 'shield verify' finds all right."""
    with running_engine(tmp_path_factory.mktemp("shields"), heap="512m") as settings:
        init(settings, OPERATOR, REAL)
        yield settings
