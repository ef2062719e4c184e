"""Browsers that are signed in without a sign-in: the cookie and the form's seal, made as the
application makes them, around a session that was opened in the index."""

from dataclasses import dataclass

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from indexer.people.sessions import open_session
from indexer.world import World
from webapp.service import KEY

SEAL = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Visit:
    """What a browser of one person sends: a header `Cookie`, and the field `csrf_token`."""

    name: str
    cookie: str = ""
    csrf: str = ""


def visit(app: Flask, name: str, mark: str, world: World) -> Visit:
    """Open a session of this person, who has set up; return what their browser sends."""
    service = app.extensions[KEY]
    token = open_session(service.door.client, service.process.name, name, mark, world)
    kept = {"_user_id": token, "user": name, "csrf_token": SEAL}
    sealed = app.session_interface.get_signing_serializer(app).dumps(kept)
    csrf = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(SEAL)
    return Visit(name, f"{app.config['SESSION_COOKIE_NAME']}={sealed}", csrf)
