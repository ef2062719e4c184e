"""`contactpoint serve` in a process of its own, for tests that need a real server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from indexer.settings import Settings
from tests.conftest import free_port_base

STATIC = Path("webapp/static")
PATIENCE_SECONDS = 60


@contextmanager
def serving(settings: Settings, *words: str, said: IO[bytes] | None = None) -> Iterator[str]:
    """The address of `contactpoint serve` in a process of its own, ended by its id; what it says
    goes into the file `said`, if there is one."""
    if not (STATIC / "app.css").exists():
        pytest.fail("the pages have no style sheet: run webapp/assets/build.sh")
    port = free_port_base()
    command = [sys.executable, "-c", "from webapp.commands import main; main()", "serve"]
    environment = os.environ | {
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    command += ["--port", str(port), "--workers", "2", *words]
    process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
    try:
        wait_until_alive(process, f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def wait_until_alive(process: subprocess.Popen, address: str) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urlopen(f"{address}/livez"):  # noqa: S310 - our own address
                return
        except URLError:
            time.sleep(0.2)
    pytest.fail("contactpoint serve did not come up")
