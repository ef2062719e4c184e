"""One world under way: a fresh index, the application in front of it, and people who use both."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from io import StringIO
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from unittest.mock import patch

import structlog
from click.testing import CliRunner

import webapp.commands
from indexer.audit import chain
from indexer.audit.trail import Trail
from indexer.builds.init import init
from indexer.children.links import Links, row_key
from indexer.children.load import Loader
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.errors import ContactPointError
from indexer.people import passwords
from indexer.people.actor import Actor
from indexer.people.codes import code_at, current_step
from indexer.people.demo import SignIn, set_up_with
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.settings import Settings
from indexer.shields.decisions import Decisions
from indexer.shields.held import HeldRows
from indexer.shields.marks import Marks
from indexer.shields.shielding import Shielding
from indexer.shields.subject import Subject, parse_name, parse_number, parse_row
from mappings.names import ORGANISATIONS, USERS
from tests.conftest import OPERATOR
from tests.people import CHEAP, SECRET
from tests.rows import entries
from tests.worlds.cast import AUTHORITIES, CENSUS, Cast, Person, Row
from tests.worlds.clockwork import BEGINNING, Clockwork
from tests.worlds.script import NEAR, Step
from webapp.app import create_app
from webapp.commands import contactpoint
from webapp.search.gate import Gate
from webapp.tokens import Asked, Page, Tokens

PASSWORD = "four words that nobody guesses"
NOBODYS = CHEAP.hash("nobody's")
REASON = "test of two worlds"
ALARM, ALARM_RAISED = "shielded_child_in_build", '"kind": "register", "event": "alarm"'
PEOPLE = [USERS, ORGANISATIONS]
READERS = {
    "pat": Actor("pat", "practitioner", "359"),
    "dana": Actor("dana", "data-manager", "383"),
}
OFFICERS = {code: Actor(f"officer-{code}", "shield-officer", code) for code in AUTHORITIES}


class Stage:
    """`numbers` are the ContactPoint numbers of the hidden children, also in a world that has none
    of them; `seals` the form seal of each signed-in person; `alarms` counts lines of the
    log, `decided` what officers decided."""

    def __init__(self, settings: Settings, cast: Cast, folder: Path) -> None:
        self.settings, self.cast, self.folder = settings, cast, folder
        self.clock = Clockwork()
        self.world = self.clock.world
        self.readers = READERS
        self.numbers: list[str] = []
        self.seals: dict[str, str] = {}
        self.alarms = self.decided = 0
        self._log = StringIO()
        self.client = make_client(settings, "worker")
        self.store = ChildStore(self.client)

    @contextmanager
    def played(self) -> Iterator["Stage"]:
        """Let commands, seals and logs belong to this world until the end."""
        with ExitStack() as stack:
            stack.enter_context(self.clock.also_for_libraries())
            for change in (*self._patches(), patch.object(Settings, "from_environment", self._own)):
                stack.enter_context(change)
            stack.callback(structlog.reset_defaults)
            lines = [structlog.processors.add_log_level, structlog.processors.JSONRenderer()]
            log = structlog.WriteLoggerFactory(file=self._log)
            structlog.configure(processors=lines, logger_factory=log)
            yield self

    def _own(self) -> Settings:
        return self.settings

    def _patches(self) -> Iterator[Any]:
        for found in iter_modules(webapp.commands.__path__):
            module = import_module(f"{webapp.commands.__name__}.{found.name}")
            if hasattr(module, "REAL"):
                yield patch.object(module, "REAL", self.world)
        yield patch.object(passwords, "_hasher", CHEAP)
        yield patch.object(passwords, "_nobody", NOBODYS)

    def begin(self) -> None:
        """Make the indices and the people."""
        self.clock.turn("begin", -10_000)
        init(self.settings, OPERATOR, self.world)
        # Whoever adds people waits until they can be listed: seconds, at the usual interval.
        soon = {"index.refresh_interval": "20ms"}
        make_client(self.settings, "operator").indices.put_settings(index=PEOPLE, settings=soon)
        client = make_client(self.settings, "desk")
        trail = Trail(client, self.settings, self.world)
        for code in AUTHORITIES:
            switch_on(client, code, OPERATOR, trail)
        for one in READERS.values():
            new = NewUser(one.name, one.role, one.organisation, PASSWORD, self.world.today())
            add_user(client, new, OPERATOR, trail, self.world)
            set_up_with(self.settings, SignIn(one.name, one.role, PASSWORD), SECRET)

    def code(self) -> str:
        """Return what everybody's app shows now."""
        return code_at(SECRET, current_step(self.world.now()))

    def open_doors(self, turn: str = "open doors") -> None:
        """Start the processes that answer people, as a restart would, each with an audit chain of
        its own; all read from here on."""
        self.clock.turn(turn, 0)
        chain._chains.clear()
        self.store.refresh()
        self.gate = Gate(self.settings, self.world)
        self.app = create_app(self.settings, self.gate, self.world)
        self.app.logger.disabled = True
        self.browsers = {name: self.app.test_client() for name in READERS}
        self._tokens = Tokens(self.settings.secret("token.key"), self.world)

    def bring(self, what: str, people: tuple[Person, ...], place: int) -> None:
        """Load what the sources say of these people."""
        for nth, (source, rows) in enumerate(self.cast.rows(people).items()):
            self.clock.turn(f"{what} {source}", place + 100 * nth)
            self.load(source, rows)

    def load(self, source: str, rows: list[Row]) -> None:
        Loader(self.settings, self.world).load(entries(*rows), source, OPERATOR)

    def shield(self, place: int, *, is_finished: bool = True) -> None:
        """Set a shield for each hidden child, before or after it has come, as an import does;
        unless `is_finished` the process dies when the marks are written."""
        shielding = Shielding(self.settings, self.world)
        for nth, code in enumerate(AUTHORITIES):
            self.clock.turn(f"shields of {code}", place + nth)
            entered = [
                (shielding.enter(subject, OFFICERS[code], REASON), subject)
                for subject in self._subjects(code)
            ]
            if is_finished:
                shielding.hide(entered, OFFICERS[code])
        self.store.refresh()

    def decide(self, place: int) -> None:
        """Let officers say of all that is held that it is another child."""
        decisions = Decisions(self.settings, self.world)
        for nth, officer in enumerate(OFFICERS.values()):
            self.clock.turn(f"decisions of {officer.name}", place + nth)
            for one in decisions.waiting(officer):
                decisions.decide(one.name, "another-child", officer, REASON)
                self.decided += 1
        self.store.refresh()

    def _subjects(self, authority: str) -> list[Subject]:
        """Return whom the officer of an authority shields."""
        hidden = enumerate(self.cast.hidden)
        own = [(nth, one) for nth, one in hidden if AUTHORITIES[one.place % 3] == authority]
        return [self._subject(person, nth) for nth, person in own]

    def _subject(self, person: Person, nth: int) -> Subject:
        """By row, NHS number, name and date, and ContactPoint number, where that is known; one of a
        crowd has no name of its own."""
        if self.numbers and nth % 2:
            return parse_number(self.numbers[nth])
        if nth % 3 == 0 and len(self.cast.near[nth]) < 10:
            return parse_name(f"{person.given} {person.family}", person.born)
        return parse_row(f"{CENSUS}:{person.ident}") if nth % 3 == 1 else parse_number(person.nhs)

    def learn_numbers(self) -> list[str]:
        keys = [row_key(CENSUS, one.ident) for one in self.cast.hidden]
        links = Links(self.client).read(keys)
        self.numbers = [links[key].child for key in keys]
        return self.numbers

    def sealed(self, kind: Page, step: Step, page: int = 1) -> str:
        """Return a token for the step's person, as the pages make them."""
        number = self.numbers[step.person] if kind != "results" else ""
        reason = "" if kind in {"results", "reason"} else REASON
        return self._tokens.seal(kind, step.user, Asked(step.text, page, number, reason))

    def run(self, *words: str) -> str:
        """Run a command; return exit code, output and error."""
        result = CliRunner().invoke(contactpoint, words)
        error = result.exception
        code = error.exit_code if isinstance(error, ContactPointError) else result.exit_code
        said = f"{type(error).__name__}: {error}" if error else ""
        return json.dumps([code, result.stdout, result.stderr, said])

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def logged(self) -> list[str]:
        """Return what was logged since the last time, but for alarms, which are counted: a child
        who is marked was found in the build, as after a crash."""
        lines = self._log.getvalue().splitlines()
        self._log.seek(0)
        self._log.truncate()
        self.alarms += sum(ALARM in line for line in lines)
        return [line for line in lines if ALARM not in line and ALARM_RAISED not in line]

    def kept(self) -> int:
        """Return how many rows like a hidden child's went to that child, or wait for an officer."""
        children = [link.child for link in Links(self.client).scan(NEAR) if link.child]
        marked = Marks.for_credential(self.settings, "worker").marked(children)
        waiting = HeldRows(self.client).open_since(self.world.now())
        return len(marked) + len(list(waiting))

    def held(self) -> list[str]:
        """Return when each row was held, of those since the doors were opened."""
        return [one.held_at for one in HeldRows(self.client).held_since(BEGINNING)]

    def audited(self) -> list[tuple[str, str]]:
        """Return each entry of the ordinary audit since the doors were opened, after its time."""
        client = make_client(self.settings, "desk")
        client.indices.refresh(index="audit-2*")
        since = {"range": {"at": {"gte": BEGINNING.isoformat(timespec="milliseconds")}}}
        after, said = None, []
        while hits := client.search(
            index="audit-2*",
            query=since,
            size=5_000,
            sort=["at", "chain", "sequence"],
            search_after=after,
        )["hits"]["hits"]:
            said += [(hit["_source"]["at"], json.dumps(hit)) for hit in hits]
            after = hits[-1]["sort"]
        return said
