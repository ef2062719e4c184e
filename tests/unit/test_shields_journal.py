"""The journal of shields: what was acknowledged is there, and no change goes unseen."""

import errno
import os
import threading

import pytest

from indexer.errors import JournalBroken, Refused
from indexer.shields.events import Event
from indexer.shields.journal import Journal
from indexer.shields.journal_copy import copy_journal

KEY = "a key"


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal" / "shields.jsonl", KEY)


def write(journal, *shields):
    for shield in shields:
        with journal.held() as pen:
            pen.write(pen.seal(Event("set", shield)))


def names(journal):
    return [event.shield for event in journal.read()]


def lines(journal):
    return journal.path.read_bytes().splitlines(keepends=True)


def test_journal_that_was_never_written_is_empty(journal):
    assert journal.read() == []


def test_events_are_numbered_and_read_back_in_order(journal):
    write(journal, "a", "b", "c")
    assert [(event.sequence, event.shield) for event in journal.read()] == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
    ]


def test_only_its_owner_may_read_it(journal):
    write(journal, "a")
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("torn", [b"{", b'{"kind":"set","shi', b"\0" * 400])
def test_line_torn_by_a_crash_is_no_event_and_makes_room_for_the_next(journal, torn):
    write(journal, "a")
    with journal.path.open("ab") as file:
        file.write(torn)
    assert names(journal) == ["a"]
    write(journal, "b")
    assert names(journal) == ["a", "b"]


def test_changed_line_is_seen(journal):
    write(journal, "a", "b", "c")
    journal.path.write_bytes(journal.path.read_bytes().replace(b'"b"', b'"x"'))
    with pytest.raises(JournalBroken, match="event 2"):
        journal.read()


def test_line_that_is_no_event_is_seen(journal):
    write(journal, "a", "b")
    journal.path.write_bytes(b"".join([lines(journal)[0], b"nothing\n"]))
    with pytest.raises(JournalBroken):
        journal.read()


@pytest.mark.parametrize("kept", [[1, 2], [0, 2], [0, 2, 1], [1, 0, 2], [0, 1, 1, 2]])
def test_lines_cut_out_put_elsewhere_or_doubled_are_seen(journal, kept):
    write(journal, "a", "b", "c")
    all_lines = lines(journal)
    journal.path.write_bytes(b"".join(all_lines[place] for place in kept))
    with pytest.raises(JournalBroken):
        journal.read()


def test_another_key_is_seen_by_readers_and_by_writers(journal):
    write(journal, "a")
    other = Journal(journal.path, "another key")
    with pytest.raises(JournalBroken):
        other.read()
    with pytest.raises(JournalBroken):
        write(other, "b")
    assert names(journal) == ["a"]


def test_line_taken_back_was_never_there(journal):
    write(journal, "a")
    with journal.held() as pen:
        pen.write(pen.seal(Event("set", "b")))
        pen.take_back()
        pen.write(pen.seal(Event("set", "c")))
    assert names(journal) == ["a", "c"]


def test_full_disk_refuses_and_leaves_the_journal_as_it_was(journal, monkeypatch):
    write(journal, "a")
    before = journal.path.read_bytes()
    write_at = os.pwrite

    def fill_up(descriptor, line, at):
        if len(line) > 20:
            return write_at(descriptor, line[:20], at)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", fill_up)
    with pytest.raises(Refused, match="No space left"):
        write(journal, "b")
    monkeypatch.undo()
    assert journal.path.read_bytes() == before
    write(journal, "c")
    assert names(journal) == ["a", "c"]


def test_line_that_does_not_reach_the_disk_is_refused(journal, monkeypatch):
    def fail(_descriptor):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Refused):
        write(journal, "a")
    monkeypatch.undo()
    assert names(journal) == []


def test_writers_at_once_make_one_chain(journal):
    threads = [
        threading.Thread(target=write, args=(journal, *(f"{one}-{n}" for n in range(20))))
        for one in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(journal)) == 80


def test_chain_goes_on_over_many_lines(journal):
    long = "x" * 500
    with journal.held() as pen:
        for place in range(400):
            pen.write(pen.seal(Event("reviewed", f"{place}", reason=long)))
    write(journal, "last")
    assert names(journal)[-1] == "last"
    assert journal.read()[-1].sequence == 401


def test_copy_takes_the_place_of_a_lost_journal_and_goes_on(journal, tmp_path):
    write(journal, "a", "b")
    copy = tmp_path / "copy.jsonl"
    assert copy_journal(journal, copy) == 2
    write(journal, "c")
    assert copy_journal(journal, copy) == 3
    assert copy.stat().st_mode & 0o777 == 0o600
    journal.path.unlink()
    copy.rename(journal.path)
    write(journal, "d")
    assert names(journal) == ["a", "b", "c", "d"]


def test_copy_that_knows_more_than_the_journal_is_kept(journal, tmp_path):
    write(journal, "a", "b")
    copy = tmp_path / "copy.jsonl"
    copy_journal(journal, copy)
    journal.path.write_bytes(lines(journal)[0])
    with pytest.raises(Refused, match="has events that"):
        copy_journal(journal, copy)
    assert len(copy.read_bytes().splitlines()) == 2


def test_changed_journal_is_not_copied(journal, tmp_path):
    write(journal, "a", "b")
    journal.path.write_bytes(b"".join(reversed(lines(journal))))
    with pytest.raises(JournalBroken):
        copy_journal(journal, tmp_path / "copy.jsonl")
    assert not (tmp_path / "copy.jsonl").exists()


def test_copy_that_cannot_be_written_is_refused(journal, tmp_path):
    write(journal, "a")
    with pytest.raises(Refused, match="cannot be written"):
        copy_journal(journal, tmp_path / "nowhere" / "copy.jsonl")
