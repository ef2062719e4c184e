"""People without a server: the one door to their documents leads to memory here, and time stands
still until it is told to go on."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import count

from argon2 import PasswordHasher
from cryptography.fernet import Fernet

from indexer.people import documents, passwords
from indexer.people.codes import CodeKeeper, code_at, current_step
from indexer.people.documents import Stored
from indexer.people.enrolment import (
    Tickets,
    new_enrolment,
    read_person,
    write_enrolment,
)
from indexer.people.organisations import Organisation
from indexer.people.sign_in import Door
from indexer.people.users import User, build_user
from indexer.world import World
from mappings.names import ORGANISATIONS, SESSIONS, USERS

START = datetime(2026, 3, 9, 9, 0, 5, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # that of RFC 6238, in base 32
PASSWORD = "a horse, a battery and a staple"
# argon2id too, at a thousandth of its work: what it costs is tested where passwords are.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASH = CHEAP.hash(PASSWORD)
CODES_KEY = Fernet.generate_key().decode()


class Clock:
    """A world in which only `pass_by` makes time go on."""

    def __init__(self):
        self._now, self._count = START, count(1)
        self.world = World(
            now=lambda: self._now,
            below=lambda below: next(self._count) % below,
            token=lambda: f"token-{next(self._count)}",
        )

    def pass_by(self, **more):
        self._now += timedelta(**more)

    def code(self, steps_from_now=0):
        return code_at(SECRET, current_step(self._now) + steps_from_now)


class MemoryTrail:
    """Stands where the audit stands, and keeps (event, actor, details)."""

    def __init__(self):
        self.entries = []

    def write(self, event, actor, **details):
        self.entries.append((event, actor.name, details))

    @property
    def events(self):
        return [event for event, _, _ in self.entries]


class MemoryDocuments:
    """What `indexer.people.documents` does: every write must name the state it replaces."""

    def __init__(self, monkeypatch):
        self.stored, self.writes, self._versions = {}, 0, count(1)
        for name in ("read_all", "write", "delete", "find"):
            monkeypatch.setattr(documents, name, getattr(self, name))

    def read_all(self, _client, places):
        return [self.stored.get(tuple(place)) for place in places]

    def write(self, _client, place, document, over):
        self.writes += 1
        if self.stored.get(tuple(place)) != over:
            return False
        self.stored[tuple(place)] = Stored(dict(document), next(self._versions), 1)
        return True

    def delete(self, _client, index, key):
        self.stored.pop((index, key), None)

    def find(self, _client, index, sort, size, **equal):
        found = [one.source for (where, _), one in self.stored.items() if where == index]
        right = [one for one in found if all(one[name] == value for name, value in equal.items())]
        return sorted(right, key=lambda one: one[sort])[:size]

    def sessions(self, kind):
        return [key for index, key in self.stored if index == SESSIONS and key.startswith(kind)]


class Town:
    """An authority with its people, and a door to sign in by."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(passwords, "_hasher", CHEAP)
        monkeypatch.setattr(passwords, "_nobody", CHEAP.hash("nobody's"))
        self.documents = MemoryDocuments(monkeypatch)
        self.clock, self.trail = Clock(), MemoryTrail()
        self.world, self.keeper = self.clock.world, CodeKeeper(CODES_KEY)
        for code, name in (("359", "Wigan"), ("383", "Leeds"), ("201", "City of London")):
            organisation = Organisation(code, name, "authority", switched_on=code != "201")
            self.documents.write(None, (ORGANISATIONS, code), asdict(organisation), None)

    def door(self, roles=("practitioner", "data-manager", "shield-officer"), *, desk=False):
        tickets = Tickets(CODES_KEY, self.world)
        return Door(None, self.trail, self.world, self.keeper, tickets, frozenset(roles), desk)

    def mark(self, name):
        return read_person(None, name).enrolment.mark

    def add(self, name, role="practitioner", organisation="359", **more):
        """Add a person who was invited at the start."""
        trained = {"trained_on": START.date(), "invitation": f"first of {name}"} | more
        user = User(name, role, organisation, HASH, self.world.now(), **trained)
        self.documents.write(None, (USERS, name), build_user(user), None)
        return user

    def set_up(self, name, role="practitioner", organisation="359", **more):
        """Add a person who has chosen the password and set up codes with the secret above."""
        user = self.add(name, role, organisation, **more)
        sealed = self.keeper.seal(name, SECRET)
        person = read_person(None, name)
        assert write_enrolment(None, person, new_enrolment(user, HASH, sealed, self.world))
        return user
