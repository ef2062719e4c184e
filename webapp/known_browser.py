"""The cookie of a browser in which somebody signed in before: guesses made elsewhere do not hold
them up there (OWASP calls it a device cookie). It proves nothing else and opens nothing."""

from datetime import timedelta
from hashlib import sha256

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from indexer.people.failures import Place
from indexer.world import World

LASTS = timedelta(days=30)
NONCE_BITS = 128


def known_place(name: str) -> Place | None:
    """Return the place that is this browser, if this very name signed in here before."""
    sealed = request.cookies.get(_cookie(), "")
    try:
        owner, nonce = _seals().loads(sealed, max_age=int(LASTS.total_seconds()))
    except (BadSignature, ValueError):
        return None
    return Place(f"browser {nonce}", is_known=True) if owner == _digest(name) else None


def keep_known(name: str, world: World) -> None:
    """Let the answer to this request make the browser known for this name, under a fresh number."""
    nonce = f"{world.below(2**NONCE_BITS):032x}"
    sealed = _seals().dumps([_digest(name), nonce])

    @after_this_request
    def _(response: Response) -> Response:
        response.set_cookie(
            _cookie(),
            sealed,
            max_age=LASTS,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
        return response


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def _seals() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="known-browser")
