"""One entry of the audit: how it is sealed into its chain, and what a witness keeps of it."""

from dataclasses import dataclass
from typing import Any

import orjson

from indexer.digests import keyed_digest

BEGINNING = "0" * 64  # what the first entry of a chain names as the one before
ID_HASH = 16  # digits of the hash that stand in an entry's id

Entry = dict[str, Any]
"""As it is stored: who did what when, and `chain`, `sequence`, `previous` and `hash`."""


@dataclass(frozen=True, order=True)
class Line:
    """Where an entry stands, and its keyed hash: all that a witness keeps, and nothing personal."""

    chain: str
    sequence: int
    hash: str


def sealed(key: bytes, said: Entry, before: Line) -> Entry:
    """Return what is said as the entry that follows `before`."""
    entry = {
        **said,
        "chain": before.chain,
        "sequence": before.sequence + 1,
        "previous": before.hash,
    }
    return entry | {"hash": entry_hash(key, entry)}


def entry_hash(key: bytes, entry: Entry) -> str:
    """Return the keyed hash of an entry without its `hash`: 64 hexadecimal digits."""
    body = {name: value for name, value in entry.items() if name != "hash"}
    return keyed_digest(key, orjson.dumps(body, option=orjson.OPT_SORT_KEYS))


def entry_id(entry: Entry) -> str:
    """Return the id under which an entry is created: the same for a retry, which is harmless."""
    return f"{entry['chain']}-{entry['sequence']:08}-{entry['hash'][:ID_HASH]}"


def line_of(entry: Entry) -> Line:
    return Line(entry["chain"], entry["sequence"], entry["hash"])
