"""Whether a user name and password are right: one answer for every failure."""

from dataclasses import dataclass

from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.errors import NotSignedIn
from indexer.people.actor import Actor
from indexer.people.failures import count_attempt, failures_key, forget_failures
from indexer.people.passwords import is_password
from indexer.people.users import User, read_user, refuse_if_not_entitled
from indexer.world import World

REFUSAL = (
    "That user name and password were not accepted. Check both and try again. "
    "After 5 tries a user name is locked for 15 minutes."
)

# What was typed as the name of no user is not kept: it may be a password in the wrong box.
NOBODY = Actor("", "practitioner", "")


@dataclass(frozen=True)
class Door:
    """What a sign-in needs: the index, the audit, and time."""

    client: Elasticsearch
    trail: Trail
    world: World


def check_sign_in(door: Door, name: str, password: str) -> User:
    """Return the user whose name and password these are.

    Raises NotSignedIn, always with the same words and after the same work, if the name is
    unknown, deactivated or locked or the password wrong; NotAllowed, saying why, if the password
    is right but the organisation is not switched on or the training has lapsed.
    """
    client, world = door.client, door.world
    user = read_user(client, name)
    key = failures_key(name, is_user=user is not None)
    is_locked = count_attempt(client, key, world)
    is_right = is_password(password, user.password_hash if user else None)
    if user is None or is_locked or not (is_right and user.active):
        door.trail.write("sign-in-refused", user.actor() if user else NOBODY)
        raise NotSignedIn(REFUSAL)
    forget_failures(client, key)
    refuse_if_not_entitled(client, user, world)
    door.trail.write("sign-in", user.actor())
    return user
