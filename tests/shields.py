"""Officers at work, and what anybody could see of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from threading import Event, Thread

from indexer.builds.builds import open_builds, published_build
from indexer.children.hidden import HiddenChild, HiddenChildren
from indexer.children.links import Links, row_key
from indexer.children.load import Loader
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.errors import NotFound, Unavailable
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.marks import Marks, raise_sentinel, sentinel_sequence, write_mark
from indexer.shields.register import Register
from indexer.shields.shielding import Shielding
from indexer.shields.subject import Subject, parse_number
from indexer.shields.verify import Verdict, Verification
from indexer.world import REAL, World
from tests.conftest import OPERATOR
from tests.rows import entries, plain_row
from webapp.search.answer import is_fresh
from webapp.search.gate import Gate
from webapp.search.question import parse_question

OLGA = Actor("olga", "shield-officer", "359")
OMAR = Actor("omar", "shield-officer", "359")
NOOR = Actor("noor", "shield-officer", "383")
NELL = Actor("nell", "shield-officer", "383")
PAT = Actor("pat", "practitioner", "359")
BIRTHDAY = "2014-03-09"
REASON = "court order"
SEARCHED_FIRST_SECONDS = 0.05  # each child is asked for before it is shielded


class Office:
    """One index with its officers, its loads and its readers."""

    def __init__(self, settings: Settings, world: World = REAL) -> None:
        self.settings, self.world = settings, world
        self.client = make_client(settings, "worker")
        self.store, self.hidden = ChildStore(self.client), HiddenChildren(self.client)
        self.links, self.marks = Links(self.client), Marks.for_credential(settings, "worker")
        self.register = Register.for_worker(settings, world)
        self.shielding = Shielding(settings, world)
        self.gate = Gate(settings, world)

    def family(self) -> str:
        """A family name that nobody else has."""
        draw = self.world.below
        return "".join("bdfgklmnprstvz"[draw(14)] + "aeiou"[draw(5)] for _ in range(6))

    def load(self, source, *rows):
        return Loader(self.settings, self.world).load(entries(*rows), source, OPERATOR)

    def add(self, source, family, record_id="1", **more) -> str:
        """Load one child called Ann and return its number."""
        self.load(source, plain_row(record_id, "Ann", family, BIRTHDAY, **more))
        return self.number_of(source, record_id)

    def number_of(self, source, record_id="1") -> str:
        key = row_key(source, record_id)
        return self.links.read([key])[key].child

    def set(self, number: str | Subject, officer=OLGA):
        subject = parse_number(number) if isinstance(number, str) else number
        return self.shielding.shield(subject, officer, REASON)

    def lift(self, number, officer=OMAR):
        return self.shielding.lift(number, officer, REASON)

    def lose_shield(self, number: str) -> None:
        """Let a child who can be found be among the shielded, and no event or mark tell of it."""
        build = published_build(self.client)
        stored = self.store.read([number], build)[number]
        hidden = HiddenChild(number, stored.child.contributions, build_revision=stored.revision)
        self.hidden.write([hidden])
        self.client.delete(index=build, id=number)

    def verify(self) -> Verdict:
        return Verification(self.settings, self.world).run(OPERATOR)

    def found(self, family) -> list[str]:
        """The numbers that a practitioner finds under the name."""
        self.store.refresh()
        question = parse_question(f"ann {family}", today=self.world.today())
        return [one.child for one in self.gate.find(question, PAT).found]

    def opens(self, number) -> bool:
        try:
            self.gate.open_record(number, PAT, "test")
        except NotFound:
            return False
        return True

    def in_builds(self, number) -> bool:
        return any(self.store.read([number], one) for one in open_builds(self.client))

    def is_hidden(self, number) -> bool:
        """Marked, in no build, and among the shielded."""
        is_there = number in self.hidden.read([number])
        return number in self.marks.marked([number]) and is_there and not self.in_builds(number)


def add_mark(client, key, number):
    """Hide one child without an officer: the mark alone, and the sentinel one further."""
    write_mark(client, key, number)
    raise_sentinel(client, key, (sentinel_sequence(client, key) or 0) + 1)


@dataclass(frozen=True)
class Race:
    """What came of sets while others searched: the seconds of each, and how many answers with a
    child left before and after its shield was acknowledged; `refused` were a 503."""

    seconds: list[float]
    answers: int
    refused: int
    shown_before: int
    shown_after: int


def set_while_others_search(office: Office, sets: int, clients: int) -> Race:
    """Load so many children, and shield one after the other while clients search for them: every
    second time for the very child who is being shielded."""
    source = f"race-{office.world.below(10**9)}"
    rows = [plain_row(str(n), "Ann", office.family(), BIRTHDAY) for n in range(sets)]
    office.load(source, *rows)
    office.store.refresh()
    names = {office.number_of(source, row["source_record_id"]): row["family_name"] for row in rows}
    acknowledged, seconds = {}, []
    with searching(office, list(names.values()), clients) as crowd:
        for number, name in names.items():
            crowd.wanted = name
            time.sleep(SEARCHED_FIRST_SECONDS)
            began = time.monotonic()
            office.set(number)
            acknowledged[number] = time.monotonic()
            seconds.append(acknowledged[number] - began)
    late = [left_at > acknowledged[one] for left_at, found in crowd.answers for one in found]
    return Race(seconds, len(crowd.answers), crowd.refused, late.count(False), late.count(True))


class Crowd:
    """Clients who search until it is over. `answers` are the moments at which an answer left the
    gate, with whom it showed; one whose check is too old by then is a 503, as on a page."""

    def __init__(self, office: Office, names: list[str]) -> None:
        self.wanted, self.is_over = names[0], Event()
        self.answers: list[tuple[float, list[str]]] = []
        self.refused = 0
        self._office, self._names = office, names

    def search(self, client: int) -> None:
        office, chance = self._office, Random(client)
        gate = Gate(office.settings, office.world)
        while not self.is_over.is_set():
            name = self.wanted if chance.random() < 0.5 else chance.choice(self._names)
            question = parse_question(f"ann {name}", today=office.world.today())
            try:
                answer = gate.find(question, PAT)
            except Unavailable:
                self.refused += 1
                continue
            left_at = time.monotonic()
            if is_fresh(answer.checked_at, office.world):
                self.answers.append((left_at, [one.child for one in answer.found]))
            else:
                self.refused += 1


@contextmanager
def searching(office: Office, names: list[str], clients: int) -> Iterator[Crowd]:
    """Let so many clients search for these names, from a second before to a second after."""
    crowd = Crowd(office, names)
    threads = [Thread(target=crowd.search, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        yield crowd
        time.sleep(1)
    finally:
        crowd.is_over.set()
        for thread in threads:
            thread.join()
