"""Guesses at passwords and codes on the real engine, and honest people who sign in meanwhile.

`python -m tests.benchmarks.guesses [GUESSES]`: 100 guesses at one account, then 10,000 over as many
names from ten addresses, by four clients at once; four minutes on two cores. The person whose
account it is signs in from elsewhere every so often, each time as somebody with a right code.
"""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

from elasticsearch import Elasticsearch
from flask import Flask

from indexer.builds.init import init
from indexer.clients import make_client
from indexer.people import documents
from indexer.people.codes import code_at, current_step
from indexer.people.enrolment import step_key
from indexer.settings import Settings
from indexer.world import REAL
from mappings.names import SESSIONS
from tests.benchmarks.prove import say
from tests.conftest import OPERATOR, running_engine
from tests.hostile_wire import add_people
from webapp.app import create_app
from webapp.search.gate import Gate

AT_ONE, OVER_MANY, ADDRESSES, CLIENTS = 100, 10_000, 10, 4
HONEST_EVERY = 250  # guesses
SECRET, NAME = "A" * 32, "practitioner"
ADMITTED, REFUSED, BUSY = 303, 401, 503


def sign_in(app: Flask, name: str, code: str, address: str) -> tuple[int, float]:
    """Return the status, and the seconds that it took."""
    form = {"name": name, "password": f"a pass phrase of {name}", "code": code}
    began = perf_counter()
    place = {"REMOTE_ADDR": address}
    answer = app.test_client().post("/sign-in", data=form, environ_base=place)
    return answer.status_code, perf_counter() - began


def guess(app: Flask, name: str, number: int) -> tuple[int, float]:
    return sign_in(app, name, f"{number % 10**6:06}", f"198.51.100.{number % ADDRESSES}")


def honest(app: Flask, client: Elasticsearch) -> tuple[int, float]:
    """Sign in as the person does, from where they are; a code may be used again here, as nobody
    waits for the next."""
    documents.delete(client, SESSIONS, step_key(NAME))
    return sign_in(app, NAME, code_at(SECRET, current_step(REAL.now())), "192.0.2.1")


def tried(client: Elasticsearch) -> int:
    """Return how many guesses were counted, and so looked at, by any address."""
    client.indices.refresh(index=SESSIONS)
    held = client.search(index=SESSIONS, size=1_000, query={"exists": {"field": "failures"}})
    return sum(one["_source"]["failures"] for one in held["hits"]["hits"])


def storm(app: Flask, client: Elasticsearch, names: list[str]) -> bool:
    """Guess at each name, print what came of it; say if all guesses failed and all others did
    not."""
    before, began, seen, kept = tried(client), perf_counter(), [], []
    with ThreadPoolExecutor(CLIENTS) as threads:
        for first in range(0, len(names), HONEST_EVERY):
            some = names[first : first + HONEST_EVERY]
            under_way = threads.map(partial(guess, app), some, range(first, first + len(some)))
            kept.append(honest(app, client))
            seen += list(under_way)
    seconds = perf_counter() - began
    refused = [status for status, _ in seen if status in (REFUSED, BUSY)]
    admitted = [took for status, took in kept if status == ADMITTED]
    say(f"{len(seen):,} guesses in {seconds:.0f} s: {len(refused):,} refused")
    say(f"counted, by name and by place: {tried(client) - before:,}")
    slowest = max(admitted, default=0)
    say(f"honest sign-ins: {len(admitted)} of {len(kept)} admitted, the slowest in {slowest:.1f} s")
    return len(refused) == len(seen) and len(admitted) == len(kept)


def measure(settings: Settings, guesses: int) -> bool:
    init(settings, OPERATOR, REAL)
    add_people(settings)
    app = create_app(settings, Gate(settings), REAL)
    app.config["WTF_CSRF_ENABLED"] = False
    desk_client = make_client(settings, "desk")
    one = storm(app, desk_client, [NAME] * AT_ONE)
    many = storm(app, desk_client, [f"user-{number}" for number in range(guesses)])
    return one and many


def main() -> None:
    guesses = int(sys.argv[1]) if len(sys.argv) > 1 else OVER_MANY
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        sys.exit(not measure(settings, guesses))


if __name__ == "__main__":
    main()
