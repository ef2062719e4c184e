"""Every way out of the service has a case in the two worlds, or a word on why it needs none."""

import csv

import pytest

from indexer.engine.secret_files import make_secrets
from indexer.world import REAL
from tests.conftest import settings_for
from tests.rules.reading import ROOT
from tests.rules.test_commands import commands
from tests.worlds.script import all_ways
from tests.worlds.ways import WAYS
from webapp.app import create_app
from webapp.processes import PROCESSES
from webapp.site import Site

with (ROOT / "tests" / "worlds" / "cases.csv").open(newline="") as table:
    CASES = {row["way"]: row for row in csv.DictReader(table)}


@pytest.fixture
def ways_out(tmp_path):
    """Every route and every command, as the application and the command tree know them."""
    settings = settings_for(tmp_path, 1)
    make_secrets(settings.secrets)
    routes = {
        f"{process.name} {rule.rule}"
        for process in PROCESSES
        for rule in create_app(settings, None, REAL, Site(process=process)).url_map.iter_rules()
    }
    return routes | {f"contactpoint {' '.join(words)}" for words in commands()}


def test_every_way_out_has_a_case(ways_out):
    missing = sorted(ways_out - CASES.keys())
    assert not missing, (
        f"add to tests/worlds/cases.csv, with a case, or why it needs none: {missing}"
    )


def test_every_case_is_of_a_way_out(ways_out):
    gone = sorted(CASES.keys() - ways_out)
    assert not gone, f"take these rows out of tests/worlds/cases.csv: {gone}"


@pytest.mark.parametrize("way", sorted(CASES))
def test_way_out_has_a_case_that_is_played_or_a_reason_for_none(way):
    case, because = CASES[way]["case"], CASES[way]["because"]
    assert bool(case) != bool(because)
    assert not case or case in WAYS


def test_every_case_is_played_in_each_script():
    assert all_ways() == WAYS.keys()
