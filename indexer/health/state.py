"""One thing that is well or not: its name, its colour, why, and the command to run next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Colour = Literal["green", "yellow", "red"]
COLOURS: tuple[Colour, ...] = ("green", "yellow", "red")
"""From well to worst: red, searches fail or somebody must act now; yellow, it will come to that."""


@dataclass(frozen=True)
class State:
    """`name` is also the heading of its part of docs/runbook.md. `cause` is a sentence without its
    full stop; `step` is the next command, empty where all is well. Neither tells of any child."""

    name: str
    colour: Colour
    cause: str
    step: str = ""

    @property
    def is_well(self) -> bool:
        return self.colour == "green"


def well(name: str, cause: str) -> State:
    return State(name, "green", cause)


def worst(states: Iterable[State]) -> Colour:
    """Return the worst colour of all, green if there is none."""
    return max((one.colour for one in states), key=COLOURS.index, default="green")


def some(names: Iterable[str], most: int = 5) -> str:
    """Return the first few of many names, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def rounded(count: int) -> int:
    """Return a number of children to three digits: to the last one it would change with a shield,
    and operators are not to learn from a figure that somebody was shielded."""
    unit = int(10 ** max(len(str(count)) - 3, 0))
    return round(count / unit) * unit
