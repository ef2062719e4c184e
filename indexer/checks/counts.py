"""Children by authority and rows by source, against those of the last check that was green."""

from indexer.builds.checks import shortfalls
from indexer.health.reports import Counts
from indexer.health.state import State, rounded, some, well

FEWEST_LOST = 10  # of a small authority 2% are one family: that must tell nobody of a shield


def measure(found: Counts, right: Counts | None) -> tuple[State, Counts | None]:
    """Return what is to be said, and what the next check must go on measuring from: or a fall would
    be red once, and green at the next look. None if that is what is found now."""
    state = check_counts(found, right)
    return state, None if state.is_well else right


def check_counts(found: Counts, right: Counts | None) -> State:
    """Red if an authority, or a source, has 2% fewer than when all was right, or less than that.

    `right` is None where there is nothing to measure from, as when somebody accepts what is found.
    """
    said = f"about {rounded(sum(found.authorities.values())):,} children, by authority as before"
    if right is None:
        return well("counts", said)
    lost = [
        f"{name} {rounded(then[name]):,} to {rounded(now):,}"
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
