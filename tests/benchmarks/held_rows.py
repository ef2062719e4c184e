"""How well rows that come again about shielded children are held, and how few others.

`python -m tests.benchmarks.held_rows [SHIELDS [BLOCKS [ROWS]]]`: an index of so many shielded
children, asked about the children of so many blocks (1,700 each) who are nobody's brothers or
sisters; and so many rows changed in one way or two, each compared in full with 200 children too.
"""

import os
import platform
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from analyzers.compare.nearness import nearness
from analyzers.profile import Profile
from indexer.shields.near_index import NearIndex
from tests.benchmarks.invented_rows import households, profile_of
from tests.benchmarks.prove import say
from tests.benchmarks.reuploads import FORMS, doubles, kind_of, single

SHIELDS, BLOCKS, ROWS = 55_000, 20, 100_000
IN_FULL = 200
CHILDREN = 11_000_000
FIRST_BLOCK_OF_OTHERS = 3_000

Row = dict[str, Any]


def main() -> None:
    shields, blocks, rows = [
        int(word) for word in (*sys.argv[1:], *(SHIELDS, BLOCKS, ROWS)[len(sys.argv) - 1 :])
    ]
    say(f"{os.cpu_count()} cores, {platform.machine()}, {shields:,} shielded children")
    before = _megabytes()
    began = time.perf_counter()
    index, siblings = _shielded(shields)
    took = time.perf_counter() - began
    say(f"index: {took:.0f} s with making the children, {_megabytes() - before:,.0f} MB at most")
    _measure_others(index, siblings, blocks)
    sys.exit(_measure_changed(rows))


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _shielded(count: int) -> tuple[NearIndex, list[Profile]]:
    """Shield the first child of so many households; return the others of a thousand of these."""
    index, siblings = NearIndex(), list[Profile]()
    for block in range(FIRST_BLOCK_OF_OTHERS):
        for home in households(block):
            profile, *others = map(profile_of, home)
            if profile:
                index.learn(str(len(index)), profile)
                siblings += [one for one in others if one] if len(siblings) < 1_000 else []
            if len(index) == count:
                return index, siblings
    return index, siblings


def _measure_others(index: NearIndex, siblings: list[Profile], blocks: int) -> None:
    others = [
        profile
        for block in range(FIRST_BLOCK_OF_OTHERS, FIRST_BLOCK_OF_OTHERS + blocks)
        for home in households(block)
        for profile in map(profile_of, home)
        if profile
    ]
    began = time.process_time()  # of a machine that does other work too
    held = sum(bool(index.near(one)) for one in others)
    microseconds = (time.process_time() - began) / len(others) * 1e6
    of_siblings = sum(bool(index.near(one)) for one in siblings) / len(siblings)
    share = held / len(others)
    # Every shielded child has one brother or sister or so, of 11 million.
    all_shares = share + len(index) / CHILDREN * of_siblings
    say(f"a row is compared in {microseconds:.0f} microseconds")
    say(f"held of {len(others):,} rows about others: {share * 1000:.2f} in 1,000")
    say(f"held of {len(siblings):,} rows about brothers and sisters: {of_siblings:.1%}")
    say(f"held of all rows about others: {all_shares * 1000:.2f} in 1,000")


def _measure_changed(count: int) -> int:
    """Return how many rows the index missed that the full comparison finds."""
    rows = [row for home in households(0) for row in home if profile_of(row)][:IN_FULL]
    known = [profile for profile in map(profile_of, rows) if profile]
    index = NearIndex()
    for number, profile in enumerate(known):
        index.learn(str(number), profile)
    missed, asked, held = 0, Counter[str](), Counter[str]()
    for number, kind, row in _changed(rows, known, count):
        found = {one.child for one in index.near(row)}
        full = {str(n) for n, one in enumerate(known) if nearness(row, one).is_near}
        missed += found != full
        asked[kind] += 1
        held[kind] += str(number) in found
    say(f"rows changed: {asked.total():,}; of the full comparison the index missed: {missed}")
    for kind, total in asked.items():
        say(f"held, changed {kind}: {held[kind]:,} of {total:,} ({held[kind] / total:.2%})")
    return missed


def _changed(
    rows: list[Row], known: list[Profile], count: int
) -> Iterator[tuple[int, str, Profile]]:
    rng = Random(29)
    ways = [*((name, "") for name in FORMS), *doubles()]
    changes = 0
    while changes < count:
        number = rng.randrange(len(rows))
        one, other = rng.choice(ways)
        changed = single(rows[number], one, rng)
        changed = single(changed, other, rng) if changed and other else changed
        if profile := profile_of(changed):  # not every row can be changed in every way
            changes += 1
            yield number, kind_of(one, other, profile, known[number]), profile


if __name__ == "__main__":
    main()
