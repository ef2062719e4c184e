"""What the gate answers: plain values that pages and commands print."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Found:
    """One child in an answer: enough to tell two namesakes apart, no more.

    `score` is 0..1; `whys` are sentences; `sources` is None for all but data managers.
    """

    child: str
    score: float
    whys: tuple[str, ...]
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


@dataclass(frozen=True)
class Answer:
    """Children found, best first, at most 200.

    `more` says that more exist than are listed here; `too_many` that even the best group was over
    200 equal children, and then `found` is empty and `hint` says what to add. `checked_at` is the
    monotonic clock, in seconds, when the register was asked: an answer leaves within half a second
    of it (`gate.is_fresh`) or not at all.
    """

    found: tuple[Found, ...]
    total: int
    more: bool
    too_many: bool
    hint: str
    checked_at: float
