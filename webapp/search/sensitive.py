"""What is never named: a source that tells of nothing but a sensitive service."""

from msgspec.structs import replace

from indexer.children.child import Child, Contribution


def without_sensitive_sources(child: Child) -> Child:
    """Return the child without the contributions that tell of nothing but sensitive services: the
    name of the source alone would say which."""
    kept = [one for one in child.contributions if not _is_sensitive(one)]
    return replace(child, contributions=tuple(kept))


def _is_sensitive(contribution: Contribution) -> bool:
    involvements = contribution.facts.involvements
    return bool(involvements) and all(one.sensitive for one in involvements)
