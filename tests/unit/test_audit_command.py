"""What `contactpoint audit` says of entries and of what was proved."""

from datetime import UTC, datetime

from indexer.audit.reading import Seen
from tests.audits import Audit
from webapp.commands.audit import MOST_FAULTS, in_words, summary

ENTRY = Seen(datetime(2026, 11, 22, 12, tzinfo=UTC), "view", "pat", "practitioner", "359")


def test_crash_is_said_to_be_one_and_no_fault(tmp_path):
    audit = Audit(tmp_path)
    audit.write("a")
    audit.write("a", "killed after")
    said = summary(audit.verdict())
    assert "1 times a process ended before its last entry was witnessed" in said
    assert said.endswith("Every entry is as it was written, and none is missing.")


def test_fault_is_named_by_chain_and_place_and_nothing_is_said_to_be_well(tmp_path):
    audit = Audit(tmp_path)
    audit.write("a")
    kept = [(one, entry) for one, entry in audit.stored.items() if entry["sequence"] == 1]
    chain = audit.lines()[0].chain
    said = summary(audit.verdict(kept))
    assert f"FAULT  chain {chain}, entry 2: is missing" in said
    assert "none is missing" not in said


def test_faults_beyond_number_are_counted(tmp_path):
    audit = Audit(tmp_path)
    for number in range(MOST_FAULTS + 5):
        audit.write(f"process-{number}")
    said = summary(audit.verdict([]))
    assert said.count("FAULT") == MOST_FAULTS
    assert "and 5 more faults" in said


def test_entry_is_one_line_with_what_is_known_of_it():
    assert in_words(ENTRY) == "2026-11-22 12:00:00 view pat (practitioner, 359)"
    searched = Seen(
        *(ENTRY.at, "search", "pat", "practitioner", "359", ("100000000017",)),
        reason="referral",
        question={"name": "ann kelly", "postcode": ""},
    )
    assert in_words(searched) == (
        "2026-11-22 12:00:00 search pat (practitioner, 359); "
        'asked: {"name":"ann kelly"}; children: 100000000017; reason: referral'
    )
