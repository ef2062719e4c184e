"""What shield officers are shown at the desk; that they looked, and why, is on the record first.

It reads with the desk's credential and changes nothing: what officers decide is an order.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.children.child import Child
from indexer.children.hidden import HiddenChildren
from indexer.errors import NotFound
from indexer.health.alarms import Alarms
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.compared import Item, build_item
from indexer.shields.events import Event, Shield
from indexer.shields.held import HeldRow, HeldRows
from indexer.shields.journal import Journal
from indexer.shields.officers import refuse_unless_decided, refuse_unless_officer
from indexer.shields.orders import Kind, Order, Orders, order_of
from indexer.shields.register import Register
from indexer.shields.subject import Subjects
from indexer.shields.waiting import Waiting, subjects, waiting_children, waiting_rows
from indexer.world import World
from mappings.names import AUDIT_SEALED

NO_SHIELD = "There is no shield of your authority under this name."
NOTHING_HELD = "Nothing of this name is held for an officer of your authority."


@dataclass(frozen=True)
class Shielded:
    """One shield, and the children it hides whom the officer may know to be there: number →
    record; None of one that is still to be moved, or whose sources all withdrew it."""

    shield: Shield
    children: Mapping[str, Child | None]


@dataclass(frozen=True)
class Held:
    """What waits for officers, the oldest first; and the names of the rows and children about whom
    they decided, the rows decided last at the head."""

    waiting: tuple[Waiting, ...]
    decided: tuple[str, ...]


@dataclass(frozen=True)
class OfficersDesk:
    register: Register
    hidden: HiddenChildren
    held: HeldRows
    orders: Orders
    subjects: Subjects
    sealed: Trail
    alarms: Alarms
    world: World

    @classmethod
    def open(cls, client: Elasticsearch, settings: Settings, world: World) -> "OfficersDesk":
        """Return the desk under a credential that may: the desk's. Talks to nobody yet."""
        key = settings.secret("register.key")
        register = Register(client, Journal(settings.journal, key), world, marks_key=key)
        sealed = Trail(client, settings, world, AUDIT_SEALED)
        return cls(
            register=register,
            hidden=HiddenChildren(client),
            held=HeldRows(client),
            orders=Orders(client),
            subjects=Subjects(client, register),
            sealed=sealed,
            alarms=Alarms(client, world),
            world=world,
        )

    def shields(self, officer: Actor, reason: str) -> list[Shielded]:
        """Return the shields of the officer's authority and those offered to it, the one to be
        reviewed first at the head. Raises NotAllowed, Refused without a reason, Unavailable."""
        found = self._shields(officer, reason)
        self._say("shield-list", officer, reason, self._numbers(found))
        return found

    def search(
        self,
        question: Mapping[str, Any],
        officer: Actor,
        reason: str,
        rank: Callable[[tuple[Child, ...]], Iterable[str]],
    ) -> list[Shielded]:
        """Return the shields of those children whom `rank` names, the best first."""
        shields = self._shields(officer, reason)
        of_child = {number: one for one in shields for number in one.children}
        known = {n: child for one in shields for n, child in one.children.items() if child}
        numbers = list(rank(tuple(known.values())))
        self._say("shield-search", officer, reason, numbers, question=question)
        return list({of_child[n].shield.name: of_child[n] for n in numbers}.values())

    def shield(self, name: str, officer: Actor, reason: str) -> tuple[Shielded, list[Event]]:
        """Return one of those shields, and what happened to it; of one that is only offered, the
        offers. Raises NotFound and what `shields` does."""
        found = [one for one in self._shields(officer, reason) if one.shield.name == name]
        if not found:
            raise NotFound(NO_SHIELD)
        self._say("shield-view", officer, reason, self._numbers(found), subject=name)
        is_own = found[0].shield.authority == officer.organisation
        said = self.register.events({"term": {"shield": name}})
        return found[0], [one for one in said if is_own or one.kind == "offered"]

    def waiting(self, officer: Actor, reason: str) -> Held:
        """Return what is held for officers of this authority. Raises what `shields` does."""
        refuse_unless_decided(officer, reason)
        shields = self._own(officer)
        found = [*waiting_rows(self.held, shields), *waiting_children(self.hidden, shields)]
        ours = subjects(shields)
        rows = [one.key for one in self.held.about(ours) if _is_decided(one, ours)] if ours else []
        children = sorted(n for one in shields for n in one.confirmed | one.released)
        shown = {one.child for item in found for one in item.suspects}
        names = " ".join(one.name for one in found)
        self._say("held-list", officer, reason, shown, said=names)
        found.sort(key=lambda one: (one.since, one.name))
        return Held(tuple(found), (*rows[::-1], *children))

    def item(self, name: str, officer: Actor, reason: str) -> Item:
        """Return one that is held, or was, beside the shielded children it may be."""
        refuse_unless_decided(officer, reason)
        shields = self._own(officer)
        row = self.held.read([name]).get(name)
        item = build_item(name, row, shields, self.hidden)
        if item is None:
            raise NotFound(NOTHING_HELD)
        shown = [one.child for one in item.pairs]
        self._say("held-view", officer, reason, shown, subject=name)
        return item

    def place(self, kind: Kind, officer: Actor, reason: str, **more: Any) -> Order:
        """Keep an order for the worker to carry out. Raises NotAllowed, Refused without a reason,
        Unavailable: then nothing was ordered."""
        refuse_unless_decided(officer, reason)
        name = f"o-{self.world.below(16**12):012x}"
        order = order_of(kind, officer, reason, id=name, asked_at=self.world.now(), **more)
        self._say("shield-order", officer, reason, (), subject=order.about, said=kind)
        self.orders.write(order)
        return order

    def order(self, name: str, officer: Actor) -> Order:
        """Return an order of the officer's authority, as it is now; one that is late raises an
        alarm. Raises NotFound."""
        refuse_unless_officer(officer)
        found = self.orders.read(name)
        if found is None or found.authority != officer.organisation:
            raise NotFound("There is no such order of your authority.")
        if found.is_late(self.world.now()):
            self.alarms.raise_alarm("work")
        told = {one.number for one in (*found.held, *found.household)}.union(found.numbers)
        if told:
            self._say("shield-told", officer, found.reason, told, subject=found.said)
        return found

    def _shields(self, officer: Actor, reason: str) -> list[Shielded]:
        refuse_unless_decided(officer, reason)
        shields = self._of(officer)
        numbers = {number for one in shields for number in one.numbers}
        known = self.subjects.known_to(officer, numbers) if numbers else set()
        records = {number: one.child for number, one in self.hidden.read(known).items()}
        found = [
            Shielded(one, {n: records.get(n) for n in sorted(one.numbers & known)})
            for one in shields
        ]
        return sorted(found, key=lambda one: (one.shield.review_due, one.shield.name))

    def _of(self, officer: Actor) -> list[Shield]:
        """Return the shields in force of the officer's authority, or offered to it."""
        said = self.register.events({"term": {"authority": officer.organisation}})
        found = self.register.find(names=sorted({event.shield for event in said})).values()
        ours = (one for one in found if officer.organisation in {one.authority, one.offered_to})
        return [one for one in ours if not (one.is_lifted or one.is_closed)]

    def _own(self, officer: Actor) -> list[Shield]:
        return [one for one in self._of(officer) if one.authority == officer.organisation]

    @staticmethod
    def _numbers(found: Iterable[Shielded]) -> set[str]:
        return {number for one in found for number in one.children}

    def _say(
        self, event: str, officer: Actor, reason: str, children: Iterable[str], **more: Any
    ) -> None:
        said = {name: value for name, value in more.items() if value}
        self.sealed.write(event, officer, children=sorted(children), reason=reason, **said)


def _is_decided(row: HeldRow, ours: frozenset[str]) -> bool:
    return not row.is_open and any(one.decision and one.child in ours for one in row.suspects)
