"""Makes Structs of what was read back from Elasticsearch."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

Shape = TypeVar("Shape")


def reader(shape: type[Shape]) -> Callable[[object], Shape]:
    """Return what makes a `shape` of a document; it raises msgspec.ValidationError.

    To be called where a module is loaded, never at first use: msgspec learns a shape piece by piece
    when it first meets it, and a second thread that uses it meanwhile ends the whole process.
    """
    msgspec.json.Decoder(shape)  # learns it now

    def read(document: object) -> Shape:
        return msgspec.convert(document, shape)

    return read
