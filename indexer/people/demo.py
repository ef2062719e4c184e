"""The people of a demo: one for each role, with codes whose secret the demo keeps in a file.

Nobody else's secret is in any file, so no command can tell another person's code.
"""

from collections.abc import Callable
from dataclasses import dataclass

from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.engine.secret_files import write_privately
from indexer.errors import Refused
from indexer.people.actor import ROLES, Actor, Role
from indexer.people.codes import (
    STEP_SECONDS,
    CodeKeeper,
    code_at,
    current_step,
    make_code_secret,
)
from indexer.people.enrolment import new_enrolment, read_person, write_enrolment
from indexer.people.organisations import switch_on
from indexer.people.passwords import hash_password, make_password
from indexer.people.users import NewUser, add_user
from indexer.settings import Settings
from indexer.world import REAL

AUTHORITY = "359"
CODES = "codes.secret"


@dataclass(frozen=True)
class SignIn:
    """Who signs in, and with what; the role is for people to read."""

    name: str
    role: Role
    password: str


def add_demo_people(settings: Settings, actor: Actor) -> list[SignIn]:
    """Add one user for each role and set them up; their passwords are kept for the next time."""
    client = make_client(settings, "desk")
    trail = Trail(client, settings, REAL)
    switch_on(client, AUTHORITY, actor, trail, phone="01632 960000")
    people = [_sign_in(settings, role) for role in ROLES]
    for one in people:
        if read_person(client, one.name) is None:
            new = NewUser(one.name, one.role, AUTHORITY, one.password, REAL.today())
            add_user(client, new, actor, trail, REAL)
        set_up_with(settings, one, _code_secret(settings))
    return people


def code_now(settings: Settings) -> str:
    """Return the code of this moment, and how long it lasts. Raises Refused where no demo made its
    people."""
    if not (settings.home / "demo" / CODES).exists():
        raise Refused("there is no demo here, and codes of other people are on their phones alone")
    now = REAL.now()
    left = STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS
    code = code_at(_code_secret(settings), current_step(now))
    return f"{code[:3]} {code[3:]}   ({left:>2} more seconds, then the next)"


def _sign_in(settings: Settings, role: Role) -> SignIn:
    return SignIn(f"demo-{role}", role, _kept(settings, f"{role}.password", make_password))


def set_up_with(settings: Settings, one: SignIn, secret: str) -> None:
    """Set up a person who was invited with a secret that is known beforehand: for a demo and for
    tests. Who has set up already is left alone."""
    client = make_client(settings, "desk")
    person = read_person(client, one.name)
    if person is None or person.enrolment is not None:
        return
    sealed = CodeKeeper(settings.secret("codes.key")).seal(one.name, secret)
    enrolment = new_enrolment(person.user, hash_password(one.password), sealed, REAL)
    write_enrolment(client, person, enrolment)


def _code_secret(settings: Settings) -> str:
    return _kept(settings, CODES, lambda: make_code_secret(REAL))


def _kept(settings: Settings, name: str, make: Callable[[], str]) -> str:
    """Return a secret of the demo, kept beside its feeds."""
    file = settings.home / "demo" / name
    if not file.exists():
        write_privately(file, make())
    return file.read_text().strip()
