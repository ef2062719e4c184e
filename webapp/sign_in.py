"""Signed-in people: flask-login in front, sessions of our own in the index behind it."""

from flask import request, session
from flask_login import (  # type: ignore[import-untyped]
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)

from indexer.people.actor import Actor
from indexer.people.enrolment import Ticket
from indexer.people.failures import Place
from indexer.people.organisations import Organisation, read_organisation
from indexer.people.sessions import Stay, end_session, find_stay, open_session
from indexer.people.sign_in import (
    Admitted,
    Door,
    Typed,
    begin_anew,
    check_sign_in,
    finish_enrolment,
)
from indexer.people.users import User
from webapp.known_browser import keep_known, known_place
from webapp.processes import Process

LONGEST_NAME = 64
TICKET = "setting-up"


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is signed in; `id` is the session's token, which flask-login keeps in the cookie, and
    `stay` when the session ends (None at the moment of signing in)."""

    def __init__(self, token: str, actor: Actor, stay: Stay | None = None) -> None:
        self.id = token
        self.actor = actor
        self.stay = stay


class People:
    """Signs people in and out of one process."""

    def __init__(self, door: Door, process: Process) -> None:
        self._door = door
        self._client = door.client
        self._world = door.world
        self._process = process

    def sign_in(self, typed: Typed) -> bool:
        """Open a session in this browser; False if password and codes are to be set up first.

        Raises NotSignedIn, NotAllowed, Unavailable.
        """
        found = check_sign_in(self._door, typed, _place(typed.name))
        if isinstance(found, Ticket):
            session[TICKET] = self._door.tickets.seal(found)
            return False
        self._admit(found)
        return True

    def begin_anew(self, password: str, code: str) -> None:
        """Let the reader, who shows both again, set up anew. Raises NotSignedIn, Unavailable."""
        name = current_user.actor.name
        ticket = begin_anew(self._door, Typed(name, password, code), _place(name))
        session[TICKET] = self._door.tickets.seal(ticket)

    def ticket(self) -> Ticket:
        """Return whom this browser sets up, and the secret to show. Raises NotSignedIn."""
        return self._door.tickets.open(session.get(TICKET, ""))

    def set_up(self, password: str, code: str) -> None:
        """Keep what was set up and open a session. Raises Refused, NotSignedIn, Unavailable."""
        self._admit(finish_enrolment(self._door, self.ticket(), password, code))

    def sign_out(self) -> None:
        """End the session, in the index first: a copied cookie is worthless from then on."""
        end_session(self._client, self._process.name, current_user.id)
        self._door.trail.write("sign-out", current_user.actor)
        logout_user()
        session.clear()

    def load(self, token: str) -> SignedIn | None:
        """Return who holds this session, None once it is over, or if the cookie, which this process
        has signed, names somebody else."""
        name = session.get("user", "")
        stay = find_stay(self._client, self._process.name, token, name, self._world)
        return SignedIn(token, self._actor(stay.user), stay) if stay else None

    def organisation(self, code: str) -> Organisation:
        return read_organisation(self._client, code)

    def _actor(self, user: User) -> Actor:
        return user.actor_at(self._world.today(), self._door.roles)

    def _admit(self, found: Admitted) -> None:
        actor = self._actor(found.user)
        token = open_session(self._client, self._process.name, actor.name, found.mark, self._world)
        session.clear()  # a cookie from before the sign-in must be worth nothing after it
        login_user(SignedIn(token, actor))
        session["user"] = actor.name  # also tells, once the session is over, that there was one
        keep_known(actor.name, self._world)


def _place(name: str) -> Place:
    return known_place(name) or Place.of_address(request.remote_addr or "")


def typed_name(text: str) -> str:
    """Return what was typed as a user name, as names are written."""
    return text.strip().lower()[: LONGEST_NAME + 1]


def make_login_manager(people: People) -> LoginManager:
    """Return flask-login's part: it keeps the token in the cookie and asks `people` whose it is."""
    manager = LoginManager()
    # A fingerprint of address and browser would sign people out whenever their network changes.
    manager.session_protection = None
    manager.user_loader(people.load)
    return manager
