"""What tests on the real server share: an index that has been made, and people to use it."""

import pytest

from indexer.builds.init import init
from indexer.people.actor import Actor
from indexer.world import REAL

OPERATOR = Actor("tester", "operator", "")


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
