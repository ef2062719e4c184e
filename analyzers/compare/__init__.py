"""What speaks for and against an asked identity being a stored one, in words and as a number."""

from analyzers.compare.evidence import NAME_FIELDS, Evidence, score
from analyzers.compare.facts import fact_evidence
from analyzers.compare.names import name_evidence
from analyzers.identity import Identity

__all__ = ["NAME_FIELDS", "Evidence", "compare", "score"]


def compare(asked: Identity, stored: Identity) -> list[Evidence]:
    """Return the evidence about everything that was asked, the names first."""
    return [*name_evidence(asked.names, stored.names), *fact_evidence(asked, stored)]
