"""Hides children who can be found and may be somebody shielded, until an officer decides."""

from collections.abc import Iterable, Mapping

from indexer.audit.trail import Trail
from indexer.people.actor import Actor
from indexer.shields.events import Shield, event_of
from indexer.shields.register import Register


class Suspicion:
    def __init__(self, register: Register, sealed: Trail) -> None:
        self._register, self._sealed = register, sealed

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
