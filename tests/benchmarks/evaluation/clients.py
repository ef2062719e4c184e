"""Eight people searching at once: how many searches a second."""

import time
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from indexer.errors import ContactPointError
from tests.benchmarks.evaluation.ask import Searcher
from tests.benchmarks.evaluation.outcomes import Throughput, percentile
from tests.conftest import settings_for

CLIENTS, SECONDS = 8, 30
STARTING_SECONDS = 120
WARM_UP = 20  # questions, before the clock runs


def search_together(
    home: Path, port_base: int, texts: list[str], clients: int = CLIENTS, seconds: int = SECONDS
) -> Throughput:
    """Let as many processes, as a server would have workers, ask for so long."""
    context = get_context("spawn")
    barrier, answers = context.Barrier(clients), context.Queue()
    processes = [
        context.Process(
            target=one_client,
            args=((home, port_base), texts[number::clients], seconds, barrier, answers),
        )
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    waiting = STARTING_SECONDS + seconds
    taken = [one for _ in processes for one in answers.get(timeout=waiting)]
    for process in processes:
        process.join()
    return Throughput(clients, len(taken), seconds, percentile(taken, 50), percentile(taken, 95))


def one_client(
    place: tuple[Path, int],
    texts: list[str],
    seconds: int,
    barrier: Barrier,
    answers: "Queue[list[float]]",
) -> None:
    """Ask its texts, again and again, until the time is over; each answer's milliseconds."""
    searcher = Searcher(settings_for(*place))
    for text in texts[:WARM_UP]:
        ask(searcher, text)
    barrier.wait(STARTING_SECONDS)
    until, asked = time.perf_counter() + seconds, 0
    taken: list[float] = []
    while (began := time.perf_counter()) < until:
        is_answered = ask(searcher, texts[asked % len(texts)])
        asked, ended = asked + 1, time.perf_counter()
        if is_answered and ended <= until:
            taken.append((ended - began) * 1_000)
    answers.put(taken)


def ask(searcher: Searcher, text: str) -> bool:
    """Say whether there was an answer: what is refused costs nothing, and is not counted."""
    try:
        searcher.find_text(text)
    except ContactPointError:
        return False
    return True
