"""Reads a value by a table of fields: one pass finds all that is wrong, or builds what was said.

Messages never repeat what the row said.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Read = Callable[[Any], Any]
"""Returns the value as it is kept, or raises Wrong."""

MISSING = "Is missing."
UNKNOWN = "Not a field of a feed; docs/FORMATS.md lists them."
LIST_LIMIT = 100  # carers, involvements, former names or address lines in one row


class Wrong(ValueError):
    """What is wrong with a value: place inside it ("" for the value itself) → message."""

    def __init__(self, said: str | Mapping[str, str]) -> None:
        super().__init__()
        self.errors = {"": said} if isinstance(said, str) else said

    def inside(self, place: str) -> dict[str, str]:
        return {f"{place}.{inner}" if inner else place: one for inner, one in self.errors.items()}


@dataclass(frozen=True)
class Field:
    """How a field is read and what it is called when kept; `about` says to people what stands in
    it; `quick` and `is_rough` are those of its kind."""

    read: Read
    kept_as: str
    about: str = ""
    required: bool = False
    quick: Any = None
    is_rough: bool = False


class Shape:
    """An object of known fields; `null` is as if not there, an unknown field always wrong.

    An unknown field's name is the row's own text, and is shown only if `is_shown`.
    """

    def __init__(
        self, build: Callable[..., Any], fields: dict[str, Field], is_shown: Callable[[str], bool]
    ) -> None:
        self.build, self.fields, self._is_shown = build, fields, is_shown
        self.required = [name for name, field in fields.items() if field.required]

    def __call__(self, said: Any) -> Any:
        values, errors = self.read(said)
        if errors:
            raise Wrong(errors)
        return self.build(**values)

    def read(self, said: Any) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the values that are right, and place → message of those that are not."""
        if not isinstance(said, dict):
            raise Wrong("Must be an object.")
        values: dict[str, Any] = {}
        errors = {name: MISSING for name in self.required if said.get(name) is None}
        for name, value in said.items():
            field = self.fields.get(name)
            if field is None:
                errors[name if self._is_shown(name) else "unknown field"] = UNKNOWN
            elif value is not None:
                try:
                    values[field.kept_as] = field.read(value)
                except Wrong as wrong:
                    errors.update(wrong.inside(name))
        return values, errors


class Many:
    """A list of one kind of value; a dict from number to value is a list with gaps (from CSV)."""

    def __init__(self, read: Read) -> None:
        self.read = read

    def __call__(self, said: Any) -> tuple[Any, ...]:
        kept: list[Any] = []
        errors: dict[str, str] = {}
        for number, value in _numbered(said):
            try:
                if value is not None:
                    kept.append(self.read(value))
            except Wrong as wrong:
                errors.update(wrong.inside(str(number)))
        if errors:
            raise Wrong(errors)
        return tuple(kept)


def _numbered(said: Any) -> Iterator[tuple[int, Any]]:
    if isinstance(said, list):
        if len(said) > LIST_LIMIT:
            raise Wrong(f"More than {LIST_LIMIT} of them.")
        return enumerate(said, 1)
    if isinstance(said, dict) and said and all(isinstance(key, int) for key in said):
        return iter(sorted(said.items()))  # no JSON object has numbers as names
    raise Wrong("Must be a list.")


def columns_of(shape: Shape, before: str = "") -> Iterator[tuple[str, Field]]:
    """Yield every column of a CSV, lists with their first place only."""
    for name, field in shape.fields.items():
        read, place = field.read, f"{before}{name}"
        if isinstance(read, Many):
            read, place = read.read, f"{place}.1"
        if isinstance(read, Shape):
            yield from columns_of(read, f"{place}.")
        else:
            yield place, field
