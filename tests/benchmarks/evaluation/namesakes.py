"""How many bear the name that is meant, and that is typed, under the same criteria."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.benchmarks.evaluation.births import Span
from tests.benchmarks.evaluation.cases import Case
from tests.benchmarks.evaluation.feed_rows import Meant
from tests.benchmarks.evaluation.typed import Name, parts

FEW = 5  # namesakes, beside the child, up to whom the bars hold


@dataclass(eq=False)
class Crowd:
    """Children under the same criteria: `alike` bear the name that is meant, the child among
    them; `before` bear the very name that is typed instead, and are likelier meant. Who is both
    (Robert Smith, known as Bob) is alike, unless what is typed is a part and others have no more.
    """

    typed_is_better: bool = False
    alike: int = 0
    before: int = 0

    @property
    def is_small(self) -> bool:
        return self.alike - 1 <= FEW

    def ceiling(self, within: int) -> float:
        """Return the chance that a perfect engine has the child so far up: it puts those typed
        exactly first, and cannot tell those alike from one another."""
        places = max(within - self.before, 0)
        return min(1.0, places / max(self.alike, 1))


Watchers = list[tuple[Span, Crowd, str]]
"""Who is counted for whom: the criteria, the crowd, and which of its two counts."""


class Register:
    """The names that somebody counts, looked up by each child once."""

    def __init__(self) -> None:
        self._same: dict[tuple[str, str, str], Watchers] = defaultdict(list)
        self._begun: dict[tuple[str, str], list[tuple[str, Watchers]]] = defaultdict(list)

    def watch(self, name: Name, span: Span, crowd: Crowd, count: str) -> None:
        if not name.how.endswith(" begins"):
            self._same[name.how, name.given, name.family].append((span, crowd, count))
            return
        half = name.how.removesuffix(" begins")
        other, begin = (name.family, name.given) if half == "given" else (name.given, name.family)
        self._begun[half, other].append((begin.rstrip("."), [(span, crowd, count)]))

    def watchers(self, meant: Meant) -> Iterator[Watchers]:
        yield from (self._same[key] for key in keys(meant) if key in self._same)
        given, family = meant.first.casefold(), meant.family.casefold()
        for half, name, other in (("given", given, family), ("family", family, given)):
            for begin, some in self._begun.get((half, other), ()):
                if name.startswith(begin):
                    yield some


def keys(meant: Meant) -> set[tuple[str, str, str]]:
    """Return every name that a child bears: known as, before, and in part."""
    first, family = meant.first.casefold(), meant.family.casefold()
    found = {("whole", first, family), ("all given", " ".join(meant.given).casefold(), family)}
    if meant.known_as:
        found.add(("whole", meant.known_as.casefold(), family))
    for former in meant.former:
        found.add(("whole", first, former.family_name.casefold()))
    for given in (first, *parts(first)):
        for one in (family, *parts(family)):
            found.add(("part", given, one))
    return found


def count_namesakes(cases: list[Case], children: Iterable[Meant]) -> list[Crowd]:
    """Return the crowd of each case, in one pass over all children."""
    register, crowds = Register(), [Crowd(case.name.name.how == "part") for case in cases]
    for case, crowd in zip(cases, crowds, strict=True):
        register.watch(case.name.name, case.beside.meant, crowd, "alike")
        if case.has_others_before:
            register.watch(case.typed_name, case.beside.typed, crowd, "before")
    for meant in children:
        count(meant, register)
    return crowds


def count(meant: Meant, register: Register) -> None:
    """Count a child for everybody who watches its names, and only once for each."""
    sides: dict[str, set[Crowd]] = {"alike": set(), "before": set()}
    for watchers in register.watchers(meant):
        for span, crowd, side in watchers:
            if span.holds(meant):
                sides[side].add(crowd)
    for crowd in sides["alike"] | sides["before"]:
        is_before = crowd in sides["before"]
        if is_before and (crowd.typed_is_better or crowd not in sides["alike"]):
            crowd.before += 1
        else:
            crowd.alike += 1
