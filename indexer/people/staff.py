"""Keeping people: what a data manager does at the desk for their organisation, and an operator by
command for any. Who asks and whom it is about are in the audit before anything changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.errors import NotAllowed, NotFound, Refused
from indexer.people.actor import Actor
from indexer.people.enrolment import end_sessions
from indexer.people.passwords import make_password
from indexer.people.users import NewUser, User, add_user, change_user, list_users, read_user
from indexer.world import World

NOT_HERE = "There is nobody of this name in your organisation."
CANNOT_BE_USED = "this user name cannot be used; choose another"
NOT_YOURS = (
    "A data manager invites practitioners only. Data managers, shield officers and auditors are "
    "invited by an operator, with the contactpoint command."
)


@dataclass(frozen=True)
class Staff:
    """The people whom `actor` keeps: those of their organisation; an operator's are all."""

    client: Elasticsearch
    trail: Trail
    world: World
    actor: Actor

    def people(self) -> list[User]:
        """Return them by name."""
        return list_users(self.client, self.actor.organisation or None)

    def person(self, name: str) -> User:
        """Return one. Raises NotFound, with the same words for one of another organisation."""
        user = read_user(self.client, name)
        if user is None or not self._keeps(user.organisation):
            raise NotFound(NOT_HERE)
        return user

    def invite(self, new: NewUser) -> User:
        """Add a person who was not there. Raises Refused, NotAllowed, NotFound (organisation)."""
        if not self._keeps(new.organisation):
            raise NotFound(NOT_HERE)
        self._refuse_unless_theirs(new.role)
        self._refuse_if_taken(new.name)
        return add_user(self.client, new, self.actor, self.trail, self.world)

    def invite_again(self, name: str, checked: str) -> str:
        """Make a person's password and codes void; return the password of their new invitation.

        `checked` says how the one who does it made sure who is asking; it is in the audit beside
        both their names. Raises Refused without it.
        """
        if not checked.strip():
            raise Refused("Say how you made sure who is asking")
        user = self.person(name)
        self._refuse_unless_theirs(user.role)
        self.trail.write("codes-reset", self.actor, subject=name, reason=checked.strip())
        password = make_password()
        self._change(name, lambda user: user.invited(password, self.world))
        return password

    def record_training(self, name: str, trained_on: date) -> User:
        """Note when a person was trained. Raises Refused for a day to come, or for oneself."""
        if trained_on > self.world.today():
            raise Refused("Enter a day that is not in the future")
        self._refuse_oneself(name)
        return self._change(name, lambda user: replace(user, trained_on=trained_on))

    def set_active(self, name: str, is_active: bool) -> User:
        """Let a person in again, or shut them out at once. Raises Refused for oneself."""
        self._refuse_oneself(name)
        before = self.person(name)
        if is_active:
            self._refuse_unless_theirs(before.role)
        if is_active and not before.active:  # else a session from before would be good again
            end_sessions(self.client, name, self.world)
        return self._change(name, lambda user: replace(user, active=is_active))

    def _change(self, name: str, change: Callable[[User], User]) -> User:
        self.person(name)
        return change_user(self.client, name, self.actor, self.trail, change)

    def _refuse_if_taken(self, name: str) -> None:
        """Raise Refused, which tells nobody who is in another organisation."""
        taken = read_user(self.client, name)
        if taken is None:
            return
        if not self._keeps(taken.organisation):
            raise Refused(CANNOT_BE_USED)
        raise Refused(f"there is a user {name} already; 'contactpoint user set' changes one")

    def _keeps(self, organisation: str) -> bool:
        return self.actor.role == "operator" or organisation == self.actor.organisation

    def _refuse_unless_theirs(self, role: str) -> None:
        if self.actor.role != "operator" and role != "practitioner":
            raise NotAllowed(NOT_YOURS)

    def _refuse_oneself(self, name: str) -> None:
        if name == self.actor.name and self.actor.organisation:
            raise Refused("Another data manager, or an operator, does this for you")
