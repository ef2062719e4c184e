"""What is held and the shielded child side by side, field by field, as an officer compares them."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from indexer.children.child import Address, Contribution, Facts
from indexer.children.hidden import HiddenChild
from indexer.shields.held import HeldRow

Read = Callable[[Facts], Iterable[str]]


class Difference(NamedTuple):
    """One field: what the held one says and what the shielded child is known by, each value once;
    `is_same` if something in it agrees."""

    field: str
    held: tuple[str, ...]
    shielded: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return not {one.casefold() for one in self.held}.isdisjoint(
            one.casefold() for one in self.shielded
        )


def side_by_side(held: HeldRow | HiddenChild, shielded: HiddenChild | None) -> list[Difference]:
    """Return the fields of which either says anything; nothing is known of a child who is awaited
    but what its shield waits for."""
    return compared(said_by(held), said_by(shielded) if shielded else [])


def compared(ours: Sequence[Contribution], theirs: Sequence[Contribution]) -> list[Difference]:
    """Return the fields of which either says anything."""
    fields = (
        Difference(field, _values(read, ours), _values(read, theirs))
        for field, read in FIELDS.items()
    )
    return [one for one in fields if one.held or one.shielded]


def said_by(held: HeldRow | HiddenChild) -> list[Contribution]:
    """Return the contributions of a held row, or of a hidden child, also what it said once."""
    if isinstance(held, HeldRow):
        return [held.contribution]
    return [*held.contributions, *held.evidence]


def _values(
    read: Callable[[Facts], Iterable[str]], said: Iterable[Contribution]
) -> tuple[str, ...]:
    values = (value for one in said for value in read(one.facts) if value)
    return tuple(dict.fromkeys(values))


def _names(facts: Facts) -> list[str]:
    names = [f"{facts.given_names} {facts.family_name}", facts.known_as]
    names += [f"{one.given_names} {one.family_name}" for one in facts.former_names]
    return [name.strip() for name in names]


def _address(one: Address | None) -> list[str]:
    return [", ".join(part for part in (*one.lines, one.town, one.postcode) if part)] if one else []


FIELDS: dict[str, Read] = {
    "names": _names,
    "born": lambda facts: [facts.date_of_birth.isoformat()],
    "sex": lambda facts: [facts.sex],
    "address": lambda facts: _address(facts.address),
    "carers": lambda facts: [one.name for one in facts.carers],
    "NHS number": lambda facts: [facts.nhs_number],
    "UPN": lambda facts: [facts.upn],
    "authority": lambda facts: [facts.authority],
}
