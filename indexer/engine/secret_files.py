"""Passwords and keys: made once, kept in files that only their owner can read."""

import base64
import os
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import get_args

from indexer.clients import Credential

# A front that is broken into must not be able to make a cookie or an address of the desk.
DESK_KEYS = ("desk-session.key", "desk-token.key")
KEYS = (
    *("register.key", "audit.key", "codes.key", "session.key", "token.key", "metrics.key"),
    *DESK_KEYS,
)
PASSWORDS = tuple(f"{credential}.password" for credential in get_args(Credential))


def make_secrets(folder: Path) -> None:
    """Make every secret that is not there yet; those that are stay as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in (*PASSWORDS, *KEYS):
        if not (folder / name).exists():
            write_privately(folder / name, random_secret() + "\n")


def random_secret() -> str:
    """Return 32 random bytes as 44 characters: the form a Fernet key has."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def write_privately(path: Path, text: str, owner: tuple[int, int] | None = None) -> None:
    """Write a file of mode 0600 in one step, so that nobody reads half of it or sees it open."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        if owner is not None:
            os.fchown(stream.fileno(), *owner)
        stream.flush()
        os.fsync(stream.fileno())
    beside.rename(path)


def remove_secrets(folder: Path, kept: Collection[str] = ()) -> None:
    """Remove what `make_secrets` made, but for those kept; the folder too if nothing is in it."""
    for name in {*PASSWORDS, *KEYS}.difference(kept):
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
