"""Three nodes, one of them gone: what health says, and that the runbook leads to green."""

import os
import signal
import time

import pytest

from indexer.builds.init import init
from indexer.clients import make_client
from indexer.engine import lifecycle
from indexer.engine.places import engine_places
from indexer.engine.processes import process_of
from indexer.engine.start import start
from indexer.world import REAL
from mappings.names import audit_index
from mappings.reader import index_body
from tests.builds import load, plain_rows
from tests.conftest import OPERATOR, free_port_base, settings_for
from tests.engine.test_health import contactpoint, state, wait_for
from tests.runbook import follow

LONG_AGO = audit_index(REAL.today().replace(year=2020))


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    settings = settings_for(tmp_path_factory.mktemp("three"), free_port_base(3))
    try:
        start(settings, print, nodes=3, heap="512m")
        init(settings, OPERATOR, REAL)
        load(settings, "school-census", *plain_rows(20))
        yield settings
    finally:
        lifecycle.stop(settings, print)
        lifecycle.destroy(settings, print)


@pytest.fixture(scope="module")
def third(three):
    return engine_places(three).nodes_made()[2]


def kill(node):
    process = process_of(node)
    os.kill(process, signal.SIGKILL)
    while process_of(node):
        time.sleep(0.1)


def test_lost_node_is_yellow_and_starting_it_leads_to_green(three, third):
    wait_for(three, "shards", "green")
    kill(third)
    found = wait_for(three, "nodes", "yellow")
    assert "gone: node-3" in found.cause
    assert found.step == "contactpoint engine start"
    assert wait_for(three, "shards", "yellow").step == "contactpoint engine start"
    assert "yellow  nodes: 2 of 3 are there" in contactpoint(three, "health").stdout
    follow(three, "nodes")
    wait_for(three, "nodes", "green")
    wait_for(three, "shards", "green")


def test_shard_without_a_copy_is_red_and_without_a_master_all_is_until_the_nodes_are_back(
    three, third
):
    body = index_body("audit")
    only_there = {
        **body["settings"],
        "auto_expand_replicas": False,
        "number_of_replicas": 0,
        "routing.allocation.require._name": third.name,
    }
    operator_client = make_client(three, "operator")
    operator_client.indices.create(index=LONG_AGO, settings=only_there, mappings=body["mappings"])
    kill(third)
    assert wait_for(three, "shards", "red").step == "contactpoint engine start"
    assert contactpoint(three, "health").returncode == 2
    kill(engine_places(three).nodes_made()[1])
    wait_for(three, "engine", "red")
    follow(three, "shards")
    wait_for(three, "nodes", "green")
    wait_for(three, "shards", "green")
    assert state(three, "register").is_well
