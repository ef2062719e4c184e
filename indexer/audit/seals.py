"""The hashes of all entries that were read, packed: 64 bytes an entry, found by chain and place."""

from dataclasses import dataclass

HASH = 32  # bytes
BLOCK = 64  # entries; most chains are short, those of the service are long
_NOBODY = bytes(2 * HASH)


@dataclass
class Extent:
    """The first and last place of a chain that was read, and how many."""

    first: int
    last: int
    count: int = 0


class Seals:
    """Filled in any order."""

    def __init__(self) -> None:
        self.chains: dict[str, Extent] = {}
        self._blocks: dict[tuple[str, int], bytearray] = {}

    def put(self, chain: str, sequence: int, previous: bytes, own: bytes) -> bool:
        """Keep the hashes of one entry; False, and kept as it was, if there is one already."""
        block, at = self._place(chain, sequence)
        held = self._blocks.setdefault(block, bytearray(2 * HASH * BLOCK))
        if held[at : at + 2 * HASH] != _NOBODY:
            return False
        held[at : at + 2 * HASH] = previous + own
        extent = self.chains.setdefault(chain, Extent(sequence, sequence))
        extent.first = min(extent.first, sequence)
        extent.last = max(extent.last, sequence)
        extent.count += 1
        return True

    def get(self, chain: str, sequence: int) -> tuple[bytes, bytes] | None:
        """Return an entry's previous hash and its own; None if it was not read."""
        block, at = self._place(chain, sequence)
        held = self._blocks.get(block)
        both = bytes(held[at : at + 2 * HASH]) if held else _NOBODY
        return None if both == _NOBODY else (both[:HASH], both[HASH:])

    @staticmethod
    def _place(chain: str, sequence: int) -> tuple[tuple[str, int], int]:
        block, at = divmod(sequence, BLOCK)
        return (chain, block), at * 2 * HASH
