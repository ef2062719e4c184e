"""Reads a row of JSON in which nothing is odd at the speed of C; whatever is odd, it leaves alone.

It knows no rule of its own: its types are those of indexer/feeds/fields.py, and a test holds that
what it reads is what the careful way reads.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from indexer.feeds.fields import ROW
from indexer.feeds.kinds import FORMULA_IN_NAMES
from indexer.feeds.shapes import LIST_LIMIT, Field, Many, Shape, Wrong

# Quotes and what begins a formula as spaces: two of them are a space at an end of a text, two
# inside it, or a formula. In JSON without a space between its values there are no others.
SPACES = bytes.maketrans(b'"' + FORMULA_IN_NAMES.encode(), b" " * (1 + len(FORMULA_IN_NAMES)))

Build = Callable[[Any], Any]


def quick_values(line: str) -> dict[str, Any] | None:
    """Return what ROW.read does of a valid row's line, or None: it is to be read with care."""
    if "\\" in line:  # it may hide a colon
        return None
    try:
        found = _decode(line)
        compact = _encode(found)
        # Every name stands before a colon: with as many written as read, no field was said twice.
        if line.count(":") != compact.count(b":") or _is_odd(compact):
            return None
        values: dict[str, Any] = _build(found)
    except (msgspec.MsgspecError, RecursionError, Wrong):
        return None
    return values


def _is_odd(compact: bytes) -> bool:
    is_ascii = compact.isascii() and b"\x7f" not in compact
    if not (is_ascii or compact.decode().isprintable()):
        return True
    is_spaced = b"  " in compact.translate(SPACES)
    return is_spaced and b"  " in compact.replace(b'""', b"0").translate(SPACES)


def _quick(shape: Shape) -> tuple[type[msgspec.Struct], Build]:
    """Return the type that msgspec makes of an object, and what makes of that our own."""
    fields = [_member(name, field) for name, field in shape.fields.items()]
    made = msgspec.defstruct(
        "Said", [one for one, _ in fields], forbid_unknown_fields=True, kw_only=True
    )
    rough = tuple((one[0], build) for one, build in fields if build)
    return made, partial(_built, shape.build, rough)


def _member(name: str, field: Field) -> tuple[tuple[str, Any, Any], Build | None]:
    kind, build = _typed(field)
    if field.required:
        return (field.kept_as, kind, msgspec.field(name=name)), build
    stands = msgspec.field(name=name, default=UNSET)
    return (field.kept_as, kind | None | UnsetType, stands), build


def _typed(field: Field) -> tuple[Any, Build | None]:
    one = field.read.read if isinstance(field.read, Many) else field.read
    made, build = _quick(one) if isinstance(one, Shape) else (field.quick, field.is_rough and one)
    if isinstance(field.read, Many):
        many = Annotated[list[made], Meta(max_length=LIST_LIMIT)]  # type: ignore[valid-type]
        return many, partial(_all, build) if build else tuple
    return made, build or None


def _all(build: Build, found: list[Any]) -> tuple[Any, ...]:
    return tuple([build(one) for one in found])


def _built(build: Callable[..., Any], rough: tuple[tuple[str, Build], ...], found: Any) -> Any:
    values = {name: value for name, value in asdict(found).items() if value}
    for name, make in rough:
        if name in values:
            values[name] = make(values[name])
    return build(**values)


_type, _build = _quick(ROW)
_decode = msgspec.json.Decoder(_type).decode
_encode = msgspec.json.Encoder().encode
