"""Hides children who can be found and may be somebody shielded, until an officer decides."""

from collections.abc import Iterable, Mapping

from indexer.audit.trail import Trail
from indexer.children.hidden import HiddenChildren
from indexer.children.store import ChildStore
from indexer.people.actor import Actor
from indexer.shields.events import Shield, event_of
from indexer.shields.lookout import profile_of
from indexer.shields.near_children import find_near
from indexer.shields.register import Register


class Suspicion:
    def __init__(
        self, register: Register, sealed: Trail, store: ChildStore, hidden: HiddenChildren
    ) -> None:
        self._register, self._sealed = register, sealed
        self._store, self._hidden = store, hidden

    def look_around(self, arrived: Iterable[str], load: str) -> set[str]:
        """Hold those who can be found and may be one of these children, who were awaited and have
        just come; return their numbers. They are still to be moved."""
        self._store.refresh()
        found: dict[str, set[str]] = {}
        for number, one in self._hidden.read(arrived).items():
            for near in find_near(self._store, [profile_of(one)]).near:
                found.setdefault(near, set()).add(number)
        self.hold(found, load)
        return set(found)

    def hold(self, children: Mapping[str, Iterable[str]], load: str) -> None:
        """Say in the register of each of these children which shielded ones it may be (number →
        numbers, or names of shields that await one), and mark it; the load that found it acts."""
        actor = Actor(load, "operator", "")
        for number, suspects in children.items():
            for shield in self._shields_of(set(suspects)):
                hold_under(self._register, self._sealed, shield.name, [number], actor)

    def _shields_of(self, suspects: set[str]) -> list[Shield]:
        found = self._register.find(numbers=suspects, names=suspects).values()
        return [one for one in found if not one.is_lifted]


def hold_under(
    register: Register, sealed: Trail, shield: str, numbers: Iterable[str], actor: Actor
) -> None:
    """Let the shield hide these children too, for an officer to decide."""
    held = tuple(sorted(numbers))
    if held:
        sealed.write("shield-held", actor, children=list(held), subject=shield)
        register.append(event_of("held", shield, actor, numbers=held))
