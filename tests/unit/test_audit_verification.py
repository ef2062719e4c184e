"""Every change, deletion, reorder and cut whose witness line survives is found and named; what a
crash leaves is told from it."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.audit.entry import Line, entry_id, line_of, sealed
from indexer.audit.verification import A_CRASH_LEAVES, Fault, Verification
from tests.audits import KEY, Audit

ENDS = ["stored", "refused", "no answer", "killed before", "killed after"]
LIVES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["stored"] * 5 + ENDS)),
    min_size=1,
    max_size=40,
)


@pytest.fixture
def audit(tmp_path):
    return Audit(tmp_path)


@pytest.fixture
def written(audit):
    """An audit of one process with five entries: the chain's beginning, and four searches."""
    for _ in range(4):
        audit.write("a")
    return audit


def lived(folder, lives):
    audit = Audit(Path(folder))
    for process, what in lives:
        audit.write(process, what)
    return audit


def in_order(audit):
    return sorted(audit.stored.items())


def test_untouched_audit_has_no_fault(written):
    verdict = written.verdict()
    assert (verdict.entries, verdict.faults, verdict.crashed) == (5, (), ())


@given(LIVES, st.randoms(use_true_random=False))
def test_crashes_and_refusals_are_no_fault_and_nothing_shown_is_unseen(lives, chance):
    with TemporaryDirectory() as folder:
        audit = Audit(Path(folder))
        shown = sum(audit.write(process, what) for process, what in lives)
        stored = in_order(audit)
        chance.shuffle(stored)
        verdict = audit.verdict(stored)
        lines = audit.lines()
        searches = [one for one in audit.stored.values() if one["event"] == "search"]
        witnessed = {line for line in lines if line in set(map(line_of, searches))}
    assert verdict.faults == ()
    assert verdict.unseen == ()
    assert len(witnessed) == shown
    assert len(verdict.crashed) == (len(searches) - shown if lines else 0)


def tamper(kind, stored, place, chance):
    """Return the stored entries with one harm done at `place`, and where it must be found."""
    stored_as, entry = stored[place]
    rest = stored[:place] + stored[place + 1 :]
    if kind == "change":
        name = chance.choice([one for one in entry if one not in {"chain", "sequence"}])
        return [*rest, (stored_as, entry | {name: "other"})]
    if kind == "field taken out":
        gone = chance.choice(sorted(entry))
        return [*rest, (stored_as, {k: v for k, v in entry.items() if k != gone})]
    if kind == "deletion":
        return rest
    if kind == "other id":
        return [*rest, (f"x{stored_as[1:]}", entry)]
    if kind == "cut":
        return [
            one
            for one in stored
            if one[1]["chain"] != entry["chain"] or one[1]["sequence"] < entry["sequence"]
        ]
    raise AssertionError(kind)


@given(
    st.sampled_from(["change", "field taken out", "deletion", "other id", "cut"]),
    LIVES,
    st.randoms(use_true_random=False),
)
def test_harm_whose_witness_line_survives_is_found_and_named(kind, lives, chance):
    with TemporaryDirectory() as folder:
        audit = lived(folder, lives)
        lines = audit.lines()
    if not lines:
        return
    stored = in_order(audit)
    seen = {(line.chain, line.sequence) for line in lines}
    places = [at for at, (_, one) in enumerate(stored) if (one["chain"], one["sequence"]) in seen]
    place = chance.choice(places)
    chain, sequence = stored[place][1]["chain"], stored[place][1]["sequence"]
    # Of the other lines any may be lost, and the line itself if a later one of the chain is there.
    survives = chance.choice(
        [one for one in lines if one.chain == chain and one.sequence >= sequence]
    )
    kept = [one for one in lines if one == survives or chance.random() < 0.5]
    harmed = tamper(kind, stored, place, chance)
    chance.shuffle(harmed)
    faults = audit.verdict(harmed, kept).faults
    assert any(one.chain == chain and one.first <= sequence <= one.last for one in faults)
    assert {one.chain for one in faults} <= {chain, "unknown", f"x{chain[1:]}"}


@given(LIVES, st.randoms(use_true_random=False))
def test_reorder_by_who_has_no_key_is_found_in_both_places(lives, chance):
    with TemporaryDirectory() as folder:
        audit = lived(folder, lives)
    stored = in_order(audit)
    if len(stored) < 2:
        return
    (first_id, first), (second_id, second) = chance.sample(stored, 2)
    rest = [one for one in stored if one[0] not in {first_id, second_id}]
    where = [{k: one[k] for k in ("chain", "sequence")} for one in (first, second)]
    swapped = [(first_id, second | where[0]), (second_id, first | where[1])]
    faults = audit.verdict([*rest, *swapped], []).faults
    for one in where:
        assert any(
            fault.chain == one["chain"] and fault.first <= one["sequence"] <= fault.last
            for fault in faults
        )


@given(st.integers(1, 5), st.randoms(use_true_random=False))
def test_chain_written_anew_by_who_has_the_key_is_not_what_the_witness_saw(place, chance):
    with TemporaryDirectory() as folder:
        audit = lived(folder, [("a", "stored")] * 4)
        lines = audit.lines()
    stored = [entry for _, entry in in_order(audit)]
    before = Line(stored[0]["chain"], 0, stored[0]["previous"])
    forged = []
    for entry in stored:
        said = {k: v for k, v in entry.items() if k not in {"hash", "previous"}}
        said |= {"actor": "nobody"} if entry["sequence"] == place else {}
        forged.append(sealed(KEY, said, before))
        before = line_of(forged[-1])
    assert audit.verdict([(entry_id(one), one) for one in forged], []).faults == ()
    kept = chance.sample([one for one in lines if one.sequence >= place], 1)
    faults = audit.verdict([(entry_id(one), one) for one in forged], kept).faults
    assert faults == (Fault(kept[0].chain, kept[0].sequence, kept[0].sequence, "another"),)


def test_whole_chain_that_is_gone_is_named_by_its_last_line(written):
    chain = written.lines()[0].chain
    (fault,) = written.verdict([]).faults
    assert str(fault) == f"chain {chain}, entry 1 to 5, each: is missing"


def test_entry_that_is_there_twice_is_found(written):
    stored = in_order(written)
    (fault,) = written.verdict([*stored, stored[2]]).faults
    assert (fault.first, fault.kind) == (3, "twice")


def test_entry_taken_from_another_chain_and_sealed_again_without_the_key_is_found(written):
    entry = sealed(b"another key", {"event": "view"}, written.lines()[-1])
    faults = written.verdict([*in_order(written), (entry_id(entry), entry)]).faults
    assert [(one.first, one.kind) for one in faults] == [(6, "changed")]


def test_document_that_is_no_entry_at_all_is_found(written):
    faults = written.verdict([*in_order(written), ("1", {"event": "view"})]).faults
    assert [(one.chain, one.kind) for one in faults] == [("unknown", "changed")]


def test_line_of_an_absurd_place_is_one_fault_and_soon_found(written):
    line = Line(written.lines()[0].chain, 10**12 - 1, "0" * 64)
    (fault,) = written.verdict(lines=[line]).faults
    assert (fault.first, fault.last, fault.kind) == (6, 10**12 - 1, "missing")


def test_anchor_kept_elsewhere_finds_what_the_witness_lost(written):
    heads = written.verdict().heads
    assert [one.sequence for one in heads] == [5]
    (fault,) = written.verdict(in_order(written)[:3], heads).faults
    assert (fault.first, fault.last, fault.kind) == (4, 5, "missing")


def test_entries_since_a_day_may_begin_in_the_middle_of_a_chain_and_lack_older_ones(written):
    verification = Verification(KEY, is_whole=False)
    for stored_as, entry in in_order(written)[2:]:
        verification.read(stored_as, entry)
    for line in [*written.lines(), Line("0" * 16, 7, "1" * 64)]:
        verification.compare(line)
    assert verification.verdict().faults == ()


def test_chain_of_many_entries_that_the_witness_never_saw_is_no_crash(written):
    while len(written.stored) <= A_CRASH_LEAVES:
        written.write("a")
    other = Line("0" * 16, 1, "1" * 64)
    verdict = written.verdict(lines=[other])
    last = A_CRASH_LEAVES + 1
    assert (verdict.crashed, [one.sequence for one in verdict.unseen]) == ((), [last])


def test_order_in_which_entries_are_read_does_not_matter(written):
    stored = in_order(written)
    random.Random(3).shuffle(stored)
    assert written.verdict(stored).heads == written.verdict().heads
