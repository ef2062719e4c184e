"""Children by authority and rows by source, against those of the last check."""

from collections.abc import Mapping

from indexer.builds.checks import shortfalls
from indexer.health.reports import Report
from indexer.health.state import State, rounded, some, well

FEWEST_LOST = 10  # of a small authority 2% are one family: that must tell nobody of a shield


def check_counts(
    authorities: Mapping[str, int], sources: Mapping[str, int], before: Report | None
) -> State:
    """Red if an authority, or a source, has 2% fewer than at the last check, or less than that.

    The next check measures from today's counts: so what is right is red for a day.
    """
    said = f"about {rounded(sum(authorities.values())):,} children, by authority as before"
    if before is None:
        return well("counts", said)
    lost = [
        f"{name} {rounded(then[name]):,} to {rounded(now):,}"
        for then, there in ((before.authorities, authorities), (before.sources, sources))
        for name, now in shortfalls(then, there).items()
        if then[name] - now >= FEWEST_LOST
    ]
    if not lost:
        return well("counts", said)
    cause = f"2% fewer than at the last check, or less than that: {some(lost)}"
    return State("counts", "red", cause, "contactpoint builds")
