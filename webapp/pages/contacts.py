"""Who is in contact with a child, in the order in which a reader needs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from indexer.children.child import Involvement


@dataclass(frozen=True)
class Contacts:
    """`current` and `ended` can be named; of a sensitive service only that there is one is told."""

    current: tuple[Involvement, ...]
    ended: tuple[Involvement, ...]
    has_sensitive: bool


def build_contacts(involvements: Iterable[Involvement], today: date) -> Contacts:
    """Return the lead professional first, then the newest; ended ones apart, latest end first."""
    listed = tuple(involvements)
    named = [one for one in listed if not one.sensitive]
    return Contacts(
        current=tuple(sorted((one for one in named if not _is_over(one, today)), key=_newest)),
        ended=tuple(sorted((one for one in named if _is_over(one, today)), key=_latest_end)),
        has_sensitive=any(one.sensitive and not _is_over(one, today) for one in listed),
    )


def _is_over(involvement: Involvement, today: date) -> bool:
    return involvement.end is not None and involvement.end < today


def _newest(involvement: Involvement) -> tuple[bool, int]:
    start = involvement.start or date.min
    return not involvement.lead, -start.toordinal()


def _latest_end(involvement: Involvement) -> int:
    return -(involvement.end or date.max).toordinal()
