"""Searches at a fixed rate by signed-in people, each within their budget: how long they take.

`python -m tests.benchmarks.load_test [--rate 50] [--seconds 60] [--children 20000]` makes an engine
with so many invented children (one source); with `--home FOLDER --port-base PORT` it asks one that
runs already and has children; with several rates, `--rate 10 20 30`, one after the other, to see
how far it goes. Each run brings people of its own. A search is the form and the page
it leads to, timed from when it was due; session, person, budget, register and audit are in it. The
first two minutes are not counted: Java compiles then what it will run for months. Afterwards 6,000
are asked one after the other, for the time that a page of 25 children takes the server.
"""

import asyncio
import json
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

from indexer.audit.trail import Trail
from indexer.builds.init import init
from indexer.children.load import Loader
from indexer.clients import make_client
from indexer.feeds.columns import FeedForm
from indexer.feeds.feed import Feed
from indexer.invented.england import feed_path, write_england
from indexer.invented.slices import Order
from indexer.people import documents
from indexer.people.budgets import budgets
from indexer.people.enrolment import new_enrolment, read_person, write_enrolment
from indexer.people.organisations import switch_on
from indexer.people.users import User, build_user
from indexer.settings import Settings
from indexer.world import REAL
from mappings.names import CHILDREN, USERS
from tests.benchmarks.corrupt import SHORTEST, one_edit
from tests.benchmarks.open_loop import Outcome, Typed, crowd, queue
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine, settings_for
from tests.hostile_wire import Target, logged
from tests.visits import Visit, visit
from webapp.processes import FRONT

SEED, SOURCE, AUTHORITY = 50, "gp-registration", "359"
SAMPLE = 3_000  # children who are looked for, again and again
WARM_UP_SECONDS, A_MINUTE = 120, 60  # seconds
IN_A_QUEUE = 6_000  # one in thirty finds a page of 25
A_PAGE = 25
P95, P99, PAGE_P95 = 0.150, 0.400, 0.060  # seconds


def parse_words() -> Namespace:
    words = ArgumentParser()
    words.add_argument("--rate", type=float, nargs="+", default=[50])
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("--children", type=int, default=20_000)
    words.add_argument("--home", type=Path)
    words.add_argument("--port-base", type=int)
    return words.parse_args()


@contextmanager
def england(words: Namespace, folder: Path) -> Iterator[Settings]:
    """An engine with children in it: the one that runs already, or one of this run's own."""
    if words.home:
        yield settings_for(words.home, words.port_base)
        return
    with running_engine(folder / "home", "2g") as settings:
        init(settings, OPERATOR, REAL)
        order = Order(words.children, SEED, REAL.today(), sources=(SOURCE,))
        write_england(order, folder / "feeds")
        feed = Feed(feed_path(folder / "feeds", SOURCE), FeedForm(), REAL.today())
        Loader(settings, REAL).load(feed, SOURCE, OPERATOR)
        yield settings


def add_crowd(target: Target, settings: Settings, count: int) -> list[Visit]:
    """Add so many practitioners of this run's own, and open a session for each."""
    client, run = make_client(settings, "desk"), REAL.below(10**6)
    switch_on(client, AUTHORITY, OPERATOR, Trail(client, settings, REAL))
    people = []
    for place in range(count):
        name, now = f"load-{run:06}-{place}", REAL.now()
        user = User(name, "practitioner", AUTHORITY, "none", now, now.date(), True, "none")
        documents.write(client, (USERS, name), build_user(user), None)
        person, enrolment = read_person(client, name), new_enrolment(user, "none", "none", REAL)
        assert person is not None and write_enrolment(client, person, enrolment)  # noqa: PT018
        people.append(visit(target.app, name, enrolment.mark, REAL))
    return people


def questions(settings: Settings, seed: int) -> Iterator[str]:
    """Yield what is typed, without end: children of the index drawn at random, with a letter wrong
    in one name in three; half with the year, a quarter with the full date, a quarter without."""
    client = make_client(settings, "worker")
    drawn = {"random_score": {"seed": seed, "field": "_seq_no"}}
    fields = ["given_names", "family_name", "date_of_birth"]
    answer = client.search(
        index=CHILDREN, query={"function_score": drawn}, size=SAMPLE, source=fields
    )
    found, chance = [one["_source"] for one in answer["hits"]["hits"]], Random(seed)
    named = [one for one in found if one.get("given_names")]
    while True:
        yield _typed(chance.choice(named), chance)


def _typed(child: dict[str, Any], chance: Random) -> str:
    names = (child["given_names"].split()[0], child["family_name"])
    day, words = child["date_of_birth"], [_misspelled(one, chance) for one in names]
    return " ".join([*words, chance.choice((day[:4], day[:4], day, ""))]).strip()


def _misspelled(name: str, chance: Random) -> str:
    is_wrong = len(name) > SHORTEST and chance.random() < 1 / 3
    return one_edit(name, chance) if is_wrong else name


def server_seconds(log: Path) -> dict[str, float]:
    """Return what the server says each request took: id → seconds."""
    lines = (json.loads(one) for one in log.read_text().splitlines() if one.startswith("{"))
    return {
        one["request_id"]: one["milliseconds"] / 1000 for one in lines if one["event"] == "request"
    }


def percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Return the median, the 95th and the 99th of a hundred."""
    ranked = sorted(seconds) or [0.0]
    return tuple(ranked[min(len(ranked) - 1, len(ranked) * one // 100)] for one in (50, 95, 99))  # type: ignore[return-value]


def tell(name: str, seconds: Sequence[float]) -> tuple[float, float, float]:
    p50, p95, p99 = percentiles(seconds)
    said = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
    say(f"{name} ({len(seconds):,}): {said}")
    return p50, p95, p99


def judge(outcomes: Sequence[Outcome], rate: float, log: Path) -> bool:
    """Print what came of it; say if it is within what was asked."""
    errors = Counter(one.error for one in outcomes if one.error)
    seconds = [one.seconds for one in outcomes]
    _, p95, p99 = tell("search, form and page, from when it was due", seconds)
    step = round(rate * A_MINUTE)
    minutes = [percentiles(seconds[at : at + step])[1] for at in range(0, len(seconds), step)]
    say(f"p95 minute by minute: {', '.join(f'{1000 * one:.0f}' for one in minutes)} ms")
    tell("the page of results alone", [one.page_seconds for one in outcomes if not one.error])
    pages_of_25("the same", outcomes, log)
    say(f"errors: {dict(errors) or 'none'}; rows a page: {_mean([o.rows for o in outcomes]):.1f}")
    return not errors and p95 <= P95 and p99 <= P99


def pages_of_25(name: str, outcomes: Sequence[Outcome], log: Path) -> float:
    """Print what the server says that pages of 25 children took; return the 95th of a hundred."""
    took = server_seconds(log)
    full = [took[one.request] for one in outcomes if one.rows == A_PAGE and one.request in took]
    return tell(f"{name}: server time of pages of {A_PAGE} children", full)[1]


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)


def main() -> None:
    words = parse_words()
    warm_up = round(words.rate[0] * WARM_UP_SECONDS)
    counts = [round(rate * words.seconds) for rate in words.rate]
    searches = warm_up + sum(counts) + IN_A_QUEUE
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = stack.enter_context(england(words, folder))
        target = stack.enter_context(logged(settings, folder, FRONT))
        asked = iter(questions_of_people(target, settings, searches))
        asyncio.run(crowd(target.port, list(islice(asked, warm_up)), words.rate[0], SEED))
        is_within = True
        for turn, (rate, count) in enumerate(zip(words.rate, counts, strict=True), 1):
            say(f"{rate:g} searches a second for {words.seconds} s")
            due = list(islice(asked, count))
            outcomes = asyncio.run(crowd(target.port, due, rate, SEED + turn))
            is_within &= judge(outcomes, rate, target.log)
        alone = asyncio.run(queue(target.port, list(asked)))
        page_p95 = pages_of_25("one after the other", alone, target.log)
        sys.exit(not is_within or page_p95 > PAGE_P95 or any(one.error for one in alone))


def questions_of_people(target: Target, settings: Settings, searches: int) -> list[Typed]:
    """Return what is typed, by as many people as stay within their budgets, who take turns."""
    people = add_crowd(target, settings, ceil(searches / budgets()["practitioner"]["searches"]))
    say(f"{searches:,} searches by {len(people)} people")
    typed = islice(questions(settings, SEED), searches)
    return [Typed(*one) for one in zip(cycle(people), typed, strict=False)]


if __name__ == "__main__":
    main()
