"""Who decides about shields, and that a reason is given."""

from indexer.errors import NotAllowed, Refused
from indexer.people.actor import Actor

REASON_LENGTH = 500


def refuse_unless_decided(officer: Actor, reason: str) -> None:
    """Raise NotAllowed unless it is a shield officer, Refused without a reason."""
    refuse_unless_officer(officer)
    if not 0 < len(reason.strip()) <= REASON_LENGTH:
        raise Refused(f"Give your reason, in at most {REASON_LENGTH} characters.")


def refuse_unless_officer(officer: Actor) -> None:
    """Raise NotAllowed unless it is a shield officer."""
    if officer.role != "shield-officer":
        raise NotAllowed(f"The role {officer.role} does not decide about shields.")
