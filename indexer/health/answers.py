"""Whether searches can be answered: the indices, the register, and the audit of this month."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from elasticsearch import Elasticsearch

from indexer.clients import speaking_to_cluster
from indexer.errors import Unavailable
from indexer.health.engine import FREE
from indexer.health.state import Colour, State, some, well
from indexer.shields.marks import Marks
from mappings.names import (
    ALL_AUDIT,
    AUDIT_SEALED,
    SHIELDED_CHILDREN,
    SINGLE_INDICES,
    audit_index,
)

INIT = "contactpoint init"
AHEAD = timedelta(days=10)
NEEDED = (*SINGLE_INDICES, SHIELDED_CHILDREN, AUDIT_SEALED)


def look_at_indices(client: Elasticsearch) -> dict[str, bool]:
    """Return each index, builds left out, and whether it can be written. Raises
    ClusterUnavailable."""
    with speaking_to_cluster("asking which indices there are"):
        answer = client.indices.get(
            index=[*NEEDED, *ALL_AUDIT],
            features=["settings"],
            ignore_unavailable=True,
        )
    return {name: "blocks" not in one["settings"]["index"] for name, one in answer.items()}


def judge_indices(there: Collection[str]) -> State:
    missing = [one for one in NEEDED if one not in there]
    if missing:
        return State("indices", "red", f"missing: {some(missing)}", INIT)
    return well("indices", "every index is there")


def judge_blocks(there: Mapping[str, bool]) -> list[State]:
    """Red as long as Elasticsearch lets nothing be written, as it does when a disk is full."""
    if all(there.values()):
        return []
    return [State("disk", "red", "a disk was full, so nothing can be written", FREE)]


def judge_audit(there: Collection[str], today: date) -> State:
    """Red without an index for this month's entries; yellow if the next one is due in 10 days."""
    due: tuple[tuple[date, Colour], ...] = ((today, "red"), (today + AHEAD, "yellow"))
    for day, colour in due:
        if audit_index(day) not in there:
            cause = f"there is no index for the audit of {day:%B %Y}"
            return State("audit", colour, cause, INIT)
    return well("audit", "its index for this month is there")


def judge_register(marks: Marks) -> State:
    """Ask it as searches do."""
    try:
        marks.marked(())
    except Unavailable as error:
        return State(
            "register", "red", str(error).split(";", maxsplit=1)[0], "contactpoint shield verify"
        )
    return well("register", "it answers")
