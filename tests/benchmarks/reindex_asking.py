"""Ten searches a second for children who are there: is any answer wrong, and how long is waited?"""

import random
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from indexer.children.links import Links, row_key
from indexer.clients import make_client
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import REAL
from webapp.search.gate import Gate
from webapp.search.question import parse_question

A_SECOND = 10  # searches
ASKED = 2_000  # children, again and again
PAT = Actor("pat", "practitioner", "359")


@dataclass
class Asking:
    """Asks whatever goes on beside; remembers what was answered, and after how long."""

    settings: Settings
    asked: list[tuple[str, str]]
    milliseconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def until(self, processes: list[subprocess.Popen[str]]) -> None:
        gate, chance, began = Gate(self.settings), random.Random(1), time.monotonic()
        with ThreadPoolExecutor(8) as threads:
            number = 0
            while any(one.poll() is None for one in processes):
                number += 1
                due = began + number / A_SECOND
                time.sleep(max(0, due - time.monotonic()))
                threads.submit(self._ask, gate, *chance.choice(self.asked), due)

    def _ask(self, gate: Gate, typed: str, child: str, due: float) -> None:
        try:
            answer = gate.find(parse_question(typed, today=REAL.today()), PAT)
            times = [one.child for one in answer.found].count(child)
            self.outcomes[{0: "missing", 1: "right"}.get(times, "doubled")] += 1
        except Exception as error:
            self.outcomes[type(error).__name__] += 1
            raise
        finally:
            self.milliseconds.append(1000 * (time.monotonic() - due))

    def in_words(self) -> str:
        ordered = sorted(self.milliseconds)
        p50, p95, p99 = (ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99))
        return (
            f"{len(ordered):,} searches, {dict(self.outcomes)}, "
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, worst {ordered[-1]:.0f} ms"
        )


def asked_of(settings: Settings, source: str, feed: Path, seed: int) -> list[tuple[str, str]]:
    """Return what to type for some children of a feed that was loaded, and each one's number."""
    rows = [row for row in map(orjson.loads, feed.open("rb")) if row.get("given_names")]
    some = random.Random(seed).sample(rows, min(ASKED, len(rows)))
    named = {row_key(source, row["source_record_id"]): row for row in some}
    links = Links(make_client(settings, "worker")).read(named)
    return [
        (f"{row['given_names']} {row['family_name']} {row['date_of_birth']}", links[key].child)
        for key, row in named.items()
    ]
