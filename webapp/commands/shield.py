"""`contactpoint shield …`: what shield officers decide, at this server's keyboard."""

import csv
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click

from indexer.clients import make_client
from indexer.errors import Refused
from indexer.people.actor import Actor
from indexer.people.operator import person_at_keyboard
from indexer.people.organisations import read_organisation
from indexer.people.users import find_actor
from indexer.settings import Settings
from indexer.shields.events import Shield
from indexer.shields.imports import check_columns, import_shields
from indexer.shields.journal import Journal
from indexer.shields.journal_copy import copy_journal
from indexer.shields.purge import purge_builds
from indexer.shields.shielding import Outcome, Shielding
from indexer.shields.subject import parse_subject
from indexer.shields.verify import Verdict, Verification
from indexer.world import REAL

SOME_REJECTED = 3
Act = Callable[[Shielding, str, Actor, str], list[Shield]]

as_officer = click.option("--as", "user", required=True, help="The shield officer who decides.")
for_reason = click.option("--reason", required=True, help="Why; it is kept with the shield.")


@click.group()
def command() -> None:
    """Hide children, and see to it that they stay hidden.

    Example: contactpoint shield set 100000000017 --as olga --reason "court order"
    """


@command.command(name="set")
@click.argument("number", required=False, default="")
@click.option("--row", default="", metavar="SOURCE:ID", help="The child of this row of a source.")
@click.option("--name", default="", help="The child of these names, in any order; with --born.")
@click.option("--born", type=click.DateTime(["%Y-%m-%d"]), help="The date of birth.")
@as_officer
@for_reason
def set_(  # noqa: PLR0913, PLR0917 - one argument an option
    number: str, row: str, name: str, born: datetime | None, user: str, reason: str
) -> None:
    """Hide the child with this NUMBER (ContactPoint, NHS or UPN), this row, or this name and date.

    A child who has not come yet is hidden from the moment of its first row. When this ends the
    child can no longer be found or shown.

    Example: contactpoint shield set --row school-census:SC-0001234 --as olga --reason "court order"
    """
    subject = parse_subject(number, row, name, born.date() if born else None)
    shielding, officer = _begin(user)
    click.echo(_said_of(shielding.shield(subject, officer, reason)))


def _said_of(outcome: Outcome) -> str:
    state = "set" if outcome.is_new else "was set already"
    hides = ", ".join(outcome.numbers) or "nobody yet; the child is hidden when it comes"
    lines = [f"Shield {outcome.shield} {state}. It hides: {hides}"]
    if outcome.held:
        lines.append(
            f"Hidden too, for they may be the same child: {', '.join(outcome.held)}. Decide about "
            "them: contactpoint matches list --held"
        )
    if outcome.household:
        lines.append(
            "WARNING: children of the same address or carer can be found, and may tell where the "
            f"child is: {', '.join(outcome.household)}"
        )
    return "\n".join(lines)


def _begin(user: str) -> tuple[Shielding, Actor]:
    settings = Settings.from_environment()
    officer = find_actor(make_client(settings, "front"), user, REAL)
    return Shielding(settings, REAL), officer


@command.command()
@click.argument("number")
@as_officer
@for_reason
def review(number: str, user: str, reason: str) -> None:
    """Say that the shield of NUMBER is still needed; due every six months.

    NUMBER is the child's ContactPoint number or the shield's name, here and below.

    Example: contactpoint shield review 100000000017 --as olga --reason "order renewed"
    """
    _do(Shielding.review, number, user, reason, "Reviewed")


@command.command(name="hand-over")
@click.argument("number")
@click.option("--to", required=True, metavar="AUTHORITY", help="The code of the new authority.")
@as_officer
@for_reason
def hand_over(number: str, to: str, user: str, reason: str) -> None:
    """Offer the shield of NUMBER to another authority; it stays yours until they accept.

    Example: contactpoint shield hand-over 100000000017 --to 383 --as olga --reason "moved"
    """
    read_organisation(make_client(Settings.from_environment(), "front"), to)
    shielding, officer = _begin(user)
    for one in shielding.hand_over(number, to, officer, reason):
        click.echo(f"Offered to {to}: {one.name}")


@command.command()
@click.argument("number")
@as_officer
@for_reason
def accept(number: str, user: str, reason: str) -> None:
    """Take over the shield of NUMBER that another authority offered.

    Example: contactpoint shield accept 100000000017 --as noor --reason "lives here now"
    """
    _do(Shielding.accept, number, user, reason, "Taken over")


@command.command()
@click.argument("number")
@as_officer
@for_reason
def lift(number: str, user: str, reason: str) -> None:
    """Lift the shield of NUMBER; another officer than the one who set it must.

    Example: contactpoint shield lift 100000000017 --as omar --reason "order ended"
    """
    _do(Shielding.lift, number, user, reason, "Lifted")


def _do(act: Act, number: str, user: str, reason: str, done: str) -> None:
    shielding, officer = _begin(user)
    for one in act(shielding, number, officer, reason):
        click.echo(f"{done}: {one.name}")


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_officer
def import_(file: Path, user: str) -> None:
    """Set a shield for every line of FILE: a CSV with the columns child, authority and reason.

    Instead of child, or beside it, there may be row (SOURCE:ID), or name and born (YYYY-MM-DD):
    each line fills one of them. Prints the lines that were refused; the same command again is
    harmless.

    Example: contactpoint shield import shields.csv --as olga
    """
    shielding, officer = _begin(user)
    result = import_shields(shielding, _lines(file), officer)
    for number, why in result.refused:
        click.echo(f"line {number}: {why}")
    click.echo(f"Set: {result.new:,}; were set already: {result.standing:,}.")
    if result.refused:
        sys.exit(SOME_REJECTED)


def _lines(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with file.open(newline="", encoding="utf-8-sig") as stream:
        rows = csv.DictReader(stream)
        check_columns(rows.fieldnames or ())
        for row in rows:
            yield rows.line_num, {name: value or "" for name, value in row.items() if name}


@command.command(name="list")
@click.option("--due", is_flag=True, help="Only those that must be reviewed by now.")
@as_officer
def list_(due: bool, user: str) -> None:
    """List the shields of the officer's authority, the one to be reviewed first at the head.

    Example: contactpoint shield list --due --as olga
    """
    shielding, officer = _begin(user)
    today = REAL.today()
    shown = [one for one in shielding.listed(officer) if not due or one.review_due <= today]
    for one in shown:
        click.echo(_line(one, sorted(shielding.known_to(officer, one)), officer))
    if not shown:
        click.echo("None.")


def _line(shield: Shield, children: list[str], officer: Actor) -> str:
    hides = " ".join(children) or "nobody yet"
    waits = f", waits under {shield.key}" if shield.key else ""
    offer = f", offered to {shield.offered_to}" if shield.offered_to else ""
    if shield.offered_to == officer.organisation:
        offer = f", offered by {shield.authority}: accept it with 'contactpoint shield accept'"
    return f"{shield.name}  {hides}{waits}, review due {shield.review_due}{offer}"


@command.command()
def verify() -> None:
    """Compare register, journal, marks, builds and shielded children, and put right what differs.

    Finishes what a crash left half done; restores a lost register from its journal.

    Example: contactpoint shield verify
    """
    verdict = Verification(Settings.from_environment(), REAL).run(person_at_keyboard())
    click.echo(_written(verdict))
    if verdict.faults:
        raise Refused("some things only a person can put right: " + "; ".join(verdict.faults))


def _written(verdict: Verdict) -> str:
    repaired = "; ".join(f"{what}: {count:,}" for what, count in verdict.repaired.items())
    since = verdict.unpurged_since
    erased = f"Not erased from the files: who was hidden since {since}." if since else ""
    return (
        f"Shields in force: {verdict.in_force:,}; waiting for a child: {verdict.waiting:,}; "
        f"to be reviewed by now: {verdict.review_due:,}.\nPut right: {repaired or 'nothing'}."
        f"\n{erased}"
    ).rstrip()


@command.command()
def purge() -> None:
    """Erase from the files what was deleted from builds when children were hidden.

    Meant to be run every day, when no load is under way: it writes whole files anew.

    Example: contactpoint shield purge
    """
    left = purge_builds(Settings.from_environment(), REAL, person_at_keyboard())
    if left:
        raise Refused(
            f"{left:,} deleted documents, or searches that hold them, are still there: "
            "run it when no load is on"
        )
    click.echo("Nothing that was deleted is left in the files.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def journal(file: Path) -> None:
    """Copy the journal of shields to FILE, best on another machine, to be run every hour.

    The whole chain is proved first. After a loss put the copy back in the journal's place, with the
    same register.key, and run 'contactpoint init' or 'contactpoint shield verify'.

    Example: contactpoint shield journal /mnt/other/shields.jsonl
    """
    settings = Settings.from_environment()
    kept = Journal(settings.journal, settings.secret("register.key"))
    events = copy_journal(kept, file)
    click.echo(f"Copied to {file}, every event proved." if events else "The journal is empty.")
