"""How long an audit entry takes to write, and how long a million take to prove.

`python -m tests.benchmarks.audit [ENTRIES]`; the time of the write is that of a search's entry of
25 children, by one thread and by eight.
"""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

from indexer.audit.entry import BEGINNING, Line, entry_id, line_of, sealed
from indexer.audit.months import make_months
from indexer.audit.proof import Part, prove
from indexer.audit.trail import CHAIN_KEY, Trail
from indexer.audit.witness import witness_path, write_lines
from indexer.clients import make_client
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import REAL
from mappings.names import AUDIT, audit_index
from tests.benchmarks.prove import say
from tests.conftest import running_engine

ENTRIES, CHAINS, BATCH, WRITES = 1_000_000, 40, 5_000, 2_000
PAT = Actor("pat", "practitioner", "359")
SAID = {
    "event": "search",
    "actor": PAT.name,
    "role": PAT.role,
    "organisation": PAT.organisation,
    "question": {"name": "ann kelly", "born": None, "postcode": "", "sex": "", "number": ""},
    "children": [f"{100000000017 + number}" for number in range(25)],
}


def fill(settings: Settings, entries: int) -> None:
    """Write chains as processes do, but many entries a request."""
    client, index = make_client(settings, "front"), audit_index(REAL.today())
    key, witness = settings.secret(CHAIN_KEY).encode(), witness_path(settings, AUDIT)
    for chain in range(CHAINS):
        last = Line(f"{chain:016x}", 0, BEGINNING)
        for _ in range(entries // CHAINS // BATCH):
            written = []
            for _ in range(BATCH):
                written.append(sealed(key, {"at": REAL.now().isoformat(), **SAID}, last))
                last = line_of(written[-1])
            lines = [part for one in written for part in ({"create": {"_id": entry_id(one)}}, one)]
            assert not client.bulk(index=index, operations=lines)["errors"]
            write_lines(witness, map(line_of, written))


def time_writes(settings: Settings, threads: int) -> None:
    trail = Trail(make_client(settings, "front"), settings, REAL)
    said = {name: SAID[name] for name in ("question", "children")}

    def write(_: int) -> float:
        began = time.perf_counter()
        trail.write("search", PAT, **said)
        return (time.perf_counter() - began) * 1000

    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        took = quantiles(pool.map(write, range(WRITES)), n=100)
        rate = WRITES / (time.perf_counter() - began)
    p50, p95, p99 = took[49], took[94], took[98]
    say(f"{threads} threads: p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms; {rate:,.0f} a second")


def main(entries: int) -> None:
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        make_months(make_client(settings, "operator"), REAL.today())
        for threads in (1, 8):
            time_writes(settings, threads)
        fill(settings, entries)
        began = time.perf_counter()
        part = Part(witnesses=(witness_path(settings, AUDIT),))
        verdict = prove(make_client(settings, "desk"), settings.secret(CHAIN_KEY), part)
        took = time.perf_counter() - began
        say(f"{verdict.entries:,} entries proved in {took:.0f} s; faults: {len(verdict.faults)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ENTRIES)
