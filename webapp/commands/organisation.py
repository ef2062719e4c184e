"""`contactpoint organisation …`: authorities and partners, switched on as the roll-out proceeds."""

import click

from indexer.audit.trail import Trail
from indexer.clients import make_client
from indexer.people.operator import person_at_keyboard
from indexer.people.organisations import (
    Organisation,
    add_organisation,
    list_organisations,
    switch_on,
)
from indexer.settings import Settings
from indexer.world import REAL


@click.group()
def command() -> None:
    """Add, switch on and list organisations.

    Example: contactpoint organisation switch-on 359
    """


@command.command()
@click.argument("code")
@click.argument("name")
@click.option("--phone", default="", help="How to reach its ContactPoint team.")
def add(code: str, name: str, phone: str) -> None:
    """Add a national partner, not switched on yet: its short CODE and its NAME.

    Example: contactpoint organisation add childline "Childline" --phone "0800 000000"
    """
    settings = Settings.from_environment()
    client = make_client(settings, "desk")
    trail = Trail(client, settings, REAL)
    partner = Organisation(code, name, "partner", phone=phone)
    add_organisation(client, partner, person_at_keyboard(), trail)
    click.echo(f"Added {_line(partner)}")


@command.command(name="switch-on")
@click.argument("code")
@click.option("--phone", default="", help="How to reach its ContactPoint team.")
def switch_on_(code: str, phone: str) -> None:
    """Let the people of the organisation CODE sign in and search.

    Example: contactpoint organisation switch-on 359 --phone "01942 000000"
    """
    settings = Settings.from_environment()
    client = make_client(settings, "desk")
    trail = Trail(client, settings, REAL)
    switched = switch_on(client, code, person_at_keyboard(), trail, phone)
    click.echo(f"Switched on {_line(switched)}")


@command.command(name="list")
@click.option("--on", "only_on", is_flag=True, help="Only those that are switched on.")
def list_(only_on: bool) -> None:
    """List the organisations, one a line.

    Example: contactpoint organisation list --on
    """
    client = make_client(Settings.from_environment(), "desk")
    for organisation in list_organisations(client):
        if organisation.switched_on or not only_on:
            click.echo(_line(organisation))


def _line(organisation: Organisation) -> str:
    state = "on" if organisation.switched_on else "off"
    phone = f", {organisation.phone}" if organisation.phone else ""
    return f"{organisation.code}: {organisation.name}, {organisation.kind}, {state}{phone}"
