"""One feed at size through the whole path, twice: rows a second, memory, what it writes again.

`python -m tests.benchmarks.million [ROWS [FOLDER]]`; 1,000,000 rows unless told. With 11,000,000 it
is one row for each child in England, and then the build is merged and its size printed. Feed and
index are kept in the folder, if one is named, for the evaluation to ask; a feed that is there
already is used.
"""

import gzip
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from indexer.builds.builds import open_builds
from indexer.builds.init import init
from indexer.clients import make_client
from indexer.engine import lifecycle
from indexer.engine.start import start
from indexer.invented.england import feed_path, write_england
from indexer.invented.slices import Order
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.conftest import free_port_base, running_engine, settings_for

ROWS, ENGLAND = 1_000_000, 11_000_000
SEED, SOURCE, HEAP = 23, "gp-registration", "2g"
LOOK_EVERY_SECONDS = 10
PER_MILLION = 1_010_000  # children of whom a general practice knows a million


def written(settings: Settings) -> int:
    """Return how many documents the node has written since it started, whatever they are."""
    nodes = make_client(settings, "operator").nodes.stats(metric="indices")["nodes"]
    return sum(node["indices"]["indexing"]["index_total"] for node in nodes.values())


def resident_mb(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def load(settings: Settings, feed: Path) -> tuple[float, list[int]]:
    """Run the command; return seconds, and the loader's memory in MB every 10 seconds."""
    names = {
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    words = [sys.executable, "-c", "from webapp.commands import main; main()"]
    began = time.monotonic()
    loader = subprocess.Popen(
        [*words, "load", str(feed), "--source", SOURCE], env={**os.environ, **names}
    )
    memory = list(watch(loader))
    if loader.returncode:
        raise SystemExit(f"the load ended with {loader.returncode}")
    return time.monotonic() - began, memory


def watch(loader: subprocess.Popen[bytes]) -> Iterator[int]:
    while loader.poll() is None:
        yield resident_mb(loader.pid)
        try:
            loader.wait(LOOK_EVERY_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def measure(settings: Settings, feeds: Path, rows: int) -> None:
    init(settings, person_at_keyboard(), REAL)
    feed = feed_path(feeds, SOURCE)
    if not feed.exists():
        children = rows * PER_MILLION // ROWS
        write_england(Order(children, SEED, REAL.today(), sources=(SOURCE,)), feeds)
    with gzip.open(feed) as lines:
        rows = sum(1 for _ in lines)
    first, memory = load(settings, feed)
    say(f"first load: {rows:,} rows in {first:.0f} s: {rows / first:,.0f} rows a second")
    say(f"loader's memory, MB, every tenth of the run: {memory[:: max(1, len(memory) // 10)]}")
    before = written(settings)
    again, _ = load(settings, feed)
    say(f"the same again: {again:.0f} s, {again / first:.3f} of the first")
    say(f"documents written by it: {written(settings) - before} (receipt, signs of life, audit)")
    if rows >= ENGLAND:
        merge(settings)


def merge(settings: Settings) -> None:
    client = make_client(settings, "worker").options(request_timeout=3_600)
    (build,) = open_builds(client)
    began = time.monotonic()
    client.indices.flush(index=build)
    client.indices.forcemerge(index=build, max_num_segments=1)
    size = client.indices.stats(index=build)["_all"]["primaries"]["store"]["size_in_bytes"]
    say(f"merged in {time.monotonic() - began:.0f} s; the build takes {size / 1e9:.1f} GB")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    say(f"{REAL.today()}, {os.cpu_count()} cores, {platform.machine()}, {rows:,} rows, heap {HEAP}")
    if len(sys.argv) > 2:
        keep(Path(sys.argv[2]), rows)
        return
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), HEAP) as settings:
        measure(settings, Path(folder) / "feeds", rows)


def keep(folder: Path, rows: int) -> None:
    settings = settings_for(folder / "home", free_port_base())
    start(settings, say, heap=HEAP)
    try:
        measure(settings, folder / "feeds", rows)
    finally:
        lifecycle.stop(settings, say)
    say(f"kept: CONTACTPOINT_HOME={settings.home} CONTACTPOINT_PORT_BASE={settings.port_base}")


if __name__ == "__main__":
    main()
