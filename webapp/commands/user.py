"""`contactpoint user …`: the people who may sign in."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.people.actor import ROLES, SEARCHERS, Role
from indexer.people.operator import person_at_keyboard
from indexer.people.organisations import read_organisation
from indexer.people.passwords import hash_password, make_password
from indexer.people.users import NewUser, User, add_user, change_user, list_users
from indexer.settings import Settings
from indexer.world import REAL

A_DAY = click.DateTime(["%Y-%m-%d"])
ROLE = click.Choice(ROLES)
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
    """Add the user NAME; prints a new password once unless a file gives it.

    Example: contactpoint user add amira --role practitioner --organisation 359
    --trained-on 2026-03-09
    """
    password = _password(password_file)
    trained = trained_on.date() if trained_on else None
    settings = Settings.from_environment()
    client = make_client(settings, "desk")
    trail = Trail(client, settings, REAL)
    new = NewUser(name, role, organisation, password, trained)
    user = add_user(client, new, person_at_keyboard(), trail, REAL)
    click.echo(f"Added {_line(user)}")
    _say_password(password, password_file)
    _say_what_is_missing(user)


@command.command(name="set")
@click.argument("name")
@click.option("--role", type=ROLE)
@click.option("--organisation", metavar="CODE")
@click.option("--trained-on", type=A_DAY, help="Day of the training, as 2026-03-09.")
@click.option("--new-password", is_flag=True, help="Make a new password; ends their sessions.")
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
    password = make_password() if new_password else None
    organisation = _checked(organisation)

    def changed(user: User) -> User:
        day = trained_on.date() if trained_on else user.trained_on
        user = replace(user, role=role or user.role, trained_on=day)
        user = replace(user, organisation=organisation or user.organisation)
        user = replace(user, active=active or user.active)
        return _with_password(user, password)

    click.echo(f"Changed {_line(_change(name, changed))}")
    if password:
        _say_password(password, None)


@command.command()
@click.argument("name")
def deactivate(name: str) -> None:
    """Shut the user NAME out, at once; the name stays taken, as the audit speaks of it.

    Example: contactpoint user deactivate amira
    """
    click.echo(f"Deactivated {_change(name, lambda user: replace(user, active=False)).name}")


@command.command(name="list")
@click.option("--organisation", metavar="CODE", help="Only those of this organisation.")
def list_(organisation: str | None) -> None:
    """List the users, one a line.

    Example: contactpoint user list --organisation 359
    """
    client = make_client(Settings.from_environment(), "desk")
    for user in list_users(client, organisation):
        click.echo(_line(user))


def _change(name: str, change: Callable[[User], User]) -> User:
    settings = Settings.from_environment()
    client = make_client(settings, "desk")
    trail = Trail(client, settings, REAL)
    return change_user(client, name, person_at_keyboard(), trail, change)


def _checked(organisation: str | None) -> str | None:
    if organisation:
        read_organisation(make_client(Settings.from_environment(), "desk"), organisation)
    return organisation


def _with_password(user: User, password: str | None) -> User:
    if password is None:
        return user
    return replace(user, password_hash=hash_password(password), password_set_at=REAL.now())


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
        click.echo("Hand it over in person; it is shown this once.")


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
