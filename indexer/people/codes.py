"""Time-based codes (RFC 6238): the secret a phone shares with us, and which code is right when.

A code is right in its step of 30 seconds, in the one before and in the one after, as clocks differ.
"""

import hmac
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from indexer.errors import Unavailable
from indexer.world import World

STEP_SECONDS = 30
DIGITS = 6
SECRET_LENGTH = 32  # of five bits each: the 160 that RFC 4226 recommends
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ISSUER = "ContactPoint"


def make_code_secret(world: World) -> str:
    """Return a new secret, in base 32 as authenticator apps take it."""
    return "".join(LETTERS[world.below(len(LETTERS))] for _ in range(SECRET_LENGTH))


def current_step(now: datetime) -> int:
    """Return the number of the step of 30 seconds, counted from 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """Return the six digits of one step."""
    return pyotp.HOTP(secret, digits=DIGITS).at(step)


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """Return the step whose code was typed, the newest that fits; None if it is not right now.

    The same work whether it is right or not.
    """
    code = "".join(typed.split()).encode()
    newest = current_step(now) + 1
    steps = (newest, newest - 1, newest - 2)
    right = [one for one in steps if hmac.compare_digest(code_at(secret, one).encode(), code)]
    return right[0] if right else None


def enrolment_address(user: str, secret: str) -> str:
    """Return what the QR code says to an authenticator app."""
    return pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=user, issuer_name=ISSUER)


def qr_code(text: str) -> str:
    """Return an SVG to stand inside a page: no script, no style, as large as the page lets it."""
    return segno.make_qr(text, error="m").svg_inline(omitsize=True)


class CodeKeeper:
    """Seals secrets under a key that is not in Elasticsearch: who reads the index has no code."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(key)
        self._nobodys = self.seal("", LETTERS)

    def seal(self, user: str, secret: str) -> str:
        """Return the secret of one user, sealed; it opens for no other."""
        return self._fernet.encrypt(f"{user} {secret}".encode()).decode()

    def open(self, user: str, sealed: str | None) -> str:
        """Return the secret; of None a secret that nobody has, for the same work.

        Raises Unavailable if it is another user's, or sealed with another key.
        """
        try:
            opened = self._fernet.decrypt(sealed or self._nobodys).decode()
        except InvalidToken:
            opened = ""
        owner, _, secret = opened.partition(" ")
        if not secret or (sealed and owner != user):
            raise Unavailable("a code's secret does not open: the file codes.key is another's")
        return secret
