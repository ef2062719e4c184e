"""The names of indices: made and parsed here and nowhere else."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

CHILDREN = "children"  # the alias that searches use; it points at one build
PRACTICE = "practice-children"  # invented children, for those who are not trained yet
LINKS = "links"
LOADS = "loads"
BUILDS = "builds"  # what became of each build, and who changes them now
CHECKS = "checks"  # what each run of `check` found
ALARMS = "alarms"  # what somebody must have seen
SHIELD_MARKS = "shield-marks"
SHIELD_REGISTER = "shield-register"
SHIELDED_CHILDREN = "shielded-children"  # the children themselves, in no build
WISHES = "wishes"  # what practitioners said on the pages, until `work` has loaded it
HELD_ROWS = "held-rows"  # rows that may be about a shielded child, until an officer decides
ORDERS = "orders"  # what officers decided on a page, for the worker to carry out
USERS = "users"
SESSIONS = "sessions"
BUDGETS = "budgets"  # what each person searched and opened this hour
ENROLMENTS = "enrolments"  # practitioners' own passwords and codes; the front writes them
DESK_ENROLMENTS = "desk-enrolments"  # of all others, mapped alike; the front reads them only
ORGANISATIONS = "organisations"
ARCHIVE = "archive"  # children who have left, outside every search
SHIELDED_ARCHIVE = "shielded-archive"  # those of them who were shielded, mapped alike
AUDIT = "audit"  # one index a month: audit-2026-11
AUDIT_MONTHS = f"{AUDIT}-2*"  # all of them
AUDIT_SEALED = "audit-sealed"  # what is done about shields; mapped as the audit is
ALL_AUDIT = (AUDIT_MONTHS, AUDIT_SEALED)
MATCHES = "matches"  # what was decided about two children who may be one

SINGLE_INDICES = (
    *(SHIELD_MARKS, SHIELD_REGISTER, LINKS, LOADS, BUILDS, CHECKS, ALARMS, HELD_ROWS, WISHES),
    ORDERS,
    *(USERS, SESSIONS, ENROLMENTS, BUDGETS, ORGANISATIONS, ARCHIVE, MATCHES),
    SHIELDED_ARCHIVE,
)
"""Indices there is one of, each with a mapping of the same name in this folder. The marks are made
first: where there are links and no marks, the register was lost."""

REPOSITORIES = {
    # and the published build
    "builds": (LOADS, BUILDS, CHECKS, ALARMS, ORGANISATIONS, ARCHIVE),
    "sealed": (
        *(SHIELD_MARKS, SHIELD_REGISTER, SHIELDED_CHILDREN, HELD_ROWS, WISHES, ORDERS),
        *(SHIELDED_ARCHIVE, MATCHES, LINKS, USERS, ENROLMENTS, DESK_ENROLMENTS, *ALL_AUDIT),
    ),
}
"""Where snapshots are kept, and of what. Apart, so that who comes by the one cannot take the marks
from the children: `sealed` is all that tells who is hidden (a link that leads to nobody does), and
who looked. Sessions and budgets are in neither: those that ended would begin
anew; nor the practice area, which `init` makes."""

TRIAL = "trial-"  # before the name of an index that is restored to see whether it can be

_BUILD = re.compile(rf"{CHILDREN}-(\d{{8}}t\d{{6}})z")
_SNAPSHOT = re.compile(r"snapshot-\d{8}t\d{6}z")
_TIME = "%Y%m%dt%H%M%S"


@dataclass(frozen=True, order=True)
class BuildName:
    """The name of one physical index of children; carries its time and sorts by age."""

    built_at: datetime

    def __str__(self) -> str:
        return f"{CHILDREN}-{self.built_at.strftime(_TIME)}z"

    @classmethod
    def parse(cls, name: str) -> "BuildName":
        """Read `children-20260821t030000z` back; raises ValueError for any other name."""
        match = _BUILD.fullmatch(name)
        if not match:
            raise ValueError(f"{name!r} is not the name of a build")
        return cls(datetime.strptime(match[1], _TIME).replace(tzinfo=UTC))


def is_build_name(name: str) -> bool:
    return bool(_BUILD.fullmatch(name))


def snapshot_name(taken_at: datetime) -> str:
    """Return the name of the snapshots taken then, one in each repository; they sort by age."""
    return f"snapshot-{taken_at.strftime(_TIME)}z"


def is_snapshot_name(name: str) -> bool:
    return bool(_SNAPSHOT.fullmatch(name))


def audit_index(month: date) -> str:
    """Return the index that holds the audit of that month."""
    return f"{AUDIT}-{month:%Y-%m}"
