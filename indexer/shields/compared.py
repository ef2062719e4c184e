"""What is held beside each shielded child it may be, with the ages of the rows, as officers compare
them. Pure but for reading the children."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from indexer.children.hidden import HiddenChild, HiddenChildren
from indexer.shields.differences import Difference, said_by, side_by_side
from indexer.shields.events import NAME_PREFIX, Shield
from indexer.shields.held import Decision, HeldRow, Suspect
from indexer.shields.waiting import subjects, waiting_children

State = Literal["open", "decided", "done"]


@dataclass(frozen=True)
class Told:
    """One row: which source said it, and when (UTC); `is_past` of what it says no more."""

    source: str
    loaded_at: datetime
    is_past: bool = False


@dataclass(frozen=True)
class Pair:
    """The held one beside one shielded child; `awaits` are the words under which a shield waits for
    a child who has not come. `decision` is what an officer said, if anything."""

    child: str
    why: tuple[str, ...]
    fields: tuple[Difference, ...]
    rows: tuple[Told, ...]
    decision: Decision = ""
    awaits: str = ""


@dataclass(frozen=True)
class Item:
    """What is held: a row, or a child who could be found until a shield was set.

    `state` is open while it waits for an officer; decided until the worker has carried that out.
    """

    name: str
    is_row: bool
    since: datetime
    state: State
    rows: tuple[Told, ...]
    pairs: tuple[Pair, ...]


def build_item(
    name: str, row: HeldRow | None, shields: Iterable[Shield], hidden: HiddenChildren
) -> Item | None:
    """Return what is held under this name for the sake of these shields; None if nothing is."""
    shields = list(shields)
    if row is not None:
        return _row_item(row, shields, hidden)
    return _child_item(name, shields, hidden)


def _row_item(row: HeldRow, shields: list[Shield], hidden: HiddenChildren) -> Item | None:
    ours = [one for one in row.suspects if one.child in subjects(shields)]
    if not ours:
        return None
    state: State = "open" if row.is_open else "decided" if row.is_pending else "done"
    pairs = _pairs(row, ours, shields, hidden)
    since = datetime.fromisoformat(row.held_at)
    return Item(row.key, True, since, state, tuple(_told(row)), pairs)


def _child_item(name: str, shields: list[Shield], hidden: HiddenChildren) -> Item | None:
    """A held child; or one about whom an officer decided, beside the others of the shield."""
    holding = [one for one in shields if name in {*one.held, *one.confirmed, *one.released}]
    there = hidden.read([name]).get(name)
    if not holding:
        return None
    is_open = any(name in one.held for one in holding)
    found = [one for one in waiting_children(hidden, holding) if one.name == name]
    suspects = [suspect for one in found for suspect in one.suspects]
    since = found[0].since if found else datetime.fromisoformat(holding[0].set_at)
    if there is None:
        return Item(name, False, since, "done", (), ())
    if not is_open:
        decision: Decision = "same-child" if name in holding[0].confirmed else "another-child"
        others = sorted({n for one in holding for n in one.numbers} - {name})
        suspects = [Suspect(one, (), decision) for one in others]
    is_released = not is_open and any(name in one.released for one in holding)
    state: State = "open" if is_open else "decided" if is_released else "done"
    pairs = _pairs(there, suspects, shields, hidden)
    return Item(name, False, since, state, tuple(_told(there)), pairs)


def _pairs(
    held: HeldRow | HiddenChild,
    suspects: Iterable[Suspect],
    shields: Iterable[Shield],
    hidden: HiddenChildren,
) -> tuple[Pair, ...]:
    suspects = list(suspects)
    known = hidden.read(one.child for one in suspects)
    keys = {one.name: one.key for one in shields}
    return tuple(
        Pair(
            child=one.child,
            why=one.why,
            fields=tuple(side_by_side(held, known.get(one.child))),
            rows=tuple(_told(known[one.child])) if one.child in known else (),
            decision=one.decision,
            awaits=_in_words(keys.get(one.child, "")),
        )
        for one in suspects
    )


def _told(held: HeldRow | HiddenChild) -> list[Told]:
    said = said_by(held)
    now = len(said) if isinstance(held, HeldRow) else len(held.contributions)
    told = [
        Told(one.source, datetime.fromisoformat(one.loaded_at), place >= now)
        for place, one in enumerate(said)
    ]
    return sorted(told, key=lambda one: (one.is_past, one.loaded_at), reverse=False)


def _in_words(key: str) -> str:
    """Return what a shield waits for: names and a date, or a number or row."""
    if not key.startswith(NAME_PREFIX):
        return key
    _, name, born = key.split("|")
    return f"{name}, born {born}"
