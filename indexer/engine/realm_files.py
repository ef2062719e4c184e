"""The three files from which Elasticsearch learns who may do what: roles, users, users_roles.

Written by us and not by `elasticsearch-users`, which starts a JVM a user. Elasticsearch tells the
form of a password's digest by its prefix and takes `{PBKDF2}` whatever its own default is.
"""

import base64
import hashlib
import secrets
from typing import get_args

import yaml

from indexer.clients import Credential
from indexer.settings import Settings
from mappings.credentials import build_roles

PBKDF2_ROUNDS = 10_000  # the passwords hold 256 random bits, so more rounds would protect nothing
SALT_BYTES = 16
KEY_BYTES = 32


def realm_files(settings: Settings) -> dict[str, str]:
    """Return file name -> text, for a node's config folder; the passwords must have been made."""
    names = get_args(Credential)
    users = [f"{name}:{digest(settings.secret(f'{name}.password'))}" for name in names]
    roles = [f"{name}:{name}" for name in names]  # one role a credential, of the same name
    return {
        "roles.yml": yaml.safe_dump(build_roles(), sort_keys=False),
        "users": "\n".join([*users, ""]),
        "users_roles": "\n".join([*roles, ""]),
    }


def digest(password: str) -> str:
    """Return a password as Elasticsearch's `users` file holds it (Hasher.java, PBKDF2)."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, PBKDF2_ROUNDS, KEY_BYTES)
    encoded = [base64.b64encode(part).decode() for part in (salt, key)]
    return f"{{PBKDF2}}{PBKDF2_ROUNDS}${'$'.join(encoded)}"
