"""Who does something: every function that changes or shows something takes one."""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal[
    "practitioner",
    "data-manager",
    "shield-officer",
    "auditor",
    "inspector",
    "operator",
    "learner",
]
LEARNER: Role = "learner"
"""Whoever would search but is not trained, or not any more: sees invented children alone. Nobody is
given this role; it is what an untrained one of SEARCHERS acts as on the practitioners' pages."""
ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != LEARNER)
SEARCHERS: frozenset[Role] = frozenset({"practitioner", "data-manager", "shield-officer"})
"""The roles that search for children and open records; they must be trained."""


@dataclass(frozen=True)
class Actor:
    """One person: their user name, role, and the code of the organisation they belong to."""

    name: str
    role: Role
    organisation: str
