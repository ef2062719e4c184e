"""Keeps a copy of the journal of shields elsewhere, from which the register can be made anew."""

from pathlib import Path

import msgspec

from indexer.engine.secret_files import write_privately
from indexer.errors import Refused
from indexer.shields.journal import Journal


def copy_journal(journal: Journal, to: Path) -> int:
    """Write the proved journal to another file, for its owner's eyes alone; return how many events
    it has. As a journal, with the same key, the file is as good as the first.

    Raises JournalBroken; Refused if the copy that is there knows what the journal does not.
    """
    with journal.held():  # whole lines, also while officers decide
        events = journal.read()
    kept = Journal(to, journal.key).read()
    if events[: len(kept)] != kept:
        raise Refused(
            f"{to} has events that {journal.path} has not: keep both, and tell whoever answers for "
            "security"
        )
    lines = (msgspec.json.encode(one).decode() for one in events)
    try:
        write_privately(to, "".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise Refused(f"{to} cannot be written: {error.strerror}") from None
    return len(events)
