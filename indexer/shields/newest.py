"""Remembers, beyond the life of a process, the newest state of the register that was ever seen.

A register restored from an older copy has a sentinel and the right key; only who saw a newer one
knows that shields are missing from it. A file of the machine, so that a restart forgets nothing.
"""

from pathlib import Path

import orjson

from indexer.engine.secret_files import write_privately


class Newest:
    """The sequence of the newest sentinel seen, 0 before the first; never goes back."""

    def __init__(self, path: Path, key_check: str) -> None:
        """`key_check` tells one register from another: of one made anew nothing was seen yet."""
        self._path = path
        self._key_check = key_check
        self.sequence = self._read()

    def see(self, sequence: int) -> None:
        """Take note of a sentinel. Where the file cannot be written this process alone knows."""
        if sequence <= self.sequence:
            return
        self.sequence = sequence
        if sequence <= self._read():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_privately(self._path, orjson.dumps(self._said(sequence)).decode())
        except OSError:
            return

    def _read(self) -> int:
        try:
            said = orjson.loads(self._path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return 0
        return int(said["sequence"]) if said.get("key_check") == self._key_check else 0

    def _said(self, sequence: int) -> dict[str, int | str]:
        return {"sequence": sequence, "key_check": self._key_check}
