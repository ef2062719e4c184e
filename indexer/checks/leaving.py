"""Whether those have left who must."""

from indexer.children.expire import Expired
from indexer.health.state import State, well


def check_leaving(expired: Expired) -> State:
    """Yellow while anybody is left whom `expire` should have let go; it is to run every day."""
    if not any((expired.adults, expired.died, expired.deleted)):
        return well("leaving", "everybody left who must")
    cause = "children or archived records are still there whose time is over"
    return State("leaving", "yellow", cause, "contactpoint expire")
