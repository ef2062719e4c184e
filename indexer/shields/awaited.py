"""Shields that wait for a child who has not come yet, as loads ask about them: in memory.

A shield can wait under the key of a row, an NHS number, a UPN, or a name with a date of birth.
What waits is known from the register alone, read when a load begins and whenever the sentinel has
moved since; so a batch asks for the sentinel once, and never a request a row.
"""

from collections.abc import Iterable, Mapping
from threading import Lock

from indexer.audit.trail import Trail
from indexer.people.actor import Actor
from indexer.shields.events import event_of
from indexer.shields.marks import Marks
from indexer.shields.register import Register


class Awaited:
    """Made once a load; its batches share it."""

    def __init__(self, register: Register, marks: Marks, sealed: Trail) -> None:
        self._register, self._marks, self._sealed = register, marks, sealed
        self._lock = Lock()
        self._keys: dict[str, frozenset[str]] = {}
        self._read_to, self._sentinel = 0, -1

    def known(self) -> int:
        """Return up to which event it is known who is awaited."""
        if self._sentinel < 0:
            self.is_still(-1)
        return self._read_to

    def is_still(self, known: int) -> bool:
        """Ask for the sentinel; does nobody wait who was not known then? Who does is known from now
        on. Raises RegisterUnavailable."""
        self._marks.marked(())
        return self.is_said_still(known)

    def is_said_still(self, known: int) -> bool:
        """Answer the same by the newest sentinel that this process has seen."""
        with self._lock:
            if self._marks.sequence != self._sentinel:
                self._renew()
            return known == self._read_to

    def _renew(self) -> None:
        sentinel, keys = self._marks.sequence, dict(self._keys)
        for event in self._register.events({"exists": {"field": "key"}}, self._read_to):
            self._read_to = event.sequence
            others = keys.get(event.key, frozenset()) - {event.shield}
            keys[event.key] = others if event.kind == "lifted" else others | {event.shield}
        self._keys = {key: shields for key, shields in keys.items() if shields}
        self._sentinel = sentinel

    def awaits_anybody(self) -> bool:
        return bool(self._keys)

    def shields_for(self, keys: Iterable[str]) -> set[str]:
        """Return the names of the shields that wait under any of these keys."""
        waiting = self._keys
        return {name for key in keys for name in waiting.get(key, ())}

    def still_awaited(self, children: Mapping[str, set[str]]) -> dict[str, set[str]]:
        """Return of these hidden children (number → shields) those of whom a shield does not know
        that they have come; asks the register."""
        there = self._register.find(names=set().union(*children.values()))
        left = {
            number: {name for name in shields if number not in there[name].certain}
            for number, shields in children.items()
        }
        return {number: shields for number, shields in left.items() if shields}

    def arrive(self, children: Mapping[str, Iterable[str]], load: str) -> None:
        """Say in the register that these children (number → shields) are those awaited, and mark
        them; the load that brought them acts. Raises Unavailable, or Refused by the journal."""
        actor = Actor(load, "operator", "")
        for number, shields in children.items():
            for shield in sorted(shields):
                self._sealed.write("shield-arrived", actor, children=[number], subject=shield)
                event = event_of("arrived", shield, actor, numbers=(number,))
                self._register.append(event)
