"""`python -m tests.benchmarks.evaluation`: recall, speed and order, measured and written down.

    python -m tests.benchmarks.evaluation --children 100000
    python -m tests.benchmarks.evaluation --home HOME --port-base 19200 --feeds FEEDS --half tuning

Without --home it starts an Elasticsearch of its own, invents the children and loads them. With it,
it asks one that runs and holds the rows of FEEDS already, and only adds the hand-written children.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from indexer.builds.init import init
from indexer.children.load import Loader
from indexer.feeds.columns import FeedForm
from indexer.feeds.feed import Feed
from indexer.invented.england import Order, feed_path, write_england
from indexer.people.operator import person_at_keyboard
from indexer.settings import Settings
from indexer.world import REAL
from tests.benchmarks.evaluation.ask import (
    COSTLY,
    Children,
    Searcher,
    ask_all,
    ask_costly,
)
from tests.benchmarks.evaluation.cases import HALVES, Case, draw_cases, of_half
from tests.benchmarks.evaluation.clients import search_together
from tests.benchmarks.evaluation.feed_rows import Meant, read_children
from tests.benchmarks.evaluation.hand_written import (
    SOURCE as HAND_WRITTEN,
)
from tests.benchmarks.evaluation.hand_written import (
    hand_written_cases,
    read_hand_written,
    write_feed,
)
from tests.benchmarks.evaluation.namesakes import Crowd, count_namesakes
from tests.benchmarks.evaluation.origins import percents
from tests.benchmarks.evaluation.outcomes import Outcome
from tests.benchmarks.evaluation.parts import finders_by_part
from tests.benchmarks.evaluation.pools import draw_children
from tests.benchmarks.evaluation.postgres import postgres
from tests.benchmarks.evaluation.report import Report, write_misses, write_report
from tests.benchmarks.evaluation.side_by_side import Finder, ask_side_by_side, some_of_each
from tests.benchmarks.evaluation.steadiness import measure_steadiness, merge, named_alone
from tests.benchmarks.evaluation.textbook import textbook
from tests.benchmarks.evaluation.truth import children_meant, rows_of_same_person
from tests.conftest import running_engine, settings_for

SOURCE = "gp-registration"  # one row a child
OPTIONAL = ("steadiness", "clients", "costly", "parts", "textbook", "postgres")
PLACES = ("--home", "--port-base", "--feeds", "--out", "--misses")
STEADY_QUESTIONS = 100
DOCS = Path(__file__).parents[3] / "docs" / "benchmarks"
ENOUGH_TO_DRAW_FROM = 1_000_000  # children; of more, every second, third, … is looked at
POOL = 8  # children kept of each origin and trait, for each case of a class

began = time.monotonic()


def say(line: str) -> None:
    sys.stdout.write(f"{time.monotonic() - began:7.0f} s  {line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Wanted:
    """What to measure. `cases` is how many children for each class of error; `beside` how many
    cases the other finders are asked."""

    children: int
    cases: int
    beside: int
    half: str
    seed: int
    without: frozenset[str]
    out: Path
    heap: str


@dataclass(frozen=True)
class Population:
    """The loaded children, read again from their feeds whenever all are needed."""

    feeds: Path

    def children(self) -> Iterator[Meant]:
        return chain(read_children(feed_path(self.feeds, SOURCE), SOURCE), self._hand_written())

    def _hand_written(self) -> Iterator[Meant]:
        return read_children(self.hand_written, HAND_WRITTEN)

    @property
    def hand_written(self) -> Path:
        return self.feeds / f"{HAND_WRITTEN}.jsonl"


def load(settings: Settings, path: Path, source: str) -> None:
    feed = Feed(path, FeedForm(), REAL.today())
    receipt = Loader(settings, REAL).load(feed, source, person_at_keyboard())
    seconds, rejected = receipt.seconds, receipt.rejected
    say(f"loaded {source}: {receipt.rows:,} rows in {seconds:.0f} s, {rejected} rejected")


def prepare(settings: Settings, feeds: Path, wanted: Wanted) -> None:
    """Invent the children and load them into an engine of this run's own."""
    init(settings, person_at_keyboard(), REAL)
    order = Order(wanted.children, wanted.seed, REAL.today(), sources=(SOURCE,))
    write_england(order, feeds)
    say(f"invented {wanted.children:,} children")
    load(settings, feed_path(feeds, SOURCE), SOURCE)


def load_hand_written(settings: Settings, population: Population) -> None:
    count = write_feed(read_hand_written(), population.hand_written)
    if count:
        load(settings, population.hand_written, HAND_WRITTEN)


def make_cases(population: Population, wanted: Wanted) -> tuple[list[Case], list[Crowd]]:
    """Draw the cases in one pass, and count their namesakes in another."""
    today, children = REAL.today(), read_children(feed_path(population.feeds, SOURCE), SOURCE)
    step = max(1, wanted.children // ENOUGH_TO_DRAW_FROM)
    size = max(POOL * wanted.cases // len(percents()), POOL)
    pools = draw_children(islice(children, 0, None, step), size, wanted.seed)
    say(f"drawn from {sum(n for (_, trait), n in pools.seen.items() if trait == 'any'):,} children")
    cases = draw_cases(pools, wanted.cases, wanted.seed, today)
    cases += hand_written_cases(read_hand_written(), wanted.seed, today)
    cases = of_half(cases, wanted.half)
    crowds = count_namesakes(cases, population.children())
    say(f"{len(cases):,} cases, namesakes counted")
    return cases, crowds


def measure(settings: Settings, population: Population, wanted: Wanted) -> Report:
    load_hand_written(settings, population)
    cases, crowds = make_cases(population, wanted)
    same = rows_of_same_person(population.feeds, {case.row for case in cases})
    children = children_meant(settings, same)
    lost = list(children.values()).count(frozenset())
    say(f"{len(children):,} children meant, {lost} of them in no record")
    report = Report(heading(settings, wanted), wanted.children, wanted.half, [])
    settle(settings, population, cases, report, wanted)
    searcher = Searcher(settings)
    ask_all(searcher, cases[:: max(1, len(cases) // 200)], children, lambda _: None)  # warm up
    report.told = list(zip(ask_all(searcher, cases, children, say), crowds, strict=True))
    burden(settings, searcher, cases, report, wanted)
    some = some_of_each(cases, wanted.beside, wanted.seed)
    report.parts = take_apart(searcher, children, some, wanted)
    ours = (Finder("contactpoint", searcher.find, children), same)
    report.sides = compare(settings, population, ours, some, wanted)
    return report


def burden(
    settings: Settings, searcher: Searcher, cases: list[Case], report: Report, wanted: Wanted
) -> None:
    """Ask from eight sides at once, and what costs most."""
    if "clients" not in wanted.without:
        say("eight clients")
        texts = [case.typed for case in some_of_each(cases, 4_000, wanted.seed)]
        report.throughput = search_together(settings.home, settings.port_base, texts)
    if "costly" not in wanted.without:
        report.costly = ask_costly(searcher, COSTLY)


def take_apart(
    searcher: Searcher, children: Children, cases: Sequence[Case], wanted: Wanted
) -> dict[str, list[Outcome]]:
    if "parts" in wanted.without:
        return {}
    return ask_side_by_side(finders_by_part(searcher, children), cases, say)


def settle(
    settings: Settings,
    population: Population,
    cases: list[Case],
    report: Report,
    wanted: Wanted,
) -> None:
    """Leave the build merged, as a published one is, measuring the order of answers on the way."""
    if "steadiness" in wanted.without:
        merge(settings)
        say("merged")
        return
    some = list(named_alone(cases))[:STEADY_QUESTIONS]
    feed = feed_path(population.feeds, SOURCE)
    report.steadiness = measure_steadiness(settings, feed, some, say)


def compare(
    settings: Settings,
    population: Population,
    ours: tuple[Finder, dict[str, set[str]]],
    cases: Sequence[Case],
    wanted: Wanted,
) -> dict[str, list[Outcome]]:
    """Ask the same cases of the other finders, beside our own, in turns."""
    finder, same = ours
    rows: Children = {row: frozenset(others) for row, others in same.items()}
    finders = [finder]
    with ExitStack() as stack:
        if "textbook" not in wanted.without:
            theirs = stack.enter_context(textbook(settings, population.children(), say))
            finders.append(Finder("textbook", theirs.find, rows))
        if "postgres" not in wanted.without:
            other = stack.enter_context(postgres(population.children(), say))
            finders.append(Finder("postgres", other.find, rows))
        return ask_side_by_side(finders, cases, say) if len(finders) > 1 else {}


def heading(settings: Settings, wanted: Wanted) -> str:
    return (
        f"{REAL.today()}, {os.cpu_count()} cores, {platform.machine()}, seed {wanted.seed}, "
        f"{wanted.cases:,} children for each class of error, of each origin as many. "
        "A case with few namesakes has at most five under the same criteria. Command: "
        f"`python -m tests.benchmarks.evaluation {' '.join(_told(sys.argv[1:]))}`."
    )


def _told(words: Sequence[str]) -> list[str]:
    """Return what was typed without the folders of this machine."""
    pairs = zip(words[::2], words[1::2], strict=False)
    return [word for pair in pairs if pair[0] not in PLACES for word in pair]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.evaluation")
    parser.add_argument(
        "--children", type=int, default=100_000, help="with --home: how many it holds"
    )
    parser.add_argument(
        "--home", type=Path, help="CONTACTPOINT_HOME of one that runs and is loaded"
    )
    parser.add_argument("--port-base", type=int, help="its CONTACTPOINT_PORT_BASE")
    parser.add_argument("--feeds", type=Path, help="the feeds it was loaded from, with truth.jsonl")
    parser.add_argument("--half", choices=HALVES, default="all")
    parser.add_argument("--cases", type=int, default=900, help="children for each class of error")
    parser.add_argument("--beside", type=int, default=1_500, help="cases for the other finders")
    parser.add_argument("--seed", type=int, default=29)
    parser.add_argument("--without", default="", help=f"some of {','.join(OPTIONAL)}")
    parser.add_argument("--out", type=Path, default=DOCS)
    parser.add_argument("--misses", type=Path, help="where misses of the tuning half are listed")
    parser.add_argument("--heap", default="2g")
    found = parser.parse_args()
    if bool(found.home) != bool(found.feeds) or bool(found.home) != bool(found.port_base):
        parser.error("--home, --port-base and --feeds belong together")
    if unknown := set(found.without.split(",")) - {"", *OPTIONAL}:
        parser.error(f"--without: {', '.join(sorted(unknown))} is none of {', '.join(OPTIONAL)}")
    return found


def wanted_by(arguments: argparse.Namespace) -> Wanted:
    return Wanted(
        *(arguments.children, arguments.cases, arguments.beside, arguments.half, arguments.seed),
        without=frozenset(arguments.without.split(",")),
        out=arguments.out,
        heap=arguments.heap,
    )


def with_engine(
    arguments: argparse.Namespace, then: Callable[[Settings, Population], None]
) -> None:
    """Call `then` with an engine that holds the children: the one named, or one of our own."""
    if arguments.home:
        then(settings_for(arguments.home, arguments.port_base), Population(arguments.feeds))
        return
    wanted = wanted_by(arguments)
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), wanted.heap) as own:
        feeds = Path(folder) / "feeds"
        prepare(own, feeds, wanted)
        then(own, Population(feeds))


def main() -> None:
    arguments = parse_arguments()
    wanted = wanted_by(arguments)

    def evaluate(settings: Settings, population: Population) -> None:
        report = measure(settings, population, wanted)
        sys.stdout.write(f"\n{report.page()}\n")
        say(f"written: {write_report(report, wanted.out)}")
        if arguments.misses:
            say(f"{write_misses(report, arguments.misses)} misses: {arguments.misses}")

    with_engine(arguments, evaluate)


if __name__ == "__main__":
    main()
