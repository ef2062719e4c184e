"""Children by authority and rows by source, against the most that were right before."""

from collections.abc import Mapping
from datetime import timedelta

from indexer.builds.checks import shortfalls
from indexer.health.reports import Counts
from indexer.health.state import State, rounded, some, well

FEWEST_LOST = 10  # of a small authority 2% are one family: that must tell nobody of a shield
LEAVING_A_DAY = 1 / (18 * 365)
"""Of the children of an authority in which nobody is born: one year in eighteen comes of age."""


def measure(found: Counts, right: Counts | None, since: timedelta) -> tuple[State, Counts]:
    """Return what is to be said, and what the next check measures from: the most there ever was,
    less those who came of age `since`. Were it what is found now, a fall would be red once and
    green at the next look, and a slow one never red.

    `right` is None where there is nothing to measure from, as when somebody accepts what is found.
    """
    if right is None:
        return check_counts(found, found), found
    left = max(0.0, 1 - LEAVING_A_DAY * (since / timedelta(days=1)))
    authorities = _most(found.authorities, right.authorities, left)
    right = Counts(authorities, _most(found.sources, right.sources, left))
    return check_counts(found, right), right


def _most(found: Mapping[str, float], right: Mapping[str, float], left: float) -> dict[str, float]:
    names = sorted({*found, *right})
    return {one: max(found.get(one, 0), left * right.get(one, 0)) for one in names}


def check_counts(found: Counts, right: Counts) -> State:
    """Red if an authority, or a source, has 2% fewer than when all was right, or less than that."""
    children = rounded(round(sum(found.authorities.values())))
    said = f"about {children:,} children, by authority as before"
    lost = [
        f"{name} {rounded(round(then[name])):,} to {rounded(now):,}"
        for then, there in (
            (right.authorities, found.authorities),
            (right.sources, found.sources),
        )
        for name, now in shortfalls(then, there).items()
        if then[name] - now >= FEWEST_LOST
    ]
    if not lost:
        return well("counts", said)
    cause = f"2% fewer than when they were last right, or less than that: {some(lost)}"
    return State("counts", "red", cause, "contactpoint builds")
