"""Whether user name, password and code are right: one answer for every failure, in text and time.

Every sign-in that is tried reads the same, checks one password and three codes, and if it fails
writes the same: the counts and the audit. One that is held is refused unseen, user or not, and
writes nothing: the try with which the hold began is in the audit.
"""

from dataclasses import dataclass
from datetime import datetime

from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.errors import NotAllowed, NotSignedIn, Refused, WrongCode
from indexer.people.actor import LEARNER, Actor, Role
from indexer.people.codes import CodeKeeper, make_code_secret, matching_step
from indexer.people.enrolment import (
    ENDED,
    Person,
    Ticket,
    Tickets,
    is_for_desk,
    new_enrolment,
    read_person,
    use_step,
    write_enrolment,
)
from indexer.people.failures import Place, count_failure, forget_failures, is_held
from indexer.people.passwords import hash_password, is_password, turn, weakness
from indexer.people.users import User, refuse_if_not_entitled
from indexer.world import World

REFUSAL = (
    "That was not accepted. Check user name, password and code, and try again; each code works "
    "once, so wait for the next one. After 5 wrong tries there is a pause, of 30 seconds at first "
    "and of 15 minutes at most."
)
WRONG_CODE = "That code is not right. Enter the one that your app shows now"

WRONG_DOOR = (
    "Your role does not sign in here. Practitioners sign in where children are searched for; "
    "auditors and operators at the desk; data managers and shield officers at both."
)
DESK_FIRST = "Sign in at the desk once, to choose a password and set up codes. Then sign in here."

# What was typed as the name of no user is not kept: it may be a password in the wrong box.
NOBODY = Actor("", "practitioner", "")


@dataclass(frozen=True)
class Door:
    """What a sign-in needs. `roles` are those that this process is for; `writes_desk` says that
    those who work at the desk can set up their codes through it."""

    client: Elasticsearch
    trail: Trail
    world: World
    keeper: CodeKeeper
    tickets: Tickets
    roles: frozenset[Role]
    writes_desk: bool


@dataclass(frozen=True)
class Typed:
    """What was typed to sign in; `code` is empty before codes are set up."""

    name: str
    password: str
    code: str


@dataclass(frozen=True)
class Admitted:
    """Who may come in, and the mark of their password and codes for the session."""

    user: User
    mark: str


def check_sign_in(door: Door, typed: Typed, place: Place) -> Admitted | Ticket:
    """Return who was admitted; a ticket for setting up, of one who has an invitation only.

    Raises NotSignedIn, always with the same words, if the name is unknown, deactivated or held,
    the password or the code wrong or the code used; NotAllowed, saying why, if all is right but
    the role, the organisation or the training.
    """
    person = _check_in_turn(door, typed, place)
    forget_failures(door.client, typed.name, place)
    _refuse_if_not_entitled(door, person)
    if person.enrolment is None:
        return Ticket(typed.name, person.user.invitation, make_code_secret(door.world))
    door.trail.write("sign-in", person.user.actor_at(door.world.today(), door.roles))
    return Admitted(person.user, person.enrolment.mark)


def begin_anew(door: Door, typed: Typed, place: Place) -> Ticket:
    """Return a ticket for a new password and new codes, of one who has both and shows it.

    Raises NotSignedIn as a sign-in does, and counts as one.
    """
    person = _check_in_turn(door, typed, place)
    forget_failures(door.client, typed.name, place)
    mark = person.enrolment.mark if person.enrolment else ""
    secret = make_code_secret(door.world)
    return Ticket(typed.name, person.user.invitation, secret, mark)


def finish_enrolment(door: Door, ticket: Ticket, password: str, code: str) -> Admitted:
    """Keep the password and the codes that were set up, and admit the person.

    Raises Refused, with what to do, if the password is weak; WrongCode; NotSignedIn if the
    invitation is over or was used meanwhile.
    """
    step = _right_step(door, ticket, password, code)
    person = read_person(door.client, ticket.user)
    if person is None or not _may_set_up(person, ticket, door.world):
        raise NotSignedIn(ENDED)
    with turn():
        password_hash = hash_password(password)
    sealed = door.keeper.seal(ticket.user, ticket.secret)
    enrolment = new_enrolment(person.user, password_hash, sealed, door.world)
    door.trail.write("codes-set-up", person.user.actor(), subject=ticket.user)
    if not write_enrolment(door.client, person, enrolment):
        raise NotSignedIn(ENDED)
    use_step(door.client, ticket.user, step, door.world)  # nor does this code work again
    door.trail.write("sign-in", person.user.actor_at(door.world.today(), door.roles))
    return Admitted(person.user, enrolment.mark)


def _check_in_turn(door: Door, typed: Typed, place: Place) -> Person:
    """Return the person if all is right. Raises NotSignedIn, Busy.

    Who is held takes no turn from others. It is asked again in one's turn: of many guesses sent at
    one moment, those that waited would else all be looked at.
    """
    _refuse_if_held(door, typed.name, place)
    with turn():
        _refuse_if_held(door, typed.name, place)
        return _check(door, typed, place)


def _refuse_if_held(door: Door, name: str, place: Place) -> None:
    """Raise NotSignedIn during a pause; that tells of guesses made from here, not of users."""
    if is_held(door.client, name, place, door.world.now()):
        raise NotSignedIn(REFUSAL)


def _check(door: Door, typed: Typed, place: Place) -> Person:
    """Return the person if all is right. Raises NotSignedIn, after counting and audit."""
    person = read_person(door.client, typed.name)
    if not _is_right(door, person, typed) or person is None:
        begins_hold = count_failure(door.client, typed.name, place, door.world)
        said = {"said": "held"} if begins_hold else {}
        door.trail.write("sign-in-refused", person.user.actor() if person else NOBODY, **said)
        raise NotSignedIn(REFUSAL)
    return person


def _is_right(door: Door, person: Person | None, typed: Typed) -> bool:
    """Say if password and code are right; the same work for everybody and for nobody."""
    enrolment = person.enrolment if person else None
    now = door.world.now()
    secret = door.keeper.open(typed.name, enrolment.code_secret if enrolment else None)
    step = matching_step(secret, typed.code, now)
    is_theirs = is_password(typed.password, _password_hash(person, now))
    if person is None or not (is_theirs and person.user.active):
        return False
    if enrolment is None:
        return True
    return step is not None and use_step(door.client, typed.name, step, door.world)


def _password_hash(person: Person | None, now: datetime) -> str | None:
    """Return the hash that counts: their own; that of an invitation that is not over; none."""
    if person is None:
        return None
    if person.enrolment is not None:
        return person.enrolment.password_hash
    return person.user.password_hash if person.user.is_invited(now) else None


def _refuse_if_not_entitled(door: Door, person: Person) -> None:
    """Raise NotAllowed, after the audit, if role, organisation or training do not let them in."""
    user = person.user
    try:
        if user.role not in door.roles:
            raise NotAllowed(WRONG_DOOR)
        if person.enrolment is None and is_for_desk(user.role) and not door.writes_desk:
            raise NotAllowed(DESK_FIRST)
        may_practise = LEARNER in door.roles
        refuse_if_not_entitled(door.client, user, door.world, may_practise=may_practise)
    except NotAllowed as error:
        door.trail.write("sign-in-refused", user.actor(), said=str(error))
        raise


def _right_step(door: Door, ticket: Ticket, password: str, code: str) -> int:
    """Return the step of the code. Raises Refused for a weak password, WrongCode."""
    weak = weakness(password, ticket.user)
    if weak:
        raise Refused(weak)
    step = matching_step(ticket.secret, code, door.world.now())
    if step is None:
        raise WrongCode(WRONG_CODE)
    return step


def _may_set_up(person: Person, ticket: Ticket, world: World) -> bool:
    """Say if nothing changed since the ticket was given: neither a new invitation nor a setting up
    elsewhere."""
    user, mark = person.user, person.enrolment.mark if person.enrolment else ""
    is_same = user.active and (user.invitation, mark) == (ticket.invitation, ticket.mark)
    return is_same and (bool(mark) or user.is_invited(world.now()))
