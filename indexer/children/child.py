"""The record of one child, and the contributions it is combined from.

Empty text, an empty tuple or None means: not said.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class FormerName:
    """Another name of the child: from before, or as another source has it."""

    given_names: str = ""
    family_name: str = ""


@dataclass(frozen=True)
class Address:
    lines: tuple[str, ...] = ()
    town: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class Carer:
    name: str
    relationship: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Involvement:
    """A service in contact with the child, and how to reach it.

    Of a sensitive one only that, the dates and the source are kept: who and where it is never
    reaches the searchable document. `source` is the feed that told us.
    """

    service: str
    organisation: str = ""
    practitioner: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""
    start: date | None = None
    end: date | None = None
    sensitive: bool = False
    lead: bool = False
    source: str = ""


@dataclass(frozen=True)
class Facts:
    """What a row, or a whole record, says of a child."""

    family_name: str
    date_of_birth: date
    authority: str
    given_names: str = ""
    known_as: str = ""
    former_names: tuple[FormerName, ...] = ()
    sex: str = ""
    nhs_number: str = ""
    upn: str = ""
    address: Address | None = None
    carers: tuple[Carer, ...] = ()
    involvements: tuple[Involvement, ...] = ()
    date_of_death: date | None = None


@dataclass(frozen=True)
class Contribution:
    """What one source says of one child: its last valid row, and when it was loaded (UTC, ISO).

    `former_addresses` are the addresses that earlier rows of the same source gave.
    """

    source: str
    source_record_id: str
    loaded_at: str
    facts: Facts
    former_addresses: tuple[Address, ...] = ()


@dataclass(frozen=True)
class Child:
    """One record, combined from its contributions. `number` is the ContactPoint number."""

    number: str
    facts: Facts
    contributions: tuple[Contribution, ...]
    former_addresses: tuple[Address, ...] = ()
    nhs_numbers: tuple[str, ...] = ()
    upns: tuple[str, ...] = ()
