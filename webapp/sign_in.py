"""Signed-in people: flask-login in front, sessions of our own in the index behind it."""

from flask import session
from flask_login import (  # type: ignore[import-untyped]
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)

from indexer.people.actor import Actor
from indexer.people.organisations import Organisation, read_organisation
from indexer.people.sessions import end_session, find_signed_in, open_session
from indexer.people.sign_in import Door, check_sign_in

LONGEST_NAME = 64


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is signed in; `id` is the session's token, which flask-login keeps in the cookie."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.id = token
        self.actor = actor


class People:
    """Signs people in and out. Holds a client that may read users and write sessions only."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._client = door.client
        self._world = door.world

    def sign_in(self, name: str, password: str) -> Actor:
        """Open a session in this browser. Raises NotSignedIn, NotAllowed, Unavailable."""
        typed = name.strip().lower()[: LONGEST_NAME + 1]
        user = check_sign_in(self._door, typed, password)
        token = open_session(self._client, user.name, self._world)
        session.clear()  # a cookie from before the sign-in must be worth nothing after it
        login_user(SignedIn(token, user.actor()))
        session["user"] = user.name  # tells, once the session is over, that there was one
        return user.actor()

    def sign_out(self) -> None:
        """End the session, in the index first: a copied cookie is worthless from then on."""
        end_session(self._client, current_user.id)
        self._door.trail.write("sign-out", current_user.actor)
        logout_user()
        session.clear()

    def load(self, token: str) -> SignedIn | None:
        """Return who holds this session, None once it is over."""
        user = find_signed_in(self._client, token, self._world)
        return SignedIn(token, user.actor()) if user else None

    def organisation(self, code: str) -> Organisation:
        return read_organisation(self._client, code)


def make_login_manager(people: People) -> LoginManager:
    """Return flask-login's part: it keeps the token in the cookie and asks `people` whose it is."""
    manager = LoginManager()
    # A fingerprint of address and browser would sign people out whenever their network changes.
    manager.session_protection = None
    manager.user_loader(people.load)
    return manager
