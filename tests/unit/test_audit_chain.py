"""One chain a process: shared by its threads, left behind by a fork, ended by every doubt."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from threading import Event
from time import sleep

import pytest

from indexer.audit import chain as chain_module
from indexer.audit.chain import AT_ONCE, BEGUN, Chain, process_chain
from indexer.audit.entry import BEGINNING, Line
from indexer.audit.witness import read_lines, write_lines, written
from indexer.errors import AuditUnavailable, Refused
from tests.audits import KEY, Audit, Ticking
from tests.rules.reading import ROOT

FORKS = """
import os, sys
from pathlib import Path
from indexer.audit.chain import process_chain
from indexer.world import REAL

mine = (b"key", Path(sys.argv[1]), REAL)

def write():
    stored = []
    process_chain(*mine).add({"event": "search"}, stored.extend)
    return stored[-1]

before = write()
process_chain(*mine)._lock.acquire()
if os.fork() == 0:
    child = write()
    os._exit(child["chain"] == before["chain"] or child["sequence"] != 2)
process_chain(*mine)._lock.release()
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]) or write()["chain"] != before["chain"])
"""


@pytest.fixture
def audit(tmp_path):
    return Audit(tmp_path)


def entries_of(audit):
    return sorted(audit.stored.values(), key=lambda one: (one["chain"], one["sequence"]))


def test_first_entry_says_when_and_by_which_process_the_chain_was_begun(audit):
    audit.write("a")
    begun, search = entries_of(audit)
    assert begun["event"] == BEGUN
    assert begun["said"].startswith(f"process {os.getpid()}-")
    assert begun["previous"] == BEGINNING
    assert (search["event"], search["previous"]) == ("search", begun["hash"])


def test_every_entry_is_witnessed_once_it_is_stored_and_not_before(audit):
    audit.write("a")
    audit.write("a", "killed before")
    lines = [(line.chain, line.sequence, line.hash) for line in audit.lines()]
    stored = [(one["chain"], one["sequence"], one["hash"]) for one in entries_of(audit)]
    assert lines == stored


@pytest.mark.parametrize("doubt", ["refused", "no answer"])
def test_after_a_doubt_another_chain_begins(audit, doubt):
    audit.write("a")
    assert not audit.write("a", doubt)
    assert audit.write("a")
    assert len({line.chain for line in audit.lines()}) == 2
    assert audit.verdict().faults == ()


def test_threads_of_a_process_write_one_whole_chain(audit):
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: audit.write("a"), range(200)))
    verdict = audit.verdict()
    assert (verdict.faults, [one.sequence for one in verdict.heads]) == ((), [201])


@dataclass
class SlowIndex:
    """Holds the first bulk until so many others wait; fails the one after it if it `is_bad`."""

    chain: Chain
    is_bad: bool = False
    bulks: list = field(default_factory=list)

    def send(self, entries):
        self.bulks.append([one["event"] for one in entries])
        if len(self.bulks) == 1:
            while len(self.chain._waiting) < AT_ONCE + 1:
                sleep(0.001)
        elif self.is_bad and len(self.bulks) == 2:
            raise AuditUnavailable("no")


def written_by_threads(chain, index):
    """Whether each of ten entries may be shown."""

    def write(place):
        try:
            chain.add({"event": str(place)}, index.send)
        except AuditUnavailable:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE + 2) as threads:
        return sum(threads.map(write, range(AT_ONCE + 2)))


def test_entries_that_wait_for_a_slow_one_are_stored_together(audit):
    chain = Chain(KEY, audit.witness, audit.world)
    index = SlowIndex(chain)
    assert written_by_threads(chain, index) == AT_ONCE + 2
    assert [len(one) for one in index.bulks] == [2, AT_ONCE, 1]  # the first says it was begun
    assert len({event for bulk in index.bulks for event in bulk}) == AT_ONCE + 3
    assert [line.sequence for line in audit.lines()] == list(range(1, AT_ONCE + 4))


def test_what_is_not_stored_is_shown_to_none_of_those_who_wrote_it_together(audit):
    chain = Chain(KEY, audit.witness, audit.world)
    assert written_by_threads(chain, SlowIndex(chain, is_bad=True)) == 2
    assert len({line.chain for line in audit.lines()}) == 2


def test_who_gives_up_as_it_is_taken_along_spoils_nobody_elses_entry(audit):
    """Its entry is stored, or not; the one who took it along is to be answered all the same."""
    chain = Chain(KEY, audit.witness, audit.world)

    class Fleeting(list):
        def __iter__(self):
            yield from list(super().__iter__())
            del self[1:]  # the other's time is over just as the list was read

    send = [].extend
    chain._waiting = Fleeting()
    chain._waiting.append(chain_module._Waiting({"event": "mine"}, send))
    chain._waiting.append(chain_module._Waiting({"event": "other"}, send))
    mine = chain._waiting[0]
    chain._store(mine)
    assert mine.is_stored


def test_only_who_stores_in_the_same_way_is_taken_along(audit):
    chain = Chain(KEY, audit.witness, audit.world)
    index, others = SlowIndex(chain), []
    with ThreadPoolExecutor(AT_ONCE + 2) as threads:
        threads.submit(chain.add, {"event": "0"}, index.send)
        while not index.bulks:
            sleep(0.001)
        for place in range(1, AT_ONCE + 2):
            send = others.append if place == 1 else index.send
            threads.submit(chain.add, {"event": str(place)}, send)
    assert [[one["event"] for one in bulk] for bulk in others] == [["1"]]


def test_process_has_one_chain_a_witness(tmp_path):
    world = Ticking().world
    mine = process_chain(KEY, tmp_path / "audit.witness", world)
    assert process_chain(KEY, tmp_path / "audit.witness", world) is mine
    assert process_chain(KEY, tmp_path / "audit-sealed.witness", world) is not mine


def test_child_process_begins_a_chain_of_its_own_even_while_a_thread_holds_the_lock(tmp_path):
    script = [sys.executable, "-c", FORKS, str(tmp_path / "audit.witness")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run(script, env=environment, timeout=60, check=False).returncode == 0


def test_slow_entry_holds_no_other_for_longer_than_a_moment(audit, monkeypatch):
    monkeypatch.setattr(chain_module, "WAIT_SECONDS", 0.05)
    chain, is_over, is_held = Chain(KEY, audit.witness, audit.world), Event(), Event()

    def send_slowly(_entries):
        is_held.set()
        is_over.wait(10)

    def is_never_sent(_entries):
        raise AssertionError

    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(chain.add, {"event": "search"}, send_slowly)
        is_held.wait(10)
        with pytest.raises(AuditUnavailable, match="too slow"):
            chain.add({"event": "view"}, is_never_sent)
        is_over.set()
        slow.result()
    assert [line.sequence for line in audit.lines()] == [1, 2]


def test_clock_that_is_put_back_puts_no_entry_before_another(audit):
    clock = Ticking()
    chain = Chain(KEY, audit.witness, clock.world)
    times = []
    for _ in range(4):
        chain.add({"event": "search"}, lambda entries: times.append(entries[-1]["at"]))
        clock.start -= timedelta(minutes=5)
    assert all(before <= after for before, after in pairwise(times))


def test_nothing_is_shown_when_the_witness_cannot_be_written(audit, tmp_path):
    audit.witness = tmp_path / "a file" / "audit.witness"
    (tmp_path / "a file").write_text("")
    assert not audit.write("a")


def test_full_disk_of_the_witness_is_seen_and_the_torn_line_spoils_no_other(
    audit, tmp_path, monkeypatch
):
    audit.write("a")
    whole = os.write

    def torn(descriptor, text):
        return whole(descriptor, text[:40])

    monkeypatch.setattr(os, "write", torn)
    assert not audit.write("a")
    monkeypatch.undo()
    assert audit.write("b")
    verdict = audit.verdict()
    assert (verdict.faults, len(verdict.crashed)) == ((), 1)
    assert {line.chain for line in audit.lines()} == {one["chain"] for one in entries_of(audit)}


def test_witness_is_for_its_owner_alone_and_may_be_moved_away_at_any_time(audit, tmp_path):
    audit.write("a")
    assert audit.witness.stat().st_mode & 0o777 == 0o600
    audit.witness.rename(tmp_path / "yesterday")
    audit.write("a")
    assert [line.sequence for line in audit.lines()] == [3]


def test_lines_written_after_the_look_at_the_size_are_not_read(tmp_path):
    path = tmp_path / "witness"
    lines = [Line("0" * 16, place, "1" * 64) for place in (1, 2)]
    write_lines(path, lines)
    assert list(read_lines(path, len(written(lines[0])))) == lines[:1]


def test_witness_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(Refused, match="cannot be read"):
        list(read_lines(tmp_path / "none", 1))


def test_every_chain_has_a_name_of_its_own(audit):
    for process in "abc":
        audit.write(process)
    assert len({line.chain for line in audit.lines()}) == 3
