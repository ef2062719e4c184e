"""The record of one child, and the contributions it is combined from.

Empty text, an empty tuple or None means: not said, and is not written. Structs are made, compared,
written and read in half the time of dataclasses.
"""

from datetime import date

from msgspec import Struct

PRACTITIONERS = "practitioners"
"""The source of what practitioners say on the pages: a row a person, about the child they opened.
Its name and date of birth are a copy of that record's, and so count for nothing beside others."""


class FormerName(Struct, frozen=True, omit_defaults=True):
    """Another name of the child: from before, or as another source has it."""

    given_names: str = ""
    family_name: str = ""


class Address(Struct, frozen=True, omit_defaults=True):
    lines: tuple[str, ...] = ()
    town: str = ""
    postcode: str = ""


class Carer(Struct, frozen=True, omit_defaults=True):
    name: str
    relationship: str = ""
    phone: str = ""


class Involvement(Struct, frozen=True, omit_defaults=True):
    """A service in contact with the child, and how to reach it.

    Of a sensitive one only that, the dates and the source are kept: who and where it is never
    reaches the searchable document. `source` is the feed that told us, or several with spaces
    between.
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


class Facts(Struct, frozen=True, omit_defaults=True):
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


class Contribution(Struct, frozen=True, omit_defaults=True):
    """What one source says of one child: its last valid row, and when it was loaded (UTC, ISO).

    `former_addresses` are the addresses that earlier rows of the same source gave.
    """

    source: str
    source_record_id: str
    loaded_at: str
    facts: Facts
    former_addresses: tuple[Address, ...] = ()


class Child(Struct, frozen=True, omit_defaults=True):
    """One record, combined from its contributions. `number` is the ContactPoint number,
    `former_numbers` are those of children who turned out to be this one."""

    number: str
    facts: Facts
    contributions: tuple[Contribution, ...]
    former_addresses: tuple[Address, ...] = ()
    nhs_numbers: tuple[str, ...] = ()
    upns: tuple[str, ...] = ()
    former_numbers: tuple[str, ...] = ()
