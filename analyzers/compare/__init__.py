"""What speaks for and against an asked identity being a stored one, in words and as a number."""

from analyzers.compare.evidence import NAME_FIELDS, Evidence, score
from analyzers.compare.facts import fact_evidence
from analyzers.compare.names import name_evidence
from analyzers.identity import Identity

__all__ = ["NAME_FIELDS", "Evidence", "compare", "score"]


def compare(asked: Identity, stored: Identity, *, by_ear: bool = False) -> list[Evidence]:
    """Return the evidence about everything that was asked, the names first; `by_ear` if typed words
    may be what somebody nearly heard."""
    return [*name_evidence(asked.names, stored.names, by_ear), *fact_evidence(asked, stored)]
