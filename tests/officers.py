"""Shield officers at the desk without a server: register, children and rows are in memory."""

from dataclasses import replace

from msgspec import structs

from indexer.shields.desk import OfficersDesk
from indexer.shields.events import shields_of
from indexer.shields.subject import Subjects


class MemoryRegister:
    """The events of shields, found as the register finds them."""

    def __init__(self):
        self.said = []

    def add(self, event, at="2026-03-01T09:00:00+00:00"):
        place = len(self.said) + 1
        self.said.append(structs.replace(event, sequence=place, at=event.at or at))

    def events(self, query, after=0):
        ((field, value),) = query["term"].items()
        return [one for one in self.said if getattr(one, field) == value]

    def find(self, *, numbers=(), keys=(), names=()):
        asked = (set(numbers), set(keys), set(names))
        found = {
            one.shield
            for one in self.said
            if set(one.numbers) & asked[0] or one.key in asked[1] or one.shield in asked[2]
        }
        return shields_of(one for one in self.said if one.shield in found)


class MemoryOrders:
    """The orders; `carry_out` stands where the worker stands."""

    def __init__(self):
        self.orders, self.carry_out = {}, lambda order: order

    def write(self, order):
        self.orders[order.id] = order
        return True

    def read(self, name):
        found = self.orders.get(name)
        return self.carry_out(found) if found else None


class MemoryRows:
    """Held rows that an index in memory holds."""

    def __init__(self, held):
        self._held = held

    def read(self, keys):
        return self._held.read(keys)

    def waiting(self, children):
        return [one for one in self.about(children) if one.is_open]

    def about(self, children):
        rows = self._held.rows.values()
        return [one for one in rows if {suspect.child for suspect in one.suspects} & set(children)]


class MemoryAlarms:
    def __init__(self):
        self.raised = []

    def raise_alarm(self, kind):
        self.raised.append(kind)


def desk_in_memory(index, trail, world):
    """The officers' desk over an index in memory."""
    register = MemoryRegister()
    subjects = Subjects(None, register)
    subjects._hidden = index.hidden
    return OfficersDesk(
        register=register,
        hidden=index.hidden,
        held=MemoryRows(index.held),
        orders=MemoryOrders(),
        subjects=subjects,
        sealed=trail,
        alarms=MemoryAlarms(),
        world=world,
    )


def with_desk(service, desk):
    """The service of an application, with this desk in it."""
    return replace(service, officers=desk)
