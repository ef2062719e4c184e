"""What happened to shields: the events of the register, and what they come to. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from analyzers.fold import words
from indexer.people.actor import Actor

NAME_PREFIX = "name|"
Kind = Literal[
    "set",
    "arrived",
    "held",
    "confirmed",
    "released",
    "reviewed",
    "offered",
    "accepted",
    "lift-asked",
    "lifted",
    "left",
    "purged",
]
REVIEWED_WITHIN = timedelta(days=182)
"""Half a year: RULES.md, shielding 9."""


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event, as it stands in the register and, a line each, in the journal.

    `key` is what a shield waits under and stands in its `set` and `lifted`;
    `numbers` are the children it hides; `authority` is who is responsible from then on, or would
    be if an offer is accepted. A `purged` event belongs to no shield: what was deleted from builds
    by then is erased. `previous` and `hash` make the chain.
    """

    kind: Kind
    shield: str = ""
    actor: str = ""
    organisation: str = ""
    reason: str = ""
    authority: str = ""
    key: str = ""
    numbers: tuple[str, ...] = ()
    sequence: int = 0
    at: str = ""
    previous: str = ""
    hash: str = ""


def event_of(kind: Kind, shield: str, actor: Actor, reason: str = "", **more: Any) -> Event:
    """Return an event that is not written yet."""
    return Event(kind, shield, actor.name, actor.organisation, reason, **more)


class Shield(msgspec.Struct, frozen=True):
    """One shield as its events leave it.

    `keeper` is who set it or took it over: another officer must lift it. `offered_to` is an
    authority that has not accepted yet, "" for none; `lift_asked_by` the officer who asked for the
    lift last, unless it was reviewed or taken over since. `seen_on` is the day on which somebody
    last set, reviewed or accepted it. `held` are those of its children of whom an officer must
    still say whether they are the child it was set for, with the time since when; `confirmed` those
    of whom one said so, `released` those who were not. `left` are those who left for the archive;
    their marks stay.
    """

    name: str
    authority: str
    keeper: str
    reason: str
    key: str
    numbers: frozenset[str]
    set_at: str
    seen_on: date
    offered_to: str = ""
    lift_asked_by: str = ""
    is_lifted: bool = False
    held: Mapping[str, str] = {}
    confirmed: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()

    @property
    def first_officer(self) -> str:
        """Who cannot lift it, as a lift takes two: who asked for it, else who keeps it."""
        return self.lift_asked_by or self.keeper

    @property
    def certain(self) -> frozenset[str]:
        """Its children less those of whom an officer must still say whether they are the child."""
        return self.numbers.difference(self.held)

    @property
    def review_due(self) -> date:
        return self.seen_on + REVIEWED_WITHIN

    @property
    def is_closed(self) -> bool:
        """Have all left whom it hides? Then nothing is left to review."""
        return bool(self.numbers) and self.numbers <= self.left


def shields_of(events: Iterable[Event]) -> dict[str, Shield]:
    """Return name → shield, the lifted ones too; events in the order of their sequence."""
    shields: dict[str, Shield] = {}
    for event in events:
        if event.kind == "set":
            shields[event.shield] = _set(event)
        elif event.shield in shields:
            shields[event.shield] = _after(shields[event.shield], event)
    return shields


def _set(event: Event) -> Shield:
    return Shield(
        event.shield,
        event.authority,
        event.actor,
        event.reason,
        event.key,
        frozenset(event.numbers),
        event.at,
        _day(event),
    )


def _after(shield: Shield, event: Event) -> Shield:
    changes: dict[Kind, dict[str, Any]] = {
        "arrived": {
            "numbers": shield.numbers.union(event.numbers),
            "left": shield.left.difference(event.numbers),
            "held": _without(shield.held, event.numbers),
        },
        "left": {"left": shield.left.union(event.numbers)},
        "reviewed": {"seen_on": _day(event), "lift_asked_by": ""},
        "lift-asked": {"lift_asked_by": event.actor},
        "offered": {"offered_to": event.authority},
        "accepted": {
            "authority": event.authority,
            "keeper": event.actor,
            "offered_to": "",
            "lift_asked_by": "",
            "seen_on": _day(event),
        },
        "lifted": {"is_lifted": True},
    }
    changes |= {"held": _holding(shield, event), "confirmed": _confirming(shield, event)}
    changes |= {"released": _releasing(shield, event)}
    return replace(shield, **changes.get(event.kind, {}))


def _holding(shield: Shield, event: Event) -> dict[str, Any]:
    return {
        "numbers": shield.numbers.union(event.numbers),
        "held": {**dict.fromkeys(event.numbers, event.at), **shield.held},
        "confirmed": shield.confirmed.difference(event.numbers),
        "released": shield.released.difference(event.numbers),
    }


def _confirming(shield: Shield, event: Event) -> dict[str, Any]:
    confirmed = shield.confirmed.union(event.numbers)
    return {"held": _without(shield.held, event.numbers), "confirmed": confirmed}


def _releasing(shield: Shield, event: Event) -> dict[str, Any]:
    return {
        "numbers": shield.numbers.difference(event.numbers),
        "held": _without(shield.held, event.numbers),
        "confirmed": shield.confirmed.difference(event.numbers),
        "released": shield.released.union(event.numbers),
    }


def _without(held: Mapping[str, str], numbers: Iterable[str]) -> dict[str, str]:
    gone = set(numbers)
    return {number: since for number, since in held.items() if number not in gone}


def _day(event: Event) -> date:
    return datetime.fromisoformat(event.at).date()


def hidden_numbers(shields: Iterable[Shield]) -> set[str]:
    """Return the children whom any of these shields hides."""
    return {number for one in shields if not one.is_lifted for number in one.numbers}


def once_hidden(shields: Iterable[Shield]) -> set[str]:
    """Return the children whom any of these shields hides, or did until it was lifted or let them
    go."""
    return {number for one in shields for number in one.numbers | one.released}


def name_key(name: str, born: date) -> str:
    """Return what a shield by names and date waits under: the folded words, in any order.

    No key of `links` has a stroke before its colon.
    """
    return f"{NAME_PREFIX}{' '.join(sorted(words(name)))}|{born.isoformat()}"
