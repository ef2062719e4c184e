"""Two worlds at length: pairs of answers, of which none may differ by a byte.

`python -m tests.benchmarks.worlds [PAIRS [SEED]]`: 100,000 pairs unless told; every thousand or so
with other children, other questions and other shields.
"""

import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.benchmarks.prove import say
from tests.conftest import running_engine
from tests.worlds.namespace import make_broom
from tests.worlds.play import KINDS, Play
from tests.worlds.trial import Theatre

PAIRS, SEED, CASES, TWICE, SHOWN = 100_000, 1, 960, 400, 10


def plays(theatre: Theatre, pairs: int, seed: int) -> Iterator[Play]:
    """Yield plays, each with a cast and a script of its own, until there are so many pairs."""
    left = pairs
    for number in count(seed):
        if left <= 0:
            return
        play = Play(theatre, number, CASES)
        left -= sum(map(play.pairs, KINDS))
        yield play


def compare(play: Play) -> list[str]:
    """Return what differs in any world of the play; say how it went."""
    told = [f"{kind}: {one}" for kind in KINDS for one in play.differences(kind)]
    apart = sum(len(play.apart(kind)) for kind in KINDS[:2])
    kept = sum(play.lived(kind).kept for kind in KINDS[:2])
    pairs, uploads = sum(map(play.pairs, KINDS)), play.uploads()
    told += [f"uploads: {one}" for one in uploads.differences]
    say(
        f"{pairs:,} pairs, {uploads.share:.0%} would show a shielded child: {len(told)} differ; "
        f"apart: {kept} rows of a feed near the shielded are not to be seen, {apart} steps differ"
    )
    return told


def main() -> None:
    pairs, seed = [int(word) for word in (*sys.argv[1:], *(PAIRS, SEED)[len(sys.argv) - 1 :])]
    differences: list[str] = []
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        theatre = Theatre(settings, make_broom(settings), Path(folder))
        same = Play(theatre, seed, CASES).differences_of_the_same("after", TWICE)
        say(f"the same world twice: {len(same)} of {TWICE} steps differ")
        for play in plays(theatre, pairs, seed):
            differences += compare(play)
    say("\n".join([f"differences: {len(differences)}", *differences[:SHOWN]]))
    sys.exit(bool(same or differences))


if __name__ == "__main__":
    main()
