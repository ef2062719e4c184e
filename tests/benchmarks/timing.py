"""Does the time of an answer tell? The same question to two worlds, turn by turn, on two servers.

`python -m tests.benchmarks.timing [PAIRS]`: 2,000 unless told. First two worlds in which as many
children are shielded, but others than those who are asked for; then one of them and one in which it
is they, half of the time on the one server and half on the other; with the words of the shielded in
the files yet, and once they are erased from them. The same visible children are around both: some
near a shielded one are held and let go, and who comes later makes one segment more, into which
every search has to look. What answers take longer because anybody at all is shielded is said too,
and not judged: it tells of nobody (docs/decisions/0015-how-worlds-are-compared.md).
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from indexer.shields.purge import purge_builds
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine
from tests.worlds.cast import Cast, make_cast
from tests.worlds.namespace import make_broom
from tests.worlds.script import DRAWN, Step, draw, question
from tests.worlds.stage import Stage
from tests.worlds.trial import Theatre
from tests.worlds.ways import WAYS

PAIRS, SEED, SEED_OF_OTHERS, WARM_UP = 2_000, 5, 6, 300
NORMAL_99 = 2.576  # standard deviations around the middle that hold 99%
TOLERATED = 1.1  # how much wider an interval may be by chance

World = tuple[str, Cast]
"""Its kind, and who lives in it."""


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
    theatres: Sequence[Theatre],
    worlds: Sequence[World],
    steps: Sequence[Step],
    *,
    is_erased: bool,
) -> list[float]:
    """Return how much longer the second world took for each question; the first to be asked is
    drawn."""
    chance, differences = Random(SEED), []
    with ExitStack() as stack:
        stages = [
            stack.enter_context(theatre.world(cast, kind))
            for theatre, (kind, cast) in zip(theatres, worlds, strict=True)
        ]
        for stage in stages if is_erased else ():
            assert purge_builds(stage.settings, stage.world, OPERATOR) == 0
        for place, step in enumerate((*steps[:WARM_UP], *steps)):
            order = chance.sample((0, 1), 2)
            took = {one: milliseconds(stages[one], step, place) for one in order}
            differences.append(took[1] - took[0])
    return differences[WARM_UP:]


def beside(cast: Cast, others: Cast) -> Cast:
    """Return the one cast among the visible children of both."""
    return replace(cast, near=(*cast.near, *others.near), others=(*cast.others, *others.others))


@contextmanager
def two_theatres() -> Iterator[list[Theatre]]:
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        servers = [stack.enter_context(running_engine(one, "1g")) for one in folders]
        yield [
            Theatre(one, make_broom(one), folder)
            for one, folder in zip(servers, folders, strict=True)
        ]


def is_alike(same: Interval, unlike: Interval, *, is_erased: bool) -> bool:
    """Print what answers took longer where those who are asked for are shielded; say if it is no
    more than between two worlds that are the same."""
    when = "erased" if is_erased else "not erased yet"
    say(f"{when}: others shielded in both, median difference {same}")
    say(f"{when}: those who are asked for shielded in one of them: {unlike}")
    holds_none = unlike.low <= 0 <= unlike.high or not same.low <= 0 <= same.high
    return holds_none and unlike.width <= TOLERATED * same.width


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    cast, others = make_cast(SEED), make_cast(SEED_OF_OTHERS)
    here: World = ("after", beside(cast, others))
    elsewhere: World = ("after", beside(others, cast))
    nowhere: World = ("without", beside(cast, others))
    drawn = enumerate(draw(DRAWN, pairs, SEED))
    steps = [question(cast, one, f"question {n}") for n, one in drawn]
    first, second = steps[: pairs // 2], steps[pairs // 2 :]
    with two_theatres() as theatres:

        def asked(one: World, other: World, *, is_erased: bool) -> Interval:
            turned = compared(theatres, (other, one), second, is_erased=is_erased)
            straight = compared(theatres, (one, other), first, is_erased=is_erased)
            return interval([*straight, *(-d for d in turned)])

        judged = []
        for is_erased in (True, False):
            alike = asked(elsewhere, elsewhere, is_erased=is_erased)
            unlike = asked(elsewhere, here, is_erased=is_erased)
            judged.append(is_alike(alike, unlike, is_erased=is_erased))
        at_all = asked(nowhere, here, is_erased=True)
    say(f"{pairs:,} pairs, nobody shielded in one of them, erased: {at_all}")
    sys.exit(not all(judged))


if __name__ == "__main__":
    main()
