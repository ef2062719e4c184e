"""A real Prometheus reads two workers of `serve` by the sample files of docs/monitoring: does it
see every request once, and call for an alarm until that is acknowledged?

`python -m tests.benchmarks.prometheus`; needs Debian's package `prometheus` (2.42 or later).
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from indexer.audit.trail import Trail
from indexer.builds.init import init
from indexer.clients import make_client
from indexer.health.alarms import Alarms
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.benchmarks.reindex_commands import WORDS, environment_of
from tests.conftest import OPERATOR, free_port_base, running_engine
from tests.rules.reading import ROOT

REQUESTS, CLIENTS, WORKERS = 400, 8, 2
PATIENCE_SECONDS = 180
PROMETHEUS, PROMTOOL = "/usr/bin/prometheus", "/usr/bin/promtool"
SAMPLES = ROOT / "docs" / "monitoring"
COUNTED = 'sum(contactpoint_request_seconds_count{route="/livez"})'

Found = TypeVar("Found")


def get(url: str) -> str:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own servers on this machine
        return str(answer.read().decode())


def until(ask: Callable[[], Found], is_so: Callable[[Found], bool]) -> Found:
    """Ask until it is so; return the last answer, whatever it is, when patience ends."""
    ends, found = time.monotonic() + PATIENCE_SECONDS, None
    while time.monotonic() < ends:
        try:
            found = ask()
        except (URLError, OSError):
            found = None
        if found is not None and is_so(found):
            return found
        time.sleep(1)
    raise SystemExit(f"it did not come to that; the last answer: {found}")


@contextmanager
def running(process: "subprocess.Popen[str]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def write_sample(folder: Path, settings: Settings, port: int) -> Path:
    """Write the sample configuration with the paths and the port of here, else as it is."""
    key = folder / "metrics.key"
    key.write_text(settings.secret("metrics.key"))
    text = (SAMPLES / "prometheus.yml").read_text()
    text = text.replace("/etc/prometheus/contactpoint-metrics.key", str(key))
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("30s", "2s")
    text = text.replace("scrape_configs:", "global: { evaluation_interval: 2s }\nscrape_configs:")
    (folder / "alerts.yml").write_text((SAMPLES / "alerts.yml").read_text())
    (folder / "prometheus.yml").write_text(text)
    return folder / "prometheus.yml"


def start_serving(settings: Settings, folder: Path, port: int) -> "subprocess.Popen[str]":
    """Its log goes into a file, and what its workers count into this folder."""
    words = [*WORDS, "serve", "--port", str(port), "--workers", str(WORKERS)]
    environment = environment_of(settings) | {"TMPDIR": str(folder)}
    with (folder / "log").open("w") as log:
        return subprocess.Popen(words, env=environment, stdout=log, stderr=log, text=True)


def start_prometheus(sample: Path, port: int) -> "subprocess.Popen[str]":
    words = [
        *(PROMETHEUS, f"--config.file={sample}", f"--storage.tsdb.path={sample.parent / 'tsdb'}"),
        *(f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"),
    ]
    return subprocess.Popen(words, text=True)


def counted(port: int) -> float:
    """Return how many requests Prometheus knows of."""
    answer = json.loads(get(f"http://127.0.0.1:{port}/api/v1/query?query={quote(COUNTED)}"))
    found = answer["data"]["result"]
    return float(found[0]["value"][1]) if found else 0.0


def firing(port: int) -> set[str]:
    """Return the names of the rules that call now."""
    answer = json.loads(get(f"http://127.0.0.1:{port}/api/v1/alerts"))
    return {one["labels"]["alertname"] for one in answer["data"]["alerts"]}


def ask_many(port: int) -> None:
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(lambda _n: get(f"http://127.0.0.1:{port}/livez"), range(REQUESTS)))


def workers_that_counted(folder: Path) -> int:
    files = folder.glob("contactpoint-metrics-*/histogram_*.db")
    return sum(b"/livez" in one.read_bytes() for one in files)


def measure(settings: Settings, folder: Path, served: int, watching: int) -> bool:
    until(lambda: get(f"http://127.0.0.1:{served}/livez"), bool)
    asked = REQUESTS + until(lambda: counted(watching), lambda found: found > 0)
    ask_many(served)
    seen = until(lambda: counted(watching), lambda found: found >= asked)
    workers = workers_that_counted(folder)
    say(f"{asked:.0f} requests; Prometheus counts {seen:.0f}, by {workers} workers")
    client = make_client(settings, "worker")
    alarms, trail = Alarms(client, REAL), Trail(client, settings, REAL)
    before = firing(watching)
    alarms.raise_alarm("register")
    raised = until(lambda: firing(watching), lambda names: "ContactPointAlarm" in names)
    alarms.acknowledge("register", OPERATOR, "seen to", trail)
    after = until(lambda: firing(watching), lambda names: "ContactPointAlarm" not in names)
    say(f"calls: {sorted(before)}; with an alarm {sorted(raised)}; acknowledged {sorted(after)}")
    return seen == asked and workers == WORKERS and "ContactPointAlarm" not in before


def main() -> None:
    for words in (("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")):
        subprocess.run([PROMTOOL, *words[:-1], str(SAMPLES / words[-1])], check=True)
    with tempfile.TemporaryDirectory() as name, running_engine(Path(name), "512m") as settings:
        folder = Path(name) / "counted"
        folder.mkdir()
        init(settings, OPERATOR, REAL)
        served, watching = free_port_base(), free_port_base() + 1
        sample = write_sample(folder, settings, served)
        serving = running(start_serving(settings, folder, served))
        with serving, running(start_prometheus(sample, watching)):
            is_right = measure(settings, folder, served, watching)
    say("all counted once, and called for" if is_right else "WRONG")
    sys.exit(not is_right)


if __name__ == "__main__":
    main()
