"""Carries out what officers ordered on a page, as the same officer's command would: by the worker.

An order says what was decided; whether the officer may is asked again here. A process that dies in
between leaves the order waiting, and the next one does it again: every act can be done twice.
"""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from indexer.children.child import Child
from indexer.children.hidden import HiddenChildren
from indexer.children.store import ChildStore
from indexer.clients import make_client
from indexer.errors import NotFound, Refused, Unavailable
from indexer.people.actor import Actor
from indexer.people.organisations import read_organisation
from indexer.people.users import find_actor
from indexer.settings import Settings
from indexer.shields.decisions import Decisions
from indexer.shields.held import Decision
from indexer.shields.orders import KEPT_FOR, Kind, Order, Orders, Person
from indexer.shields.shielding import Outcome, Shielding
from indexer.shields.subject import Subject, subject_of
from indexer.world import World

TAKEN_FOR = timedelta(minutes=1)  # after that whoever took it is taken for dead
DONE_BEFORE = (
    "It was begun before, and this time nothing was left to do: look at the shield before you ask "
    "again."
)


class Worker:
    """Made once a process."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._settings, self._world = settings, world
        client = make_client(settings, "worker")
        self._front_client = make_client(settings, "front")
        self._orders, self._hidden = Orders(client), HiddenChildren(client)
        self._store = ChildStore(client)
        self._acts: dict[Kind, Callable[[Order, Actor], Order]] = {
            "set": self._set,
            "review": self._review,
            "hand-over": self._hand_over,
            "accept": self._accept,
            "ask-lift": self._ask_lift,
            "lift": self._lift,
            "same-child": self._decide,
            "another-child": self._decide,
            "undo": self._undo,
        }

    def run(self) -> int:
        """Carry out every order that waits; return how many were settled. What could not be done
        for now still waits. Raises Unavailable."""
        settled = sum(self._settle(one) for one in self._orders.waiting())
        self._orders.forget(self._world.now() - KEPT_FOR)
        return settled

    def _settle(self, order: Order) -> bool:
        now = self._world.now()
        if order.taken_at and now - order.taken_at < TAKEN_FOR:
            return False
        taken = replace(order, taken_at=now, tries=order.tries + 1)
        if not self._orders.write(taken):
            return False
        try:
            after = self._carried_out(taken)
        except Unavailable:
            after = replace(taken, taken_at=None)
        there = self._orders.read(order.id)
        if there is not None and there.taken_at == taken.taken_at:
            self._orders.write(replace(after, version=there.version))
        return after.state != "waiting"

    def _carried_out(self, order: Order) -> Order:
        """Return the order with what came of it."""
        try:
            officer = find_actor(self._front_client, order.officer, self._world)
            return replace(self._acts[order.kind](order, officer), state="done")
        except NotFound as error:
            said = DONE_BEFORE if order.tries > 1 else str(error)
            return replace(order, state="refused", said=said)
        except Refused as error:
            return replace(order, state="refused", said=str(error))

    @property
    def _shielding(self) -> Shielding:
        return Shielding(self._settings, self._world)

    @property
    def _decisions(self) -> Decisions:
        """Made anew for each order: what it knows of loads and of who is hidden is of now."""
        return Decisions(self._settings, self._world)

    def _set(self, order: Order, officer: Actor) -> Order:
        about = order.about
        subject = Subject(number=about) if about.isdigit() else subject_of(about)
        return self._told(order, self._shielding.shield(subject, officer, order.reason))

    def _told(self, order: Order, outcome: Outcome) -> Order:
        held = {one.number: one.child for one in self._hidden.read(outcome.held).values()}
        there = {n: one.child for n, one in self._store.read(outcome.household).items()}
        return replace(
            order,
            said=outcome.shield,
            numbers=outcome.numbers,
            held=tuple(_person(one, held.get(one)) for one in outcome.held),
            household=tuple(_person(one, there.get(one)) for one in outcome.household),
        )

    def _review(self, order: Order, officer: Actor) -> Order:
        self._shielding.review(order.about, officer, order.reason)
        return order

    def _hand_over(self, order: Order, officer: Actor) -> Order:
        read_organisation(self._front_client, order.to)
        self._shielding.hand_over(order.about, order.to, officer, order.reason)
        return order

    def _accept(self, order: Order, officer: Actor) -> Order:
        self._shielding.accept(order.about, officer, order.reason)
        return order

    def _ask_lift(self, order: Order, officer: Actor) -> Order:
        self._shielding.ask_lift(order.about, officer, order.reason)
        return order

    def _lift(self, order: Order, officer: Actor) -> Order:
        self._shielding.lift(order.about, officer, order.reason)
        return order

    def _decide(self, order: Order, officer: Actor) -> Order:
        kind: Decision = "same-child" if order.kind == "same-child" else "another-child"
        said = self._decisions.decide(order.about, kind, officer, order.reason, order.child)
        return replace(order, said=said)

    def _undo(self, order: Order, officer: Actor) -> Order:
        return replace(order, said=self._decisions.undo(order.about, officer, order.reason))


def _person(number: str, child: Child | None) -> Person:
    if child is None:
        return Person(number)
    facts = child.facts
    name = f"{facts.given_names} {facts.family_name}".strip()
    return Person(number, name, facts.date_of_birth)
