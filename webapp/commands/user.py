"""`contactpoint user …`: the people who may sign in."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.engine.secret_files import write_privately
from indexer.errors import Refused
from indexer.people.actor import ROLES, SEARCHERS, Role
from indexer.people.enrolment import is_for_desk
from indexer.people.imports import Joining, invite_all
from indexer.people.operator import person_at_keyboard
from indexer.people.organisations import read_organisation
from indexer.people.passwords import make_password
from indexer.people.staff import Staff
from indexer.people.users import NewUser, User, change_user, list_users
from indexer.settings import Settings
from indexer.world import REAL

A_DAY = click.DateTime(["%Y-%m-%d"])
ROLE = click.Choice(ROLES)
NEW_FILE = click.Path(dir_okay=False, path_type=Path, writable=True)
CHECKED = "by an operator on the server"
SOME_REJECTED = 3
PASSWORD_FILE = click.Path(dir_okay=False, path_type=Path, exists=True)


@click.group()
def command() -> None:
    """Add, change and list the people who may sign in.

    Example: contactpoint user add amira --role practitioner --organisation 359
    """


@command.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True)
@click.option("--organisation", required=True, metavar="CODE")
@click.option("--trained-on", type=A_DAY, help="Day of the training, as 2026-03-09.")
@click.option("--password-file", type=PASSWORD_FILE, help="Take the password from this file.")
def add(
    name: str,
    role: Role,
    organisation: str,
    trained_on: datetime | None,
    password_file: Path | None,
) -> None:
    """Invite the user NAME; prints a password to begin with unless a file gives it.

    Example: contactpoint user add amira --role practitioner --organisation 359
    --trained-on 2026-03-09
    """
    password = _password(password_file)
    trained = trained_on.date() if trained_on else None
    user = _staff().invite(NewUser(name, role, organisation, password, trained))
    click.echo(f"Added {_line(user)}")
    _say_password(password, password_file)
    _say_what_is_missing(user)


@command.command(name="set")
@click.argument("name")
@click.option("--role", type=ROLE)
@click.option("--organisation", metavar="CODE")
@click.option("--trained-on", type=A_DAY, help="Day of the training, as 2026-03-09.")
@click.option("--new-password", is_flag=True, help="Invite again: resets password and codes.")
@click.option("--active", is_flag=True, help="Let a deactivated user sign in again.")
def set_user(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    role: Role | None,
    organisation: str | None,
    trained_on: datetime | None,
    new_password: bool,
    active: bool,
) -> None:
    """Change what is given of the user NAME, and leave the rest.

    Example: contactpoint user set amira --trained-on 2027-03-02
    """
    staff = _staff()
    before = staff.person(name)
    if role and is_for_desk(role) != is_for_desk(before.role) and not new_password:
        raise Refused(
            "password and codes of a practitioner are not those of another role: add "
            "--new-password, and hand it over"
        )
    if organisation:
        read_organisation(staff.client, organisation)
    password = make_password() if new_password else ""

    def changed(user: User) -> User:
        day = trained_on.date() if trained_on else user.trained_on
        user = replace(user, role=role or user.role, trained_on=day)
        user = replace(user, organisation=organisation or user.organisation)
        # In one write: a new role under the old invitation would be set up with the old password.
        return user.invited(password, staff.world) if password else user

    if password:
        staff.trail.write("codes-reset", staff.actor, subject=name, reason=CHECKED)
    user = change_user(staff.client, name, staff.actor, staff.trail, changed)
    if password:
        _say_password(password, None)
    user = staff.set_active(name, is_active=True) if active else user
    click.echo(f"Changed {_line(user)}")


@command.command()
@click.argument("name")
def deactivate(name: str) -> None:
    """Shut the user NAME out, at once; the name stays taken, as the audit speaks of it.

    Example: contactpoint user deactivate amira
    """
    click.echo(f"Deactivated {_staff().set_active(name, is_active=False).name}")


@command.command(name="import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, exists=True))
@click.option("--organisation", required=True, metavar="CODE")
@click.option("--role", type=ROLE, default="practitioner", show_default=True)
@click.option("--passwords", type=NEW_FILE, required=True, help="Where to write them; not there.")
def import_(file: Path, organisation: str, role: Role, passwords: Path) -> None:
    """Invite everybody in a CSV FILE with the columns name and trained_on.

    The same file again invites those who were not there. Exit code 3: some lines were refused.

    Example: contactpoint user import staff.csv --organisation 359 --passwords passwords.csv
    """
    if passwords.exists():  # those of the time before may not be handed over yet
        raise Refused(f"{passwords} is there already: name another file")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(stream)  # a byte that is no text stops it before anybody is in
    done = list(invite_all(_staff(), lines, Joining(organisation, role)))
    invited = [one for one in done if not one.error]
    refused = [one for one in done if one.error]
    write_privately(passwords, "".join(f"{one.name},{one.password}\n" for one in invited))
    click.echo(f"Invited {len(invited)}; their passwords are in {passwords}")
    for one in refused:
        click.echo(f"Line {one.line}: {one.error}", err=True)
    if refused:
        sys.exit(SOME_REJECTED)


@command.command(name="list")
@click.option("--organisation", metavar="CODE", help="Only those of this organisation.")
def list_(organisation: str | None) -> None:
    """List the users, one a line.

    Example: contactpoint user list --organisation 359
    """
    client = make_client(Settings.from_environment(), "desk")
    for user in list_users(client, organisation):
        click.echo(_line(user))


def _staff() -> Staff:
    settings = Settings.from_environment()
    client = make_client(settings, "desk")
    trail = Trail(client, settings, REAL)
    return Staff(client, trail, REAL, person_at_keyboard())


def _password(file: Path | None) -> str:
    """Return the file's first line; typed at a terminal if the reader wants to; else a new one."""
    if file:
        return file.read_text().splitlines()[0]
    if sys.stdin.isatty():
        typed: str = click.prompt(
            "Password (empty: make one)", default="", hide_input=True, show_default=False
        )
        return typed or make_password()
    return make_password()


def _say_password(password: str, file: Path | None) -> None:
    if file is None:
        click.echo(f"Password: {password}")
        click.echo(
            "Hand it over in person; it is shown this once. It works once, within 14 days: with "
            "it they choose a password of their own and set up codes."
        )


def _say_what_is_missing(user: User) -> None:
    if user.trained_on is None and user.role in SEARCHERS:
        click.echo(
            f"No training is recorded, so {user.name} cannot search yet: "
            f"run 'contactpoint user set {user.name} --trained-on DATE'."
        )


def _line(user: User) -> str:
    trained = f"trained {user.trained_on}" if user.trained_on else "not trained"
    state = "" if user.active else ", deactivated"
    return f"{user.name}: {user.role}, {user.organisation}, {trained}{state}"
