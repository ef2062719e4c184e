"""What the gate answers: plain values that pages and commands print."""

from dataclasses import dataclass
from datetime import date

from indexer.children.child import Child
from indexer.world import World

FRESH_SECONDS = 0.5
"""An answer leaves within this time of its register check (docs/RULES.md, shielding 3): a shield is
acknowledged no sooner, so what was checked before cannot be shown after."""


@dataclass(frozen=True)
class Found:
    """One child in an answer: enough to tell two namesakes apart, no more.

    `score` is 0..1; `whys` are sentences for this child and `doubts` those against; `is_double`
    says that another child of the answer has the same name and date of birth, and may be the same;
    `is_twin` that another has the same family name, date of birth and home, and another given name;
    `sources` is None for all but data managers.
    """

    child: str
    score: float
    whys: tuple[str, ...]
    doubts: tuple[str, ...]
    is_double: bool
    given_names: str
    family_name: str
    known_as: str
    date_of_birth: date
    age: int
    sex: str
    town: str
    postcode_area: str
    authority: str
    sources: tuple[str, ...] | None
    is_twin: bool = False


@dataclass(frozen=True)
class Answer:
    """Children found, best first, at most 200.

    `more` says that more exist than are listed here; `too_many` that even the best group was over
    200 equal children, and then `found` is empty; `hint` says what to add. `checked_at` is the
    monotonic clock, in seconds, when the register was asked.
    """

    found: tuple[Found, ...]
    total: int
    more: bool
    too_many: bool
    hint: str
    checked_at: float


@dataclass(frozen=True)
class Sibling:
    """A child who can be found at the same address, or with the same carer near by; `is_twin` where
    the days of birth are the same or next to each other."""

    child: str
    given_names: str
    family_name: str
    date_of_birth: date
    is_twin: bool


@dataclass(frozen=True)
class OpenRecord:
    """One child's record as the gate hands it out, when the register was asked about it, and who
    may be a brother or sister, the eldest first."""

    child: Child
    age: int
    checked_at: float
    siblings: tuple[Sibling, ...] = ()


def is_fresh(checked_at: float, world: World) -> bool:
    """May an answer whose register check was at `checked_at` still leave?"""
    return world.monotonic() - checked_at <= FRESH_SECONDS
