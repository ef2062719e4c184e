"""The embedded engine starts, stops and starts again, and says in a sentence what it cannot do."""

import os
import shutil
import socket
import ssl
import stat
import subprocess
import time
from collections import namedtuple
from ipaddress import ip_address
from pathlib import Path

import pytest

from indexer.clients import make_client
from indexer.engine import lifecycle
from indexer.engine.lock import alone
from indexer.engine.places import engine_places
from indexer.engine.start import start
from indexer.errors import ClusterUnavailable, EngineRefused
from tests.conftest import free_port_base, settings_for

Usage = namedtuple("Usage", "total used free")


def silent(_line):
    """Nobody listens to progress here."""


@pytest.fixture
def new_settings(tmp_path):
    """A home in which nothing was ever started; nothing is left of it."""
    settings = settings_for(tmp_path / "home", free_port_base())
    yield settings
    lifecycle.destroy(settings, silent)


def process_of_only_node(settings):
    [found] = lifecycle.status(settings)
    return found.process


def test_second_start_leaves_the_running_server_alone(spare_engine):
    said = []
    before = process_of_only_node(spare_engine)
    start(spare_engine, said.append)
    assert process_of_only_node(spare_engine) == before
    assert "already running" in said[-1]


def test_two_homes_run_side_by_side(engine, spare_engine):
    first, second = lifecycle.status(engine), lifecycle.status(spare_engine)
    assert [node.is_well for node in [*first, *second]] == [True, True]
    assert first[0].process != second[0].process


def test_stopped_server_starts_again_with_its_secrets_and_data(spare_engine):
    with make_client(spare_engine, "operator") as client:
        client.options(ignore_status=400).indices.create(index="links")
    before = {path.name: path.read_text() for path in spare_engine.secrets.iterdir()}
    lifecycle.stop(spare_engine, silent)
    assert process_of_only_node(spare_engine) is None
    start(spare_engine, silent, heap="512m")
    assert {path.name: path.read_text() for path in spare_engine.secrets.iterdir()} == before
    with make_client(spare_engine, "operator") as client:
        assert client.indices.exists(index="links")


def wait_until_stopped(process):
    """The signal reaches the server's threads one by one."""
    ends = time.monotonic() + 10
    tasks = list(Path(f"/proc/{process}/task").iterdir())
    while any(state_of(task) not in "TZX" for task in tasks):
        assert time.monotonic() < ends
        time.sleep(0.01)


def state_of(task):
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def test_server_that_does_not_answer_is_not_well(spare_engine):
    process = process_of_only_node(spare_engine)
    os.kill(process, 19)  # SIGSTOP
    wait_until_stopped(process)
    try:
        [found] = lifecycle.status(spare_engine)
    finally:
        os.kill(process, 18)  # SIGCONT
    assert (found.process, found.is_well) == (process, False)


def test_running_engine_is_not_destroyed(spare_engine):
    with pytest.raises(EngineRefused, match="engine stop"):
        lifecycle.destroy(spare_engine, silent)
    assert process_of_only_node(spare_engine)


def test_home_with_one_node_is_not_started_with_three(spare_engine):
    with pytest.raises(EngineRefused, match="1 node"):
        start(spare_engine, silent, nodes=3)


def test_secrets_can_be_read_by_their_owner_alone(spare_engine):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in spare_engine.secrets.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(spare_engine.secrets.stat().st_mode) == 0o700


def test_server_runs_as_somebody_other_than_root(spare_engine):
    process = process_of_only_node(spare_engine)
    assert os.stat(f"/proc/{process}").st_uid != 0


def test_server_listens_on_this_machine_alone(spare_engine):
    heard = listening_addresses(spare_engine.port_base)
    assert heard
    assert all(address.is_loopback for address in heard)


def listening_addresses(port):
    """The addresses on which anything listens at the port, as the kernel has them."""
    found = []
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, own_port = local.partition(":")
            if state == "0A" and int(own_port, 16) == port:
                # The kernel writes each 32 bits in the machine's own order.
                packed = b"".join(
                    bytes.fromhex(address[i : i + 8])[::-1] for i in range(0, len(address), 8)
                )
                found.append(ip_address(socket.inet_ntop(family, packed)))
    return [one.ipv4_mapped or one if one.version == 6 else one for one in found]


def test_taken_port_is_named(new_settings):
    port = new_settings.port_base
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(EngineRefused, match=f"port {port} is taken"),
    ):
        start(new_settings, silent)


def test_process_number_of_another_program_is_not_taken_for_ours(new_settings):
    [node] = engine_places(new_settings).nodes(1)
    node.logs.mkdir(parents=True)
    with subprocess.Popen(["/bin/sleep", "60"]) as other:
        node.process_file.write_text(str(other.pid))
        lifecycle.stop(new_settings, silent)
        assert process_of_only_node(new_settings) is None
        assert other.poll() is None
        other.terminate()


@pytest.mark.parametrize("left_over", ["", "not a number", "4194999"])
def test_stale_process_file_means_not_running(new_settings, left_over):
    [node] = engine_places(new_settings).nodes(1)
    node.logs.mkdir(parents=True)
    node.process_file.write_text(left_over)
    assert process_of_only_node(new_settings) is None


@pytest.mark.parametrize("heap", ["", "lots", "1", "0m", "1t", "1g -Xdebug"])
def test_heap_that_java_would_not_take_is_refused(new_settings, heap):
    with pytest.raises(EngineRefused, match="heap size"):
        start(new_settings, silent, heap=heap)


def test_missing_java_is_said_with_what_to_install(new_settings, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineRefused, match="apt-get install default-jre-headless"):
        start(new_settings, silent)


def test_old_java_is_refused(new_settings, monkeypatch, tmp_path):
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineRefused, match="not Java 17 or newer"):
        start(new_settings, silent)


def test_missing_maven_is_said_with_what_to_install(new_settings, monkeypatch, tmp_path):
    monkeypatch.setattr("indexer.engine.distribution.cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr("shutil.which", {"java": shutil.which("java")}.get)
    with pytest.raises(EngineRefused, match="apt-get install maven"):
        start(new_settings, silent)


def test_full_disk_is_said_before_anything_is_started(new_settings, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(10**12, 10**12, 10**8))
    with pytest.raises(EngineRefused, match="less than 1 GB free"):
        start(new_settings, silent)


def test_data_whose_secrets_are_gone_is_neither_started_nor_lost(new_settings):
    """As of a checkout that was deleted and cloned again: as root its data is elsewhere."""
    [node] = engine_places(new_settings).nodes(1)
    shard = node.folder / "data" / "indices"
    shard.mkdir(parents=True)
    with pytest.raises(EngineRefused, match="passwords and keys are gone.*engine destroy"):
        start(new_settings, silent)
    assert shard.exists()
    assert not new_settings.secrets.exists()
    lifecycle.destroy(new_settings, silent)
    assert not shard.exists()


def test_home_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineRefused, match="CONTACTPOINT_HOME"):
        start(settings_for(tmp_path / "file" / "home", free_port_base()), silent)


def test_server_that_dies_at_start_says_where_its_words_are(new_settings):
    with pytest.raises(ClusterUnavailable, match=r"did not start: .*start\.log"):
        start(new_settings, silent, heap="1m")  # Java takes this; Elasticsearch cannot live on it


def test_two_commands_on_one_home_do_not_meet(new_settings):
    with alone(new_settings), pytest.raises(EngineRefused, match="at work here"):
        start(new_settings, silent)


def test_destroy_leaves_other_files_of_the_home(new_settings):
    new_settings.home.mkdir()
    (new_settings.home / "kept").write_text("")
    lifecycle.destroy(new_settings, silent)
    assert (new_settings.home / "kept").exists()
    assert not engine_places(new_settings).root.exists()


def test_two_nodes_make_one_cluster_and_speak_tls(new_settings):
    try:
        start(new_settings, silent, nodes=2, heap="512m")
        assert [node.is_well for node in lifecycle.status(new_settings)] == [True, True]
        for node in engine_places(new_settings).nodes(2):
            plain = socket.create_connection(("127.0.0.1", node.transport_port))
            with ssl_without_trust().wrap_socket(plain) as encrypted:
                assert encrypted.version() == "TLSv1.3"
    finally:
        lifecycle.stop(new_settings, silent)


def ssl_without_trust():
    """A context that asks whether the other side speaks TLS, not who it is."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
