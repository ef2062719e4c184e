"""`contactpoint matches …`: what may be the same child, for somebody to decide."""

from collections.abc import Iterator
from typing import Any

import click
import orjson

from indexer.clients import make_client
from indexer.errors import Refused
from indexer.people.actor import Actor
from indexer.people.users import find_actor
from indexer.settings import Settings
from indexer.shields.decisions import Decisions
from indexer.shields.differences import side_by_side
from indexer.shields.held import Decision
from indexer.shields.overdue import is_escalated
from indexer.shields.waiting import Waiting
from indexer.world import REAL

DECISIONS = ("same-child", "another-child", "undo")

is_held = click.option("--held", is_flag=True, help="Held rows and children; the only ones yet.")
as_officer = click.option("--as", "user", required=True, help="The shield officer.")


@click.group()
def command() -> None:
    """Decide whether two records are of one child.

    Example: contactpoint matches list --held --as olga
    """


@command.command(name="list")
@is_held
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@as_officer
def list_(held: bool, as_json: bool, user: str) -> None:
    """List what is held for the shields of the officer's authority, the oldest first.

    A row, or a child who could be found until a shield was set, is held because it may be a
    shielded child. Both are shown side by side, and for how long it has waited.

    Example: contactpoint matches list --held --as olga
    """
    decisions, officer = _begin(held, user)
    shown = 0
    for waiting in decisions.waiting(officer):
        for item in _items(decisions, waiting):
            click.echo(orjson.dumps(item) if as_json else _written(item))
            shown += 1
    if not shown and not as_json:
        click.echo("None.")


@command.command()
@click.argument("name")
@click.argument("decision", type=click.Choice(DECISIONS))
@is_held
@click.option("--child", default="", help="Which shielded child, where it may be several.")
@as_officer
@click.option("--reason", required=True, help="Why; it is kept on the record.")
def decide(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str, decision: str, held: bool, child: str, user: str, reason: str
) -> None:
    """Say that the row or child NAME is the shielded child, or another, or take that back.

    NAME is as 'matches list' shows it. The row of another child is loaded as it would have been.

    Example: contactpoint matches decide school-census:SC-1 another-child --held --as olga
    --reason "the twin sister"
    """
    decisions, officer = _begin(held, user)
    if decision == "undo":
        click.echo(f"Held again: {decisions.undo(name, officer, reason)}")
        return
    is_same = decision == "same-child"
    meant: Decision = "same-child" if is_same else "another-child"
    more = decisions.decide(name, meant, officer, reason, child)
    click.echo(f"Decided: {name} is {'the same' if is_same else 'another'} child. {more}".rstrip())


def _begin(held: bool, user: str) -> tuple[Decisions, Actor]:
    if not held:
        raise Refused("add --held: other possible matches are not kept yet")
    settings = Settings.from_environment()
    officer = find_actor(make_client(settings, "front"), user, REAL)
    return Decisions(settings, REAL), officer


def _items(decisions: Decisions, waiting: Waiting) -> Iterator[dict[str, Any]]:
    """Yield what is shown of each shielded child it may be."""
    shielded = decisions.shielded(one.child for one in waiting.suspects)
    for suspect in waiting.suspects:
        yield {
            "name": waiting.name,
            "may_be": suspect.child,
            "since": waiting.since.isoformat(),
            "days": (REAL.now() - waiting.since).days,
            "is_escalated": is_escalated(waiting.since, REAL.now()),
            "why": list(suspect.why),
            "fields": [
                [one.field, list(one.held), list(one.shielded), one.is_same]
                for one in side_by_side(waiting.held, shielded.get(suspect.child))
            ],
        }


def _written(item: dict[str, Any]) -> str:
    late = ", more than five working days: escalated" if item["is_escalated"] else ""
    lines = [f"{item['name']}  may be {item['may_be']}, waits {item['days']} days{late}"]
    lines += [f"  {why}" for why in item["why"]]
    for field, held, shielded, is_same in item["fields"]:
        sign = "=" if is_same else " "
        lines.append(f"  {sign} {field}: {'; '.join(held) or '-'} | {'; '.join(shielded) or '-'}")
    return "\n".join(lines)
