"""What each part of the search is worth: the same cases asked with one part taken out, in turns."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from unittest.mock import patch

from analyzers.tiers import TIERS
from tests.benchmarks.evaluation.ask import Children, Searcher
from tests.benchmarks.evaluation.cases import Case
from tests.benchmarks.evaluation.side_by_side import Finder
from webapp.search.query import MOST_CANDIDATES, STAGES

Change = Callable[[], AbstractContextManager[object]]
ALL = "everything"


def changes() -> Iterator[tuple[str, Change]]:
    """Yield a name and a change for everything, and for everything but one tier or one step."""
    yield ALL, nullcontext
    for name in dict.fromkeys(tier.name for tier in TIERS):
        left = tuple(tier for tier in TIERS if tier.name != name)
        yield f"without {name}", lambda left=left: patch("analyzers.clauses.TIERS", left)
    for stage in STAGES:
        left_stages = tuple(one for one in STAGES if one != stage)
        yield (
            f"without the stage {stage}",
            lambda left=left_stages: patch("webapp.search.query.STAGES", left),
        )
    yield (
        "no word missing on the day of birth",
        lambda: patch("analyzers.stages.CERTAIN_KINDS", ()),
    )
    yield (
        "all 200 candidates at once",
        lambda: patch("webapp.search.query.FIRST_CANDIDATES", MOST_CANDIDATES),
    )


def finders_by_part(searcher: Searcher, children: Children) -> list[Finder]:
    return [Finder(name, _changed(change, searcher.find), children) for name, change in changes()]


def _changed(
    change: Change, find: Callable[[Case], Sequence[str]]
) -> Callable[[Case], Sequence[str]]:
    def find_changed(case: Case) -> Sequence[str]:
        with change():
            return find(case)

    return find_changed
