"""Shields set one after the other while clients search: what is seen after the acknowledgement?

`python -m tests.benchmarks.shields [SETS [CLIENTS]]`: five minutes for 200 on two cores.
"""

import sys
import tempfile
from pathlib import Path

from indexer.builds.init import init
from indexer.world import REAL
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine
from tests.shields import Office, set_while_others_search

SETS, CLIENTS = 200, 8


def main() -> None:
    sets, clients = [int(word) for word in (*sys.argv[1:], *(SETS, CLIENTS)[len(sys.argv) - 1 :])]
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        init(settings, OPERATOR, REAL)
        race = set_while_others_search(Office(settings), sets, clients)
    seconds = sorted(race.seconds)
    said = f"{race.answers:,} answers, {race.refused:,} times 503"
    say(f"{sets} shields set while {clients} clients searched for them: {said}")
    p50, p95, longest = seconds[sets // 2], seconds[sets * 95 // 100], seconds[-1]
    say(f"acknowledged after: p50 {p50:.2f} s, p95 {p95:.2f} s, longest {longest:.2f} s")
    say(f"answers with a child that left before its acknowledgement: {race.shown_before:,}")
    say(f"answers with a child that left after it: {race.shown_after:,}")
    sys.exit(race.shown_after > 0)


if __name__ == "__main__":
    main()
