"""The containers run what the embedded server runs: version, settings, roles, secrets."""

import re
from pathlib import Path

import pytest
import yaml

from indexer.engine.configuration import node_settings
from indexer.engine.deployment import write_deployment
from indexer.engine.distribution import VERSION
from indexer.engine.places import Places
from indexer.settings import Settings
from webapp.processes import DESK, FRONT

ROOT = Path(__file__).parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
CLUSTER = ["node-1", "node-2", "node-3"]
NODES = ["elasticsearch", *CLUSTER]
WEB = {"web": FRONT, "cluster-web": FRONT, "desk": DESK, "cluster-desk": DESK}
FILES = SERVICES["files"]["command"][0]
BY_PLACE = {"discovery.type", "path.data", "path.logs", "http.port", "transport.port"}


@pytest.fixture
def embedded():
    """The settings of the first of three embedded nodes."""
    places = Places(Path("/engine"), Path("/engine"), 9200)
    nodes = places.nodes(3)
    return node_settings(nodes[0], nodes, places)


@pytest.mark.parametrize("name", [*NODES, "certificates"])
def test_container_runs_the_embedded_servers_version(name):
    assert SERVICES[name]["image"] == f"elasticsearch:{VERSION}"


@pytest.mark.parametrize("name", NODES)
def test_node_is_given_every_file_that_engine_files_writes(name, tmp_path):
    settings = Settings.from_environment({"CONTACTPOINT_HOME": str(tmp_path / "home")})
    write_deployment(settings, tmp_path / "node")
    copied = re.findall(r"/files/([\w.]+)", SERVICES[name]["command"][-1])
    assert sorted(copied) == sorted(path.name for path in (tmp_path / "node").iterdir())


@pytest.mark.parametrize("name", CLUSTER)
def test_cluster_node_has_every_setting_of_an_embedded_one(name, embedded, tmp_path):
    settings = Settings.from_environment({"CONTACTPOINT_HOME": str(tmp_path / "home")})
    write_deployment(settings, tmp_path)
    shared = yaml.safe_load((tmp_path / "elasticsearch.yml").read_text())
    assert set(embedded) - BY_PLACE <= set(shared) | set(SERVICES[name]["environment"])


@pytest.mark.parametrize("name", CLUSTER)
def test_cluster_node_encrypts_both_ways_in(name):
    environment = SERVICES[name]["environment"]
    assert environment["xpack.security.http.ssl.enabled"] == "true"
    assert environment["xpack.security.transport.ssl.enabled"] == "true"


@pytest.mark.parametrize("name", NODES)
def test_node_dumps_no_memory(name):
    assert "-XX:-HeapDumpOnOutOfMemoryError" in SERVICES[name]["environment"]["ES_JAVA_OPTS"]


def test_only_front_and_desk_are_published_and_to_this_machine_alone():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        name: [f"127.0.0.1:{process.port}:{process.port}"] for name, process in WEB.items()
    }


@pytest.mark.parametrize("name", WEB)
def test_web_container_runs_its_process(name):
    assert ("--desk" in SERVICES[name]["command"]) == (WEB[name] is DESK)


@pytest.mark.parametrize("name", [*NODES, *WEB])
def test_what_keeps_running_says_whether_it_is_well(name):
    asked = SERVICES[name]["healthcheck"]["test"][-1]
    assert ("_cluster/health" if name in NODES else "/readyz") in asked


@pytest.mark.parametrize("name", WEB)
def test_web_process_gets_its_own_secrets_and_no_others(name):
    volume = next(one for one in SERVICES[name]["volumes"] if one.endswith(":/secrets:ro"))
    folder = f"/{volume.split('-secrets')[0]}"
    copied = re.search(rf"-t {folder} ((?:/all/secrets/[\w.-]+\s*)+)", FILES)
    given = re.findall(r"/all/secrets/([\w.-]+)", copied[1])
    assert sorted(given) == sorted(WEB[name].secrets)


@pytest.mark.parametrize("name", [*WEB, "tools", "cluster-tools"])
def test_who_writes_the_audit_keeps_its_witness_outside_the_container(name):
    assert SERVICES[name]["environment"]["CONTACTPOINT_WITNESS"] == "/witness"
    assert "witness:/witness" in SERVICES[name]["volumes"]
    assert "/witness" in re.search(r"chown 10001 ([^&]+)", FILES)[1].split()


@pytest.mark.parametrize("name", ["elasticsearch", "files", "web", "desk"])
def test_one_node_and_the_web_processes_start_by_default(name):
    assert "profiles" not in SERVICES[name]


@pytest.mark.parametrize("name", [*CLUSTER, "cluster-web", "cluster-desk", "certificates"])
def test_cluster_starts_only_when_asked_for(name):
    assert SERVICES[name]["profiles"] == ["cluster"]
