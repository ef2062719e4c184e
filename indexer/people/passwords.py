"""Passwords: made, chosen, hashed with argon2id, and checked two at a time."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from indexer.errors import Busy, Refused

SHORTEST, LONGEST = 12, 128
FEWEST_LETTERS = 5  # different ones; "aaaaaaaaaaaa" and "121212121212" have fewer
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # nothing that reads like another letter
GROUPS, GROUP_LENGTH = 4, 5
WAIT_SECONDS = 5

# The argon2-cffi defaults are RFC 9106's low-memory choice: 64 MiB and some 50 ms a check. Two at
# once bound what a storm of sign-ins can take from the searches of the same process.
_hasher = PasswordHasher()
_at_once = BoundedSemaphore(2)
# Checked when there is no such user, so that an unknown name costs what a known one does.
_nobody = _hasher.hash(secrets.token_urlsafe())


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to check or hash a password. Raises Busy if it does not come."""
    if not _at_once.acquire(timeout=WAIT_SECONDS):
        raise Busy("too many people are signing in at this moment; try again in a minute")
    try:
        yield
    finally:
        _at_once.release()


def make_password() -> str:
    """Return a new password of 20 letters and digits in groups of five: 100 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_password(password: str) -> str:
    """Return the argon2id hash. Raises Refused for a password too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"a password has {SHORTEST} to {LONGEST} characters")
    return _hasher.hash(password)


def weakness(password: str, name: str) -> str:
    """Return why nobody should choose this password, empty if it will do (NIST SP 800-63B, 5.1.1).

    Length is what counts; no signs or digits are asked for.
    """
    bare = _bare(password)
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Choose a password of {SHORTEST} to {LONGEST} characters"
    if bare in common_passwords() or len(set(bare)) < FEWEST_LETTERS:
        return "Choose another password: many people use this one, or one like it"
    if len(bare.replace(_bare(name), "").replace("contactpoint", "")) < SHORTEST // 2:
        return "Choose a password with less of your user name or of ContactPoint in it"
    return ""


@cache
def common_passwords() -> frozenset[str]:
    """Return passwords that many people use, without capitals and signs."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(map(_bare, lines.splitlines()))


def is_password(password: str, password_hash: str | None) -> bool:
    """Say if this is the password; the same work for None, which stands for an unknown user.

    To be asked in one's `turn`.
    """
    return _verifies(password_hash or _nobody, password[: LONGEST + 1]) and bool(password_hash)


def _bare(password: str) -> str:
    return "".join(filter(str.isalnum, password.casefold()))


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
