"""A person's own password and codes, set up once by invitation, and the step of the last code used.

Practitioners' are in an index that the front writes; those of all others only the desk writes, so
that a front that is broken into makes nobody an officer.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from elasticsearch import Elasticsearch

from indexer.errors import NotSignedIn, Refused
from indexer.people import documents
from indexer.people.actor import Role
from indexer.people.documents import Stored
from indexer.people.users import NAME, User, parse_user
from indexer.world import World
from mappings.names import DESK_ENROLMENTS, ENROLMENTS, SESSIONS, USERS

OF_A_PERSON = (USERS, ENROLMENTS, DESK_ENROLMENTS)
TICKET_LASTS = timedelta(minutes=30)
STEP_KEPT = timedelta(days=1)  # a code is right for a minute and a half
ENDED = "Setting up took too long, or was done already. Sign in again."


@dataclass(frozen=True)
class Enrolment:
    """`invitation` is that under which it was set up; `code_secret` is sealed; `mark` is drawn anew
    each time: a session that has another is over."""

    user: str
    invitation: str
    password_hash: str
    code_secret: str
    mark: str
    set_up_at: str


@dataclass(frozen=True)
class Person:
    """A user, with what they set up under their last invitation; None before."""

    user: User
    enrolment: Enrolment | None
    stored: Stored | None


@dataclass(frozen=True)
class Ticket:
    """Who is setting up, under which invitation, and the secret that they are shown. `mark` is of
    what they have and make anew; empty if they have nothing yet."""

    user: str
    invitation: str
    secret: str
    mark: str = ""


def is_for_desk(role: Role) -> bool:
    """Say if people of this role set up their password and codes at the desk."""
    return role != "practitioner"


def enrolment_index(role: Role) -> str:
    return DESK_ENROLMENTS if is_for_desk(role) else ENROLMENTS


def read_person(client: Elasticsearch, name: str) -> Person | None:
    """Return the person, deactivated or not; None if there is none. One request in any case."""
    return person_in(documents.read_all(client, places_of(name)))


def places_of(name: str) -> list[tuple[str, str]]:
    """Return where all that makes up a person is, to be read at once."""
    key = name if NAME.fullmatch(name) else "nobody:"  # no name has a colon
    return [(index, key) for index in OF_A_PERSON]


def person_in(found: Sequence[Stored | None]) -> Person | None:
    """Return the person in what was read at those places."""
    stored_user, *enrolments = found
    if stored_user is None:
        return None
    user = parse_user(stored_user.source)
    stored = enrolments[OF_A_PERSON[1:].index(enrolment_index(user.role))]
    enrolment = Enrolment(**stored.source) if stored else None
    is_theirs = enrolment is not None and enrolment.invitation == user.invitation
    return Person(user, enrolment if is_theirs else None, stored)


def new_enrolment(user: User, password_hash: str, sealed_secret: str, world: World) -> Enrolment:
    """Return what a person sets up now, under their last invitation."""
    now = world.now().isoformat()
    mark = world.token()
    return Enrolment(user.name, user.invitation, password_hash, sealed_secret, mark, now)


def write_enrolment(client: Elasticsearch, person: Person, enrolment: Enrolment) -> bool:
    """Write over what was read of the person; False if somebody set up in between."""
    place = (enrolment_index(person.user.role), person.user.name)
    return documents.write(client, place, asdict(enrolment), person.stored)


def end_sessions(client: Elasticsearch, name: str, world: World) -> None:
    """End every session of a person, for good: they sign in anew with what they have set up.

    Raises Refused if they set up at this very moment.
    """
    person = read_person(client, name)
    if person is None or person.enrolment is None:
        return
    if not write_enrolment(client, person, replace(person.enrolment, mark=world.token())):
        raise Refused(f"{name} sets up password and codes at this moment: repeat it in a minute")


def step_key(name: str) -> str:
    """Return the id of the step that a person used last, in the index of sessions."""
    return f"step-{sha256(name.encode()).hexdigest()}"


def use_step(client: Elasticsearch, name: str, step: int, world: World) -> bool:
    """Note the step of a code before it opens anything; False if it, or a later one, was used."""
    place = (SESSIONS, step_key(name))
    stored = documents.read(client, *place)
    if stored is not None and stored.source["step"] >= step:
        return False
    expires = (world.now() + STEP_KEPT).isoformat()
    return documents.write(client, place, {"step": step, "expires": expires}, stored)


class Tickets:
    """Seals what a person who is setting up brings along from page to page, for half an hour."""

    def __init__(self, key: str, world: World) -> None:
        self._fernet, self._world = Fernet(key), world

    def seal(self, ticket: Ticket) -> str:
        content = json.dumps(asdict(ticket)).encode()
        return self._fernet.encrypt_at_time(content, self._seconds()).decode()

    def open(self, sealed: str) -> Ticket:
        """Return the ticket. Raises NotSignedIn if it is over or not ours."""
        lasts = int(TICKET_LASTS.total_seconds())
        try:
            content = self._fernet.decrypt_at_time(sealed.encode(), lasts, self._seconds())
        except InvalidToken:
            raise NotSignedIn(ENDED) from None
        said: dict[str, Any] = json.loads(content)
        return Ticket(**said)

    def _seconds(self) -> int:
        return int(self._world.now().timestamp())
