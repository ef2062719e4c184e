"""The server's processes: started detached, told from other programs, ended by their own id."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from indexer.engine.account import Account
from indexer.engine.places import Node
from indexer.errors import ClusterUnavailable

START_SECONDS = 180
STOP_SECONDS = 30
PLAIN_PATH = "/usr/local/bin:/usr/bin:/bin"


def process_of(node: Node) -> int | None:
    """Return the id of the node's process, or None if it does not run.

    The file may be left over from a crash and its number long another program's, so the program's
    own arguments must carry the node's mark.
    """
    try:
        process = int(node.process_file.read_text())
        arguments = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
    except (OSError, ValueError):
        return None
    return process if node.mark in arguments else None


def launch(node: Node, server: Path, java: Path, account: Account) -> subprocess.Popen[bytes]:
    """Start one node; the launcher ends when the node is up, or has failed."""
    node.process_file.unlink(missing_ok=True)
    with node.start_log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - every argument is ours
            [server / "bin" / "elasticsearch", "-d", "-p", str(node.process_file)],
            env=server_environment(java, node),
            cwd=node.logs,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in a terminal is not for the server
            **account.popen_options(),
        )


def server_environment(java: Path, node: Node) -> dict[str, str]:
    """Return all the environment the server's programs get: nothing of ours leaks into it."""
    return {
        "PATH": PLAIN_PATH,
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(node.config),
        "ES_TMPDIR": str(node.folder / "tmp"),
    }


def wait_until_launched(node: Node, launcher: subprocess.Popen[bytes]) -> None:
    """Return when the node is up; raises ClusterUnavailable if it died or took three minutes."""
    try:
        failed = launcher.wait(START_SECONDS)
    except subprocess.TimeoutExpired:
        launcher.terminate()
        raise ClusterUnavailable(
            f"{node.name} did not start within {START_SECONDS} seconds: see {node.start_log}"
        ) from None
    if failed:
        raise ClusterUnavailable(
            f"{node.name} did not start: its own words are at the end of {node.start_log}"
        )


def end(nodes: Sequence[Node]) -> None:
    """Ask every running node to end and wait; raises ClusterUnavailable after 30 seconds."""
    running = {node: process for node in nodes if (process := process_of(node))}
    for process in running.values():
        os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for node, process in running.items():
        _wait_until_ended(node, process, deadline)


def _wait_until_ended(node: Node, process: int, deadline: float) -> None:
    while _is_alive(process):
        if time.monotonic() > deadline:
            raise ClusterUnavailable(
                f"{node.name} (process {process}) has not ended after {STOP_SECONDS} seconds: "
                f"wait and run this again, or end it with 'kill -9 {process}'"
            )
        time.sleep(0.1)


def _is_alive(process: int) -> bool:
    """Say whether any thread of the process may still write.

    A process that is ending loses its arguments first, while its threads finish their writes; one
    that nobody has waited for stays as a zombie, alone.
    """
    folder = Path(f"/proc/{process}")
    try:
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" or len(list((folder / "task").iterdir())) > 1
    except OSError:
        return False
