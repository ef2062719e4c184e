"""The daily check finds what was made wrong on purpose, and the runbook leads to green."""

import json
from dataclasses import replace

import pytest
from msgspec import structs

from indexer.builds.bench import open_bench
from indexer.builds.reindex import reindex
from indexer.checks import copies, register
from indexer.checks.run import Extent, run_checks
from indexer.children.document import build_document
from indexer.clients import make_client
from indexer.errors import Refused
from indexer.health.reports import Reports
from indexer.health.watch import Watch
from indexer.shields.marks import SENTINEL, remove_mark, write_mark
from indexer.world import REAL
from mappings.names import AUDIT_SEALED, SHIELD_MARKS, audit_index
from tests.builds import leaving_one_build, load, plain_rows, published, revisions
from tests.conftest import OPERATOR
from tests.engine.test_health import feed, later
from tests.runbook import contactpoint, follow
from tests.shields import Office
from tests.whole_index import empty_index

ROWS = plain_rows(60, family="Abernethy")
NOBODY = "100000000017"


@pytest.fixture(scope="module")
def filled(shield_engine):
    """An index with these children, and with officers whose shields are all that is marked."""
    empty_index(shield_engine)
    load(shield_engine, "school-census", *ROWS)
    with leaving_one_build(shield_engine):
        yield shield_engine


@pytest.fixture(scope="module")
def office(filled):
    return Office(filled)


@pytest.fixture(scope="module")
def hidden(office):
    """The number of a shielded child."""
    number = office.add("social-care-359", "Zzyzx")
    office.set(number)
    return number


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """Nobody loads or shields beside these tests."""
    monkeypatch.setattr(copies, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(register, "SETTLE_SECONDS", 0)


def check(settings, world=REAL, **extent):
    return run_checks(open_bench(settings, world), OPERATOR, Extent(**extent))


def state(report, name):
    return next(one for one in report.states if one.name == name)


def in_health(settings, name, world=REAL):
    states = Watch(settings, world).look().states
    return next((one for one in states if one.name == name), None)


def test_untouched_index_is_green_and_what_was_found_is_stored_shown_and_exported(filled):
    assert check(filled, sample=7).compared == 7
    report = check(filled, sample=None)
    assert [one.name for one in report.states if not one.is_well] == []
    assert report.compared == 60
    assert report.authorities == {"359": 60}
    assert report.sources == {"school-census": 60}
    stored = Reports(make_client(filled, "monitor")).newest()[0]
    assert stored == replace(report, seconds=pytest.approx(report.seconds))
    said = contactpoint(filled, "check", "--last", "1")
    assert (said.returncode, "green   documents: " in said.stdout) == (0, True)
    exported = contactpoint(filled, "check", "--last", "2", "--json").stdout.splitlines()
    assert [json.loads(one)["compared"] for one in exported] == [60, 7]


def spoil(settings, *changes):
    """Write children's documents past `place`, as a faulty program would; one for each change."""
    build, bench = published(settings), open_bench(settings, REAL)
    numbers = sorted(revisions(settings, build))
    for number, change in zip(numbers, changes, strict=False):
        stored = bench.hands.store.read([number], build)[number]
        header = {"_index": build, "_id": number, "version": stored.revision + 1}
        header["version_type"] = "external"
        bench.client.bulk(operations=[{"index": header}, change(stored.child)], refresh=True)


def other_family(child):
    return build_document(
        structs.replace(child, facts=structs.replace(child.facts, family_name="Quartermain"))
    )


def without_edits(child):
    return build_document(child) | {"edits": ["nothing"]}


def test_documents_that_differ_are_found_and_mended(filled):
    spoil(filled, other_family, without_edits)
    said = state(check(filled, sample=None), "documents")
    assert said.colour == "red"
    assert said.cause.startswith("2 of 60 differ")
    assert said.cause.endswith("in: family_name, search fields")
    assert in_health(filled, "documents") == said
    assert state(check(filled, sample=1), "documents").colour == "red"
    follow(filled, "documents")
    assert state(check(filled, sample=None), "documents").is_well
    assert in_health(filled, "documents") is None


def test_two_builds_that_differ_are_found_and_a_reindex_leads_to_green(filled):
    older = published(filled)
    reindex(open_bench(filled, REAL), OPERATOR)
    assert state(check(filled), "copies").is_well
    client = make_client(filled, "worker")
    client.delete(index=older, id=min(revisions(filled, older)), refresh=True)
    loads = open_bench(filled, REAL).loads
    loading = loads.take("gp-registration", OPERATOR)
    assert state(check(filled, sample=1), "copies").step == "contactpoint check"
    loads.free(loading)
    assert state(check(filled), "copies").step == "contactpoint reindex"
    follow(filled, "copies")
    assert in_health(filled, "copies") is None


def test_shielded_child_in_a_build_is_taken_out_and_an_alarm_raised(filled, office, hidden):
    document = office.client.get(index="shielded-children", id=hidden)["_source"]
    kept = {k: v for k, v in document.items() if k not in {"evidence", "build_revision"}}
    office.client.index(index=published(filled), id=hidden, document=kept)
    report = check(filled)
    assert office.is_hidden(hidden)
    assert in_health(filled, "alarms").colour == "red"
    assert hidden not in str(report)
    follow(filled, "alarms", KIND="register", TEXT="told the officers")
    assert in_health(filled, "alarms").is_well


def test_register_that_was_emptied_is_red_and_comes_back_from_its_journal(filled, office, hidden):
    office.client.delete(index=SHIELD_MARKS, id=SENTINEL)
    said = in_health(filled, "register")
    assert (said.colour, said.step) == ("red", "contactpoint shield verify")
    follow(filled, "register")
    assert in_health(filled, "register").is_well
    assert office.is_hidden(hidden)


def test_shielded_child_of_whom_no_event_tells_is_red_and_nobody_is_brought_back(filled, office):
    number = office.add("social-care-359", "Yxxyz", record_id="2")
    office.lose_shield(number)
    report = check(filled)
    assert state(report, "register").colour == "red"
    assert number not in str(report)
    assert office.is_hidden(number)
    office.set(number)
    assert state(check(filled), "register").is_well
    follow(filled, "alarms", KIND="register", TEXT="told the officers")
    assert in_health(filled, "alarms").is_well


def test_mark_that_no_shield_explains_is_red_until_somebody_saw_to_it(filled, office, hidden):
    key = filled.secret("register.key")
    write_mark(office.client, key, NOBODY)
    said = state(check(filled), "register")
    assert (said.colour, said.step) == ("red", "contactpoint shield verify")
    assert in_health(filled, "register") == said
    refused = contactpoint(filled, "shield", "verify")
    assert (refused.returncode, "only a person can put right" in refused.stderr) == (2, True)
    remove_mark(office.client, key, NOBODY)
    follow(filled, "register")
    assert in_health(filled, "register").is_well


def test_authority_with_fewer_children_is_red_until_they_are_back(filled, tmp_path):
    check(filled)
    fewer = str(feed(tmp_path, ROWS[:45]))
    whole = ("load", fewer, "--source", "school-census", "--whole", "--confirm")
    assert contactpoint(filled, *whole).returncode == 0
    said = state(check(filled), "counts")
    assert said.colour == "red"
    assert "359" in said.cause
    assert state(check(filled), "counts") == said
    whole = str(feed(tmp_path, ROWS))
    follow(filled, "counts", only="load", FEED=whole, SOURCE="school-census")
    assert state(check(filled), "counts").is_well
    assert in_health(filled, "counts") is None


def test_authority_with_fewer_children_is_green_once_somebody_accepts_it(filled, tmp_path):
    check(filled)
    load(filled, "gp-registration", *plain_rows(20, family="Delacroix"))
    check(filled)
    gone = [{"source_record_id": str(i), "withdrawn": True} for i in range(20)]
    load(filled, "gp-registration", *gone)
    assert state(check(filled), "counts").colour == "red"
    with pytest.raises(Refused, match="say why"):
        check(filled, accepted=" ")
    follow(filled, "counts", only="--accept", REASON="they moved away")
    assert in_health(filled, "counts") is None
    assert state(check(filled), "counts").is_well


def test_child_who_is_eighteen_is_still_there_until_expire_is_run(filled):
    spoil(filled, lambda child: build_document(child) | {"date_of_birth": "2000-01-01"})
    said = state(check(filled), "leaving")
    assert (said.colour, said.step) == ("yellow", "contactpoint expire")
    follow(filled, "leaving")
    assert in_health(filled, "leaving") is None


def forge(settings, *indices):
    """Entries that nobody wrote who holds the key, one in each index."""
    forged = {"sequence": 1, "previous": "0" * 64, "hash": "1" * 64, "event": "search"}
    forged |= {"at": REAL.now().isoformat(), "actor": "nobody"}
    lines = []
    for index in indices:
        lines += [{"create": {"_index": index, "_id": "x"}}, {"chain": f"{index:>16}", **forged}]
    desk_client = make_client(settings, "desk")
    desk_client.bulk(operations=lines)
    desk_client.indices.refresh(index=list(indices))


def test_forged_entries_of_the_audit_raise_an_alarm(filled):
    check(filled)
    forge(filled, audit_index(REAL.today()), AUDIT_SEALED)
    said = state(check(filled), "audit")
    assert (said.colour, said.cause) == (
        "red",
        "entries that are changed, missing or out of place: 2",
    )
    assert "audit" in in_health(filled, "alarms").cause
    # What was proven is not proven again.
    check(filled, later(minutes=3))
    assert state(check(filled, later(minutes=6)), "audit").is_well
    follow(filled, "alarms", only="acknowledge", KIND="audit", TEXT="it was a test")
    assert in_health(filled, "alarms").is_well


def test_tomorrow_the_check_is_old_and_who_was_hidden_is_to_be_erased(filled, hidden):
    tomorrow = later(hours=30)
    said = in_health(filled, "check", tomorrow)
    assert (said.colour, said.step) == ("yellow", "contactpoint check")
    said = state(check(filled, tomorrow), "purge")
    assert (said.colour, said.step) == ("yellow", "contactpoint shield purge")
    follow(filled, "purge")
    assert state(check(filled, tomorrow), "purge").is_well
    assert in_health(filled, "check", tomorrow).is_well
