"""One server for all worlds; each is swept away before the next is built on it."""

import pytest

from tests.conftest import running_engine
from tests.worlds.namespace import make_broom
from tests.worlds.trial import Theatre


@pytest.fixture(scope="session")
def theatre(tmp_path_factory):
    with running_engine(tmp_path_factory.mktemp("worlds"), heap="768m") as settings:
        yield Theatre(settings, make_broom(settings), tmp_path_factory.mktemp("files"))
