"""How long held rows and held children have waited, and who sends many: for health checks."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from indexer.shields.held import HeldRow, HeldRows
from indexer.shields.register import Register

ALARM_AFTER = timedelta(days=2)
DECIDED_WITHIN = 5  # working days; bank holidays count as working days
PROBED_WITHIN, PROBES = timedelta(days=30), 3
SATURDAY = 5


@dataclass(frozen=True)
class Overdue:
    """How many held rows and children wait longer than two days, and longer than the five working
    days in which they must be decided; since when the oldest."""

    late: int
    escalated: int
    oldest: datetime | None


def find_overdue(held: HeldRows, register: Register, now: datetime) -> Overdue:
    """Return what waits too long; for `health`. Raises Unavailable."""
    rows = (datetime.fromisoformat(one.held_at) for one in held.open_since(now - ALARM_AFTER))
    late = sorted([*rows, *_children_since(register, now - ALARM_AFTER)])
    return Overdue(len(late), sum(is_escalated(one, now) for one in late), next(iter(late), None))


def _children_since(register: Register, moment: datetime) -> Iterator[datetime]:
    said = register.events({"term": {"kind": "held"}})
    shields = register.find(names=sorted({event.shield for event in said})).values()
    since = (at for one in shields if not one.is_lifted for at in one.held.values())
    return (found for at in since if (found := datetime.fromisoformat(at)) <= moment)


def is_escalated(since: datetime, now: datetime) -> bool:
    """Say whether more than five working days have passed."""
    day, left = since, DECIDED_WITHIN
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return now > day


def find_probing(held: HeldRows, now: datetime, since: datetime | None = None) -> dict[str, int]:
    """Return the sources, and the people who load, of whom three rows or more were held within 30
    days, and one since then: whoever tries out names would be among them. Raises Unavailable."""
    rows = list(held.held_since(now - PROBED_WITHIN))
    new = [one for one in rows if since is None or datetime.fromisoformat(one.held_at) > since]
    senders = set(counted(new))
    return {sender: count for sender, count in probing(rows).items() if sender in senders}


def probing(rows: Iterable[HeldRow]) -> dict[str, int]:
    """Return `source NAME` and `user NAME` → rows, for those with three or more."""
    return {sender: count for sender, count in counted(rows).items() if count >= PROBES}


def counted(rows: Iterable[HeldRow]) -> Counter[str]:
    """Return how many of the rows each source sent, and each person."""
    counts = Counter[str]()
    for row in rows:
        counts[f"source {row.contribution.source}"] += 1
        counts[f"user {row.uploader}"] += 1
    return counts
