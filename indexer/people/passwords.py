"""Passwords: made, hashed with argon2id, and checked two at a time."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from indexer.errors import Refused, Unavailable

SHORTEST, LONGEST = 12, 200
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # nothing that reads like another letter
GROUPS, GROUP_LENGTH = 4, 5
WAIT_SECONDS = 10

# The argon2-cffi defaults are RFC 9106's low-memory choice: 64 MiB and some 50 ms a check. Two at
# once bound what a storm of sign-ins can take from the searches of the same process.
_hasher = PasswordHasher()
_at_once = BoundedSemaphore(2)
# Checked when there is no such user, so that an unknown name costs what a known one does.
_nobody = _hasher.hash(secrets.token_urlsafe())


def make_password() -> str:
    """Return a new password of 20 letters and digits in groups of five: 100 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_password(password: str) -> str:
    """Return the argon2id hash. Raises Refused for a password too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"a password has {SHORTEST} to {LONGEST} characters")
    with _turn():
        return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Say if this is the password; the same work for None, which stands for an unknown user."""
    with _turn():
        return _verifies(password_hash or _nobody, password[: LONGEST + 1]) and bool(password_hash)


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@contextmanager
def _turn() -> Iterator[None]:
    if not _at_once.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("too many people are signing in at this moment; try again in a minute")
    try:
        yield
    finally:
        _at_once.release()
