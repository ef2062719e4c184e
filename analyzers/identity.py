"""What is said about who a person is, by a stored child or by a question: the same shape."""

from datetime import date
from typing import Literal

from msgspec import Struct

Use = Literal["current", "known_as", "former", "typed"]


class PersonName(Struct, frozen=True):
    """One name of a person, as written. A typed name stands whole in `given`, in any order."""

    given: str = ""
    family: str = ""
    use: Use = "current"


class Born(Struct, frozen=True):
    """The days on which someone may have been born, both included; equal if the day is known."""

    earliest: date
    latest: date

    @property
    def day(self) -> date | None:
        """The date itself where it is known to the day."""
        return self.earliest if self.earliest == self.latest else None


class Identity(Struct, frozen=True):
    """All that tells one person from another. Postcodes are as written; current ones first.

    `carers` are names as written: they say where to look for the child, and are not compared.
    """

    names: tuple[PersonName, ...] = ()
    born: Born | None = None
    sex: str = ""
    postcodes: tuple[str, ...] = ()
    former_postcodes: tuple[str, ...] = ()
    authority: str = ""
    carers: tuple[str, ...] = ()
