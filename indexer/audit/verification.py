"""Proves the audit: every entry as it was written, none missing, each after the one before it.

Pure: entries come in any order, then the lines of witnesses and anchors. Nothing is told of what an
entry says, only where it stands.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from indexer.audit.chain import AT_ONCE
from indexer.audit.entry import BEGINNING, Entry, Line, entry_hash, entry_id
from indexer.audit.seals import Extent, Seals

A_CRASH_LEAVES = AT_ONCE + 1  # entries: as many as are stored at once, and a chain's first
SENTENCES = {
    "changed": "is not as it was written",
    "missing": "is missing",
    "astray": "does not follow the entry before it",
    "another": "is not the one that the witness saw",
    "twice": "is there twice",
}
_ID = re.compile(r"([0-9a-f]{16})-([0-9]{8,12})-[0-9a-f]{16}")


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong with the entries of a chain from `first` to `last`; `kind` is of SENTENCES."""

    chain: str
    first: int
    last: int
    kind: str

    def __str__(self) -> str:
        several = "" if self.first == self.last else f" to {self.last}, each"
        return f"chain {self.chain}, entry {self.first}{several}: {SENTENCES[self.kind]}"


@dataclass(frozen=True)
class Verdict:
    """`heads` are the last lines of all chains. `crashed` are those of chains that end with what a
    process that was killed leaves: stored, and not witnessed, so never shown; `unseen` those of
    which the witness lacks more than that."""

    entries: int
    faults: tuple[Fault, ...]
    heads: tuple[Line, ...]
    crashed: tuple[Line, ...]
    unseen: tuple[Line, ...]


@dataclass
class Verification:
    """`is_whole` says that all there is is read; else chains may have begun before."""

    key: bytes
    is_whole: bool = True
    entries: int = 0
    _seals: Seals = field(default_factory=Seals)
    _found: set[tuple[str, int, str]] = field(default_factory=set)
    _cut: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)

    def read(self, stored_as: str, entry: Entry) -> None:
        """Take in one entry and the id under which it is stored."""
        self.entries += 1
        if not self._is_ours(stored_as, entry):
            self._found.add((*_claimed(stored_as, entry), "changed"))
            return
        chain, sequence = entry["chain"], entry["sequence"]
        hashes = (bytes.fromhex(entry["previous"]), bytes.fromhex(entry["hash"]))
        if not self._seals.put(chain, sequence, *hashes):
            self._found.add((chain, sequence, "twice"))

    def _is_ours(self, stored_as: str, entry: Entry) -> bool:
        try:
            return entry_hash(self.key, entry) == entry["hash"] and stored_as == entry_id(entry)
        except (KeyError, TypeError, ValueError):
            return False

    def compare(self, line: Line) -> None:
        """Take in what a witness or an anchor saw, once all entries are read."""
        extent = self._seals.chains.get(line.chain)
        if not self.is_whole and (extent is None or line.sequence < extent.first):
            return
        self._seen[line.chain] = max(line.sequence, self._seen.get(line.chain, 0))
        if line.sequence > (extent.last if extent else 0):
            self._cut[line.chain] = max(line.sequence, self._cut.get(line.chain, 0))
        else:
            hashes = self._seals.get(line.chain, line.sequence)
            if hashes and hashes[1].hex() != line.hash:
                self._found.add((line.chain, line.sequence, "another"))

    def verdict(self) -> Verdict:
        """Return what came of it."""
        chains = self._seals.chains
        for chain, extent in chains.items():
            self._found.update(self._faults_within(chain, extent))
        late = [self._head(one) for one in chains if self._unseen(one) > 0] if self._seen else []
        return Verdict(
            entries=self.entries,
            faults=tuple(sorted([*_joined(self._found), *self._cut_off()])),
            heads=tuple(sorted(map(self._head, chains))),
            crashed=tuple(sorted(x for x in late if self._unseen(x.chain) <= A_CRASH_LEAVES)),
            unseen=tuple(sorted(x for x in late if self._unseen(x.chain) > A_CRASH_LEAVES)),
        )

    def _faults_within(self, chain: str, extent: Extent) -> Iterator[tuple[str, int, str]]:
        first = 1 if self.is_whole else extent.first
        before = bytes.fromhex(BEGINNING) if first == 1 else None
        for sequence in range(first, extent.last + 1):
            hashes = self._seals.get(chain, sequence)
            if hashes is None:
                if (chain, sequence, "changed") not in self._found:
                    yield chain, sequence, "missing"
            elif before is not None and hashes[0] != before:
                yield chain, sequence, "astray"
            before = hashes[1] if hashes else None

    def _cut_off(self) -> Iterator[Fault]:
        """What the witness saw behind the last entry there is."""
        for chain, last in self._cut.items():
            extent = self._seals.chains.get(chain)
            changed = sorted(place for one, place, _ in self._found if one == chain)
            begins = extent.last + 1 if extent else 1
            for place in [*(one for one in changed if one >= begins), last + 1]:
                if begins < place:
                    yield Fault(chain, begins, place - 1, "missing")
                begins = place + 1

    def _unseen(self, chain: str) -> int:
        """How many entries behind the last one that the witness saw."""
        return self._seals.chains[chain].last - self._seen.get(chain, 0)

    def _head(self, chain: str) -> Line:
        last = self._seals.chains[chain].last
        hashes = self._seals.get(chain, last)
        return Line(chain, last, hashes[1].hex() if hashes else "")


def _claimed(stored_as: str, entry: Entry) -> tuple[str, int]:
    """Where an entry that is not ours says it stands."""
    if match := _ID.fullmatch(stored_as):
        return match[1], int(match[2])
    return "unknown", 0


def _joined(found: Iterable[tuple[str, int, str]]) -> Iterator[Fault]:
    """Neighbours with the same fault as one."""
    begun: tuple[str, int, int, str] | None = None
    for chain, place, kind in sorted(found, key=lambda one: (one[0], one[2], one[1])):
        if begun and (begun[0], begun[2] + 1, begun[3]) == (chain, place, kind):
            begun = (chain, begun[1], place, kind)
            continue
        if begun:
            yield Fault(*begun)
        begun = (chain, place, place, kind)
    if begun:
        yield Fault(*begun)
