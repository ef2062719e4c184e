"""The record of one child, and the contributions it is combined from."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class FormerName:
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

    Of a sensitive one only `service="sensitive"` and the dates are kept. `source` says whose
    feed told us.
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
    """What a row, or a whole record, says of a child. Empty text means not said."""

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


@dataclass(frozen=True)
class Contribution:
    """What one source says of one child: its last valid row, and when it was loaded."""

    source: str
    source_record_id: str
    facts: Facts
    loaded_at: str


@dataclass(frozen=True)
class Child:
    """One record, combined from its contributions. `number` is the ContactPoint number."""

    number: str
    facts: Facts
    contributions: tuple[Contribution, ...]
    former_addresses: tuple[Address, ...] = ()
    nhs_numbers: tuple[str, ...] = ()
    upns: tuple[str, ...] = ()
    shielded: bool = field(default=False)
