"""Who is hidden and not yet erased from the files, now and at the moment of a snapshot."""

from datetime import datetime

import pytest

from indexer.shields.events import Event
from indexer.shields.purge import UP_TO, unpurged_since, was_unpurged

AT = "2026-11-{:02}T10:00:00+00:00"


class Said:
    """A register with these events: kinds, in their order; `purged` erased all that was hidden
    before it."""

    def __init__(self, *kinds):
        self._all = []
        for sequence, kind in enumerate(kinds, 1):
            hid = [one.sequence for one in self._all if one.kind != "purged"]
            reason = f"{UP_TO}{max(hid, default=0)}" if kind == "purged" else ""
            at = AT.format(sequence)
            self._all.append(Event(kind, reason=reason, sequence=sequence, at=at))

    def events(self, query, after=0):
        (asked,) = query.values()
        kinds = asked["kind"] if isinstance(asked["kind"], list) else [asked["kind"]]
        return [one for one in self._all if one.kind in kinds and one.sequence > after]


def test_first_who_was_hidden_since_the_last_purge_is_waited_for():
    said = Said("set", "purged", "held", "arrived")
    assert unpurged_since(said) == datetime.fromisoformat(AT.format(3))
    assert unpurged_since(Said("set", "purged")) is None


@pytest.mark.parametrize(
    ("sentinel", "is_so"),
    [(2, True), (3, False), (4, False)],
    ids=["before the purge", "after it", "after a review"],
)
def test_files_of_a_snapshot_hold_who_was_hidden_and_not_yet_erased(sentinel, is_so):
    """The sentinel is one more than the last event."""
    assert was_unpurged(Said("set", "purged", "reviewed"), sentinel) is is_so


def test_files_of_a_snapshot_hold_who_was_hidden_since():
    assert was_unpurged(Said("set", "purged", "set", "purged"), 3)
