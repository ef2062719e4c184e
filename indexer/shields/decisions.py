"""What shield officers decide about held rows and held children: the same child, or another.

A held row waits in `held-rows`. A held child could be found when a shield was set, or was given
back a row that had been decided about: it is hidden under that shield until somebody decides.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from indexer.audit.trail import Trail
from indexer.children.back import bring_back
from indexer.children.hidden import HiddenChild
from indexer.children.stores import Stores, open_stores
from indexer.errors import NotFound, Refused
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.events import Kind, Shield, event_of
from indexer.shields.held import Decision, HeldRow
from indexer.shields.officers import refuse_unless_decided, refuse_unless_officer
from indexer.shields.register import Register
from indexer.shields.settling import carry_out
from indexer.shields.suspicion import hold_under
from indexer.shields.takeback import take_back
from indexer.shields.waiting import Waiting, subjects, waiting_children, waiting_rows
from indexer.world import World
from mappings.names import AUDIT_SEALED

NOTHING_HELD = "Nothing is held under this name for an officer of your authority."
NOTHING_DECIDED = "Nobody has decided about it: there is nothing to take back."
BUSY = "It is carried out when the load of its source that is under way has ended."


class Decisions:
    """Acts as one officer at a time; made once a process."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._stores: Stores = open_stores(settings, world)
        self._register = Register.for_worker(settings, world)
        self._sealed = Trail(self._register.client, settings, world, AUDIT_SEALED)

    def waiting(self, officer: Actor) -> list[Waiting]:
        """Return what waits for officers of this authority, the oldest first; that they looked is
        on the record. Raises NotAllowed, Unavailable."""
        refuse_unless_officer(officer)
        shields = self._shields_of(officer)
        rows = waiting_rows(self._stores.held, shields)
        found = [*rows, *waiting_children(self._stores.hidden, shields)]
        shown = {one.child for item in found for one in item.suspects}
        names = " ".join(item.name for item in found)
        self._sealed.write("held-list", officer, children=sorted(shown), said=names)
        return sorted(found, key=lambda one: (one.since, one.name))

    def shielded(self, children: Iterable[str]) -> dict[str, HiddenChild]:
        """Return the shielded children of these numbers, to be shown beside what is held."""
        return self._stores.hidden.read(children)

    def decide(
        self, name: str, decision: Decision, officer: Actor, reason: str, child: str = ""
    ) -> str:
        """Say of the row or child of this name that it is the shielded child, or that it is not;
        return what else is to be known. `child` is needed only where it may be several.

        Raises NotFound, NotAllowed, Refused, Unavailable; the same call then finishes it.
        """
        refuse_unless_decided(officer, reason)
        shields = self._shields_of(officer)
        row = self._row(name, shields)
        if row is None:
            kind: Kind = "confirmed" if decision == "same-child" else "released"
            self._decide_child(name, kind, shields, officer, reason)
            return ""
        if not (row.is_open or row.is_pending):
            raise Refused("it was decided, or the row was withdrawn: there is nothing to decide")
        meant = _meant(row, shields, decision, child)
        self._say(f"held-{decision}", officer, reason, row)
        if decision == "same-child":
            row, meant = self._arrived(row, meant, shields, officer)
        decided = row.decided(dict.fromkeys(meant, decision))
        if self._stores.held.write([decided]):
            raise Refused("the row was changed at this moment: look at it again, then decide")
        return self._settled(name, officer)

    def undo(self, name: str, officer: Actor, reason: str) -> str:
        """Take back what was decided about the row or child of this name; return what is held now.

        Of a row that has been given away a child is held: whoever has it, or a new one.
        Raises what `decide` does.
        """
        refuse_unless_decided(officer, reason)
        shields = self._shields_of(officer)
        row = self._row(name, shields)
        if row is None:
            return self._undo_child(name, shields, officer, reason)
        ours = [one for one in row.suspects if one.decision and one.child in subjects(shields)]
        if not ours:
            raise Refused(NOTHING_DECIDED)
        self._say("held-undo", officer, reason, row)
        under = [one for one in shields if subjects([one]) & {two.child for two in ours}]
        hold = partial(self._hold, under=under, officer=officer)
        number = "" if row.is_pending else take_back(self._stores, row, hold)
        undecided = row.decided({one.child: "" for one in ours})
        if number:
            undecided = undecided.over()
        self._stores.held.write([undecided])
        return number or name

    def _row(self, name: str, shields: Iterable[Shield]) -> HeldRow | None:
        """Return the held row of this name, if it is about one of these shields."""
        row = self._stores.held.read([name]).get(name)
        is_theirs = row and subjects(shields) & {one.child for one in row.suspects}
        return row if is_theirs else None

    def _arrived(
        self, row: HeldRow, meant: list[str], shields: Iterable[Shield], officer: Actor
    ) -> tuple[HeldRow, list[str]]:
        """Where a shield awaits the child, it has come: whoever has the row is hidden as that."""
        awaiting = [one.name for one in shields if one.name in meant]
        if not awaiting:
            return row, meant
        for shield in awaiting:
            self._sealed.write("shield-arrived", officer, children=[row.number], subject=shield)
            self._register.append(event_of("arrived", shield, officer, numbers=(row.number,)))
        self._stores.placer.hide([row.number])
        return row.renamed(awaiting, row.number), [row.number]

    def _settled(self, name: str, officer: Actor) -> str:
        """Carry out what was decided, or leave it to the load that has the source in hand."""
        row = self._stores.held.read([name])[name]
        if row.is_open:
            return "Another shielded child is still in question."
        return BUSY if carry_out(self._stores, [row], officer) else ""

    def _decide_child(
        self, number: str, kind: Kind, shields: Iterable[Shield], officer: Actor, reason: str
    ) -> None:
        ours = [one for one in shields if number in one.held]
        if not ours:
            raise NotFound(NOTHING_HELD)
        for shield in ours:
            details = {"children": [number], "subject": shield.name, "reason": reason}
            self._sealed.write(f"shield-{kind}", officer, **details)
            event = event_of(kind, shield.name, officer, reason, numbers=(number,))
            self._register.append(event)
        if kind == "released":
            bring_back(self._register.client, self._stores.marks, [number])

    def _undo_child(
        self, number: str, shields: Iterable[Shield], officer: Actor, reason: str
    ) -> str:
        ours = [one for one in shields if number in one.confirmed | one.released]
        if not ours:
            raise NotFound(NOTHING_HELD)
        details = {"children": [number], "reason": reason}
        self._sealed.write("held-undo", officer, **details)
        self._hold(number, ours, officer)
        return number

    def _hold(self, number: str, under: Sequence[Shield], officer: Actor) -> None:
        for shield in under:
            hold_under(self._register, self._sealed, shield.name, [number], officer)
        self._stores.placer.hide([number])
        self._stores.children.refresh()

    def _shields_of(self, officer: Actor) -> list[Shield]:
        """Return the shields in force of the officer's authority."""
        said = self._register.events({"term": {"authority": officer.organisation}})
        found = self._register.find(names=sorted({event.shield for event in said}))
        ours = (one for one in found.values() if one.authority == officer.organisation)
        return [one for one in ours if not one.is_lifted]

    def _say(self, event: str, officer: Actor, reason: str, row: HeldRow) -> None:
        children = [one.child for one in row.suspects]
        self._sealed.write(event, officer, children=children, subject=row.key, reason=reason)


def _meant(row: HeldRow, shields: Iterable[Shield], decision: Decision, child: str) -> list[str]:
    """Return the suspects that a decision is about; to be the same child one must be named."""
    ours = [one.child for one in row.suspects if one.child in subjects(shields)]
    if child and child not in ours:
        raise NotFound(NOTHING_HELD)
    if decision == "same-child" and len(ours) > 1 and not child:
        raise Refused(f"it may be several children: say which, with --child: {', '.join(ours)}")
    return [child] if child else ours
