"""Does the time of an answer tell? The same question to two worlds, turn by turn, on two servers.

`python -m tests.benchmarks.timing [PAIRS]`: 2,000 unless told. First two worlds without the hidden
children; then one with them, shielded, half of the time on the one server and half on the other.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.benchmarks.prove import say
from tests.conftest import running_engine
from tests.worlds.cast import Cast, make_cast
from tests.worlds.namespace import make_broom
from tests.worlds.script import DRAWN, Step, draw, question
from tests.worlds.stage import Stage
from tests.worlds.trial import Theatre
from tests.worlds.ways import WAYS

PAIRS, SEED, WARM_UP = 2_000, 5, 300
NORMAL_99 = 2.576  # standard deviations around the middle that hold 99%
TOLERATED = 1.1  # how much wider an interval may be by chance


@dataclass(frozen=True)
class Interval:
    """Of the median difference, in milliseconds: 99% of intervals made so hold the true one."""

    low: float
    middle: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def __str__(self) -> str:
        return f"{self.middle:+.3f} ms ({self.low:+.3f} to {self.high:+.3f})"


def interval(differences: Sequence[float]) -> Interval:
    """Return the median and, by ranks, its 99% interval."""
    ranked, half = sorted(differences), len(differences) / 2
    around = NORMAL_99 * len(ranked) ** 0.5 / 2
    low, high = ranked[int(half - around)], ranked[min(len(ranked) - 1, int(half + around) + 1)]
    return Interval(low, ranked[int(half)], high)


def milliseconds(stage: Stage, step: Step, place: int) -> float:
    stage.clock.turn(step.name, place)
    began = time.perf_counter()
    WAYS["find"](stage, step)
    return (time.perf_counter() - began) * 1_000


def compared(
    theatres: Sequence[Theatre], kinds: Sequence[str], cast: Cast, steps: Sequence[Step]
) -> list[float]:
    """Return how much longer the second world took for each question; the first to be asked is
    drawn."""
    chance, differences = Random(SEED), []
    with ExitStack() as stack:
        worlds = [
            stack.enter_context(theatre.world(cast, kind))
            for theatre, kind in zip(theatres, kinds, strict=True)
        ]
        for place, step in enumerate((*steps[:WARM_UP], *steps)):
            order = chance.sample((0, 1), 2)
            took = {one: milliseconds(worlds[one], step, place) for one in order}
            differences.append(took[1] - took[0])
    return differences[WARM_UP:]


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    cast = make_cast(SEED)
    drawn = enumerate(draw(DRAWN, pairs, SEED))
    steps = [question(cast, one, f"question {n}") for n, one in drawn]
    first, second = steps[: pairs // 2], steps[pairs // 2 :]
    with ExitStack() as stack:
        theatres = []
        for _ in range(2):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            settings = stack.enter_context(running_engine(folder, "1g"))
            theatres.append(Theatre(settings, make_broom(settings), folder))
        same = [
            *compared(theatres, ("without", "without"), cast, first),
            *(-one for one in compared(theatres, ("without", "without"), cast, second)),
        ]
        other = [
            *compared(theatres, ("without", "after"), cast, first),
            *(-one for one in compared(theatres, ("after", "without"), cast, second)),
        ]
    alike, unlike = interval(same), interval(other)
    say(f"{len(same):,} pairs of two worlds that are the same: median difference {alike}")
    say(f"{len(other):,} pairs, shielded children in one of them: median difference {unlike}")
    holds_none = unlike.low <= 0 <= unlike.high or not alike.low <= 0 <= alike.high
    sys.exit(not (holds_none and unlike.width <= TOLERATED * alike.width))


if __name__ == "__main__":
    main()
