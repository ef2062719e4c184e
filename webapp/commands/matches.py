"""`contactpoint matches …`: what may be the same child, for somebody to decide."""

from collections.abc import Iterable, Iterator
from typing import Any

import click
import orjson

from indexer.clients import make_client
from indexer.matches.matches import Matches
from indexer.people.actor import Actor
from indexer.people.users import find_actor
from indexer.settings import Settings
from indexer.shields.decisions import Decisions
from indexer.shields.differences import Difference, compared, side_by_side
from indexer.shields.held import Decision
from indexer.shields.overdue import is_escalated
from indexer.shields.waiting import Waiting
from indexer.world import REAL

DECISIONS = ("same-child", "another-child", "undo")

is_held = click.option("--held", is_flag=True, help="What may be a shielded child, for officers.")
as_user = click.option("--as", "user", required=True, help="The data manager or shield officer.")


@click.group()
def command() -> None:
    """Decide whether two records are of one child.

    Example: contactpoint matches list --as mona
    """


@command.command(name="list")
@is_held
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
@as_user
def list_(held: bool, as_json: bool, user: str) -> None:
    """List children of the authority who may be one child, side by side, the first 100.

    Linking left them apart because something differs. With --held: what is held for the shields of
    the officer's authority, the oldest first: a row, or a child who could be found until a shield
    was set, that may be a shielded child; and for how long it has waited.

    Example: contactpoint matches list --as mona
    """
    items = list(_held_items(user) if held else _match_items(user))
    for item in items:
        click.echo(orjson.dumps(item) if as_json else _written(item))
    if not items and not as_json:
        click.echo("None.")


@command.command()
@click.argument("name")
@click.argument("decision", type=click.Choice(DECISIONS))
@is_held
@click.option("--child", default="", help="Which shielded child, where it may be several.")
@as_user
@click.option("--reason", required=True, help="Why; it is kept on the record.")
def decide(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str, decision: str, held: bool, child: str, user: str, reason: str
) -> None:
    """Say that what NAME names is the same child, or another, or take that back.

    NAME is as 'matches list' shows it. Two children who are the same become one. With --held, the
    row of another child is loaded as it would have been.

    Example: contactpoint matches decide 100000000017-100000000025 same-child --as mona
    --reason "the school confirmed it"
    """
    if held:
        _decide_held(name, decision, user, reason, child)
        return
    matches, manager = _matches(user)
    if decision == "undo":
        matches.undo(name, manager, reason)
        click.echo(f"Undecided again: {name}.")
        return
    matches.decide(name, _meant(decision), manager, reason)
    click.echo(f"Decided: {name} is {_in_words(decision)}.")


def _decide_held(name: str, decision: str, user: str, reason: str, child: str) -> None:
    decisions, officer = _decisions(user)
    if decision == "undo":
        click.echo(f"Held again: {decisions.undo(name, officer, reason)}")
        return
    more = decisions.decide(name, _meant(decision), officer, reason, child)
    is_same = "the same" if decision == "same-child" else "another"
    click.echo(f"Decided: {name} is {is_same} child. {more}".rstrip())


def _meant(decision: str) -> Decision:
    return "same-child" if decision == "same-child" else "another-child"


def _in_words(decision: str) -> str:
    return "one child" if decision == "same-child" else "two children"


def _decisions(user: str) -> tuple[Decisions, Actor]:
    settings = Settings.from_environment()
    return Decisions(settings, REAL), _actor(settings, user)


def _matches(user: str) -> tuple[Matches, Actor]:
    settings = Settings.from_environment()
    return Matches.for_worker(settings, REAL), _actor(settings, user)


def _actor(settings: Settings, user: str) -> Actor:
    return find_actor(make_client(settings, "front"), user, REAL)


def _match_items(user: str) -> Iterator[dict[str, Any]]:
    matches, manager = _matches(user)
    for match in matches.waiting(manager):
        numbers = [match.one.number, match.other.number]
        fields = compared(match.one.contributions, match.other.contributions)
        yield {"name": match.name, "children": numbers, **_shown(match.why, fields)}


def _held_items(user: str) -> Iterator[dict[str, Any]]:
    decisions, officer = _decisions(user)
    for waiting in decisions.waiting(officer):
        yield from _items(decisions, waiting)


def _shown(why: Iterable[str], fields: Iterable[Difference]) -> dict[str, Any]:
    return {
        "why": list(why),
        "fields": [[one.field, list(one.held), list(one.shielded), one.is_same] for one in fields],
    }


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
            **_shown(suspect.why, side_by_side(waiting.held, shielded.get(suspect.child))),
        }


def _written(item: dict[str, Any]) -> str:
    lines = [f"{item['name']}  {_waits(item) if 'may_be' in item else 'may be one child'}"]
    lines += [f"  {why}" for why in item["why"]]
    for field, held, shielded, is_same in item["fields"]:
        sign = "=" if is_same else " "
        lines.append(f"  {sign} {field}: {'; '.join(held) or '-'} | {'; '.join(shielded) or '-'}")
    return "\n".join(lines)


def _waits(item: dict[str, Any]) -> str:
    late = ", more than five working days: escalated" if item["is_escalated"] else ""
    return f"may be {item['may_be']}, waits {item['days']} days{late}"
