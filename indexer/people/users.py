"""The people who may use ContactPoint, and whether one of them may act now."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.errors import NotAllowed, NotFound, Refused
from indexer.people import documents
from indexer.people.actor import LEARNER, SEARCHERS, Actor, Role
from indexer.people.documents import Stored
from indexer.people.organisations import read_organisation
from indexer.people.passwords import hash_password, turn
from indexer.world import World
from mappings.names import USERS

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
MOST_LISTED = 10_000
TRAINING_LASTS = timedelta(days=366)  # a year, leap or not
INVITATION_LASTS = timedelta(days=14)


@dataclass(frozen=True)
class User:
    """One person. `trained_on` is None if no training is recorded.

    `password_hash` is of the password of their last invitation: it opens nothing but the page on
    which they choose their own and set up codes, once, and `invitation` names what that makes.
    """

    name: str
    role: Role
    organisation: str
    password_hash: str
    password_set_at: datetime
    trained_on: date | None = None
    active: bool = True
    invitation: str = ""

    def actor(self) -> Actor:
        return Actor(self.name, self.role, self.organisation)

    def actor_at(self, today: date, doors: Collection[Role]) -> Actor:
        """Return who they act as where these roles may come in: a learner without training."""
        needs_training = self.role in SEARCHERS and not is_trained(self.trained_on, today)
        role = LEARNER if needs_training and LEARNER in doors else self.role
        return Actor(self.name, role, self.organisation)

    def is_invited(self, now: datetime) -> bool:
        return now - self.password_set_at < INVITATION_LASTS

    def invited(self, password: str, world: World) -> "User":
        """Return the user with a new invitation: what they set up before is void, sessions end.

        Raises Refused (length of the password), Busy.
        """
        with turn():
            password_hash = hash_password(password)
        return replace(
            self,
            password_hash=password_hash,
            password_set_at=world.now(),
            invitation=world.token(),
        )


@dataclass(frozen=True)
class NewUser:
    """What must be said to add a user; `password` is that of the invitation."""

    name: str
    role: Role
    organisation: str
    password: str
    trained_on: date | None = None


def parse_user(source: Mapping[str, Any]) -> User:
    """Return the user a stored document describes."""
    trained_on = source.get("trained_on")
    return User(
        name=source["name"],
        role=source["role"],
        organisation=source["organisation"],
        password_hash=source["password_hash"],
        password_set_at=datetime.fromisoformat(source["password_set_at"]),
        trained_on=date.fromisoformat(trained_on) if trained_on else None,
        active=source["active"],
        invitation=source.get("invitation", ""),
    )


def build_user(user: User) -> dict[str, Any]:
    """Return the document to store: dates as ISO text."""
    trained_on = user.trained_on.isoformat() if user.trained_on else None
    stamps = {"trained_on": trained_on, "password_set_at": user.password_set_at.isoformat()}
    return asdict(user) | stamps


def add_user(client: Elasticsearch, new: NewUser, actor: Actor, trail: Trail, world: World) -> User:
    """Add a user; return it. Raises Refused (name taken or badly made), NotFound (organisation)."""
    if not NAME.fullmatch(new.name):
        raise Refused(
            "a user name is 2 to 64 small letters, digits and . _ - @, "
            "and begins with a letter or a digit"
        )
    read_organisation(client, new.organisation)
    named = User(new.name, new.role, new.organisation, "", world.now(), new.trained_on)
    user = named.invited(new.password, world)
    trail.write("user-added", actor, subject=user.name, said=user.role)
    if not documents.write(client, (USERS, user.name), build_user(user), None):
        trail.write("user-added", actor, subject=user.name, said="refused: the name is taken")
        raise Refused("this user name was taken at this moment; choose another")
    return user


def change_user(
    client: Elasticsearch,
    name: str,
    actor: Actor,
    trail: Trail,
    change: Callable[[User], User],
) -> User:
    """Replace a user that is there by what `change` makes of it; return it as it is now.

    Written only if nobody changed it in between. Raises NotFound, Refused.
    """
    stored = documents.read(client, USERS, name)
    if stored is None:
        raise NotFound(f"there is no user {name}; 'contactpoint user list' shows them all")
    before = parse_user(stored.source)
    user = change(before)
    trail.write("user-changed", actor, subject=name, said=", ".join(_changes(before, user)))
    _replace(client, stored, user)
    return user


def _changes(before: User, after: User) -> list[str]:
    """Return what changed: of a role, an organisation, a day of training also to what."""
    told = ("role", "organisation", "trained_on", "active")
    changed = [name for name, value in vars(after).items() if value != vars(before)[name]]
    return [f"{name} {getattr(after, name)}" if name in told else name for name in changed]


def _replace(client: Elasticsearch, stored: Stored, user: User) -> None:
    if not documents.write(client, (USERS, user.name), build_user(user), stored):
        raise Refused(f"someone else changed {user.name} at this moment: look again, then repeat")


def read_user(client: Elasticsearch, name: str) -> User | None:
    """Return the user, deactivated or not; None if there is none."""
    stored = documents.read(client, USERS, name) if NAME.fullmatch(name) else None
    return parse_user(stored.source) if stored else None


def list_users(client: Elasticsearch, organisation: str | None = None) -> list[User]:
    """Return the users by name, at most 10,000; of one organisation if given."""
    equal = {"organisation": organisation} if organisation else {}
    return [parse_user(one) for one in documents.find(client, USERS, "name", MOST_LISTED, **equal)]


def find_actor(client: Elasticsearch, name: str, world: World) -> Actor:
    """Return the user of this name as one who may act now. Raises NotAllowed with the reason."""
    user = read_user(client, name)
    if user is None:
        raise NotAllowed(f"there is no user {name}; 'contactpoint user list' shows them all")
    if not user.active:
        raise NotAllowed(f"the user {name} was deactivated")
    refuse_if_not_entitled(client, user, world)
    return user.actor()


def refuse_if_not_entitled(
    client: Elasticsearch, user: User, world: World, *, may_practise: bool = False
) -> None:
    """Raise NotAllowed unless the organisation is switched on and the training is recent, or only
    invented children can be reached."""
    organisation = read_organisation(client, user.organisation)
    if not organisation.switched_on:
        raise NotAllowed(
            f"{organisation.name} is not switched on for ContactPoint yet, so its people cannot "
            "search. Ask your organisation's ContactPoint team when it will be."
        )
    if user.role in SEARCHERS and not may_practise:
        _refuse_if_untrained(user.trained_on, world.today())


def is_trained(trained_on: date | None, today: date) -> bool:
    return trained_on is not None and today <= trained_on + TRAINING_LASTS


def _refuse_if_untrained(trained_on: date | None, today: date) -> None:
    if trained_on is None:
        raise NotAllowed(
            "No ContactPoint training is recorded for you, and only trained people may search. "
            "Ask your organisation's ContactPoint team to record it."
        )
    if not is_trained(trained_on, today):
        raise NotAllowed(
            f"Your ContactPoint training of {trained_on:%-d %B %Y} has lapsed: it lasts a year. "
            "Ask your organisation's ContactPoint team for the next course."
        )
