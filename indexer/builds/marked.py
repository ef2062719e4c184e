"""Which children of a build the register hides."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from indexer.builds.bench import Bench
from indexer.builds.canaries import NUMBER
from indexer.shields.events import hidden_numbers
from indexer.shields.register import Register

PARTS = 2  # of a build, read at once
SOME = 1_000  # children asked for at once


def marked_in(bench: Bench, build: str, marks: frozenset[str]) -> list[str]:
    """Return the numbers of those children of the build who are marked.

    Where shields explain every mark, the build is asked for those children alone, so that a
    rollback needs seconds. A mark that none explains may be anybody's: it is compared with every
    number of the build.
    """
    shields = Register.for_worker(bench.settings, bench.world).all_shields().values()
    hidden = bench.hands.marks.among(marks, {NUMBER, *hidden_numbers(shields)})
    if len(hidden) == len(marks):
        return _there(bench, build, hidden)
    return _compared(bench, build, marks)


def _there(bench: Bench, build: str, numbers: Sequence[str]) -> list[str]:
    somes = [numbers[at : at + SOME] for at in range(0, len(numbers), SOME)]
    return [one for some in somes for one in bench.hands.store.revisions(build, some)]


def _compared(bench: Bench, build: str, marks: frozenset[str]) -> list[str]:
    """One core reads while another compares."""

    def part(number: int) -> list[str]:
        pages = bench.hands.scan.numbers(build, number, PARTS)
        return [one for page in pages for one in bench.hands.marks.among(marks, page)]

    with ThreadPoolExecutor(PARTS, "register") as threads:
        return [one for numbers in threads.map(part, range(PARTS)) for one in numbers]
