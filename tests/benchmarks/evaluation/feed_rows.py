"""Reads feeds in one pass, keeping of each row only the names, the birth and the postcode."""

import gzip
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

UNNAMED = {"", "baby"}  # what a row says of a newborn whose name nobody knows yet


class FormerName(msgspec.Struct, frozen=True):
    given_names: str = ""
    family_name: str = ""


class Address(msgspec.Struct, frozen=True):
    postcode: str = ""


class FeedRow(msgspec.Struct, frozen=True):
    """A row as far as a searcher could know it."""

    source_record_id: str
    family_name: str
    date_of_birth: str
    given_names: str = ""
    known_as: str = ""
    former_names: tuple[FormerName, ...] = ()
    address: Address | None = None


@dataclass(frozen=True)
class Meant:
    """The child that somebody has in mind; `row` is `source:source_record_id`."""

    row: str
    given: tuple[str, ...]
    family: str
    known_as: str
    former: tuple[FormerName, ...]
    born: str
    postcode: str

    @cached_property
    def first(self) -> str:
        return self.given[0]

    @cached_property
    def former_family(self) -> str:
        return self.former[0].family_name if self.former else ""


def meant_by(source: str, row: FeedRow) -> Meant | None:
    """Return the child of a row, or None if the row has no given name to ask for."""
    given = tuple(row.given_names.split())
    if not given or given[0].casefold() in UNNAMED:
        return None
    return Meant(
        row=f"{source}:{row.source_record_id}",
        given=given,
        family=row.family_name,
        known_as=row.known_as,
        former=row.former_names,
        born=row.date_of_birth,
        postcode=row.address.postcode if row.address else "",
    )


def read_children(path: Path, source: str) -> Iterator[Meant]:
    """Yield the children of a feed in its order; rows that are no rows are passed over."""
    decoder = msgspec.json.Decoder(FeedRow)
    for line in read_lines(path):
        with suppress(msgspec.DecodeError):
            meant = meant_by(source, decoder.decode(line))
            if meant:
                yield meant


def read_lines(path: Path) -> Iterator[bytes]:
    if path.suffix == ".gz":
        with gzip.open(path) as lines:
            yield from lines
    else:
        with path.open("rb") as plain:
            yield from plain
