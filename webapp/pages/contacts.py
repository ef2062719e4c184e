"""Who is in contact with a child, in the order in which a reader needs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from indexer.children.child import PRACTITIONERS, Child, Involvement
from indexer.children.services import BETWEEN_SOURCES

SCHOOL_YEARS = range(5, 17)  # the years of compulsory schooling in England, by completed age
BABY_YEARS = range(5)  # of the health visitor

MISSING = {
    "school": "No school has told us that this child is a pupil there.",
    "gp": "No GP surgery has told us that this child is a patient there.",
    "health_visitor": "No health visitor has told us that they visit this child.",
    "lead": "Nobody is recorded as lead professional.",
}


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


def what_is_missing(contacts: Contacts, age: int) -> tuple[str, ...]:
    """Return, in sentences, whom a reader would expect to find and does not."""
    expected = {"school": age in SCHOOL_YEARS, "gp": True, "health_visitor": age in BABY_YEARS}
    there = {one.service for one in contacts.current}
    services = [one for one, is_due in expected.items() if is_due and one not in there]
    lead = [] if any(one.lead for one in contacts.current) else ["lead"]
    return tuple(MISSING[one] for one in (*services, *lead))


def last_told(child: Child) -> dict[str, str]:
    """Return source → when it last said something new of the child (UTC, ISO)."""
    told: dict[str, str] = {}
    for one in child.contributions:
        told[one.source] = max(one.loaded_at, told.get(one.source, ""))
    return told


def _is_over(involvement: Involvement, today: date) -> bool:
    """A day on which it ends is one of contact; but who says on the pages that they no longer work
    with the child is not to be called as if they did."""
    if involvement.end is None:
        return False
    own_word = PRACTITIONERS in involvement.source.split(BETWEEN_SOURCES)
    return involvement.end <= today if own_word else involvement.end < today


def _newest(involvement: Involvement) -> tuple[bool, int]:
    start = involvement.start or date.min
    return not involvement.lead, -start.toordinal()


def _latest_end(involvement: Involvement) -> int:
    return -(involvement.end or date.max).toordinal()
