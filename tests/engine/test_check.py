"""The daily check finds what was made wrong on purpose, and the runbook leads to green."""

import json
from dataclasses import replace

import pytest
from msgspec import structs

from indexer.builds.bench import open_bench
from indexer.builds.init import init
from indexer.builds.reindex import reindex
from indexer.checks.run import Extent, run_checks
from indexer.children.document import build_document
from indexer.children.load import Loader
from indexer.clients import make_client
from indexer.health.reports import Reports
from indexer.health.watch import Watch
from indexer.shields.marks import add_mark
from indexer.world import REAL
from mappings.names import audit_index
from tests.builds import plain_rows, published, revisions
from tests.conftest import OPERATOR, running_engine
from tests.engine.test_health import feed, later
from tests.rows import entries, plain_row
from tests.runbook import contactpoint, follow

ROWS = plain_rows(60, family="Abernethy")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with running_engine(tmp_path_factory.mktemp("check"), heap="512m") as settings:
        init(settings, OPERATOR, REAL)
        Loader(settings, REAL).load(entries(*ROWS), "school-census", OPERATOR)
        yield settings


def check(settings, world=REAL, **extent):
    return run_checks(open_bench(settings, world), OPERATOR, Extent(**extent))


def found(settings, name, **extent):
    return next(one for one in check(settings, **extent).states if one.name == name)


def in_health(settings, name):
    states = Watch(settings, REAL).look().states
    return next((one for one in states if one.name == name), None)


def spoil(settings, change):
    """Write one child's document past `place`, as a faulty program would."""
    build = published(settings)
    bench = open_bench(settings, REAL)
    number = min(revisions(settings, build))
    stored = bench.hands.store.read([number], build)[number]
    document = change(stored.child)
    header = {"_index": build, "_id": number, "version": stored.revision + 1}
    header["version_type"] = "external"
    bench.client.bulk(operations=[{"index": header}, document], refresh=True)


def other_family(child):
    return build_document(
        structs.replace(child, facts=structs.replace(child.facts, family_name="Quartermain"))
    )


def without_edits(child):
    return build_document(child) | {"edits": ["nothing"]}


def test_untouched_index_is_green(filled):
    report = check(filled, sample=None)
    assert [one.name for one in report.states if not one.is_well] == []
    assert report.compared == 60
    assert report.authorities == {"359": 60}
    assert report.sources == {"school-census": 60}


def test_sample_is_as_large_as_asked_for(filled):
    assert check(filled, sample=7).compared == 7


@pytest.mark.parametrize(
    ("change", "field"),
    [(other_family, "family_name, search fields"), (without_edits, "search fields")],
)
def test_document_that_differs_is_found_and_mended(filled, change, field):
    spoil(filled, change)
    said = found(filled, "documents", sample=None)
    assert said.colour == "red"
    assert said.cause.startswith("1 of 60 differ")
    assert said.cause.endswith(f"in: {field}")
    assert in_health(filled, "documents") == said
    follow(filled, "documents")
    assert found(filled, "documents", sample=None).is_well
    assert in_health(filled, "documents") is None


def test_two_builds_that_differ_are_found_and_a_reindex_leads_to_green(filled):
    older = published(filled)
    reindex(open_bench(filled, REAL), OPERATOR)
    assert found(filled, "copies").is_well
    client = make_client(filled, "worker")
    client.delete(index=older, id=min(revisions(filled, older)), refresh=True)
    assert found(filled, "copies").colour == "yellow"
    follow(filled, "copies")
    assert in_health(filled, "copies") is None


def test_marked_child_in_a_build_is_taken_out_and_an_alarm_raised(filled):
    build = published(filled)
    rows = [plain_row("hidden", "Zebedee", "Zzyzx", "2014-03-09", authority="201")]
    Loader(filled, REAL).load(entries(*rows), "social-care-201", OPERATOR)
    client = make_client(filled, "worker")
    bench = open_bench(filled, REAL)
    bench.hands.scan.refresh(build)
    number = next(
        one.child.number
        for one in bench.hands.scan.sample(build, 100, 1)
        if one.child.facts.family_name == "Zzyzx"
    )
    add_mark(client, filled.secret("register.key"), number)
    report = check(filled)
    assert number not in revisions(filled, build)
    assert in_health(filled, "alarms").colour == "red"
    assert number not in str(report)
    follow(filled, "alarms", KIND="register", TEXT="told the officers")
    assert in_health(filled, "alarms").is_well


def test_authority_with_fewer_children_is_red_until_they_are_back(filled, tmp_path):
    check(filled)
    fewer = str(feed(tmp_path, ROWS[:45]))
    whole = ("load", fewer, "--source", "school-census", "--whole", "--confirm")
    assert contactpoint(filled, *whole).returncode == 0
    said = found(filled, "counts")
    assert said.colour == "red"
    assert "359" in said.cause
    follow(filled, "counts", FEED=str(feed(tmp_path, ROWS)), SOURCE="school-census")
    assert in_health(filled, "counts") is None


def test_child_who_is_eighteen_is_still_there_until_expire_is_run(filled):
    spoil(filled, adult)
    said = found(filled, "leaving")
    assert (said.colour, said.step) == ("yellow", "contactpoint expire")
    follow(filled, "leaving")
    assert in_health(filled, "leaving") is None


def adult(child):
    return build_document(child) | {"date_of_birth": "2000-01-01"}


def test_findings_are_stored_shown_and_exported(filled):
    report = check(filled)
    stored = Reports(make_client(filled, "monitor")).newest()[0]
    assert stored == replace(report, seconds=pytest.approx(report.seconds))
    said = contactpoint(filled, "check", "--last", "1")
    assert "green   documents: " in said.stdout
    exported = contactpoint(filled, "check", "--last", "2", "--json").stdout.splitlines()
    assert len(exported) == 2
    assert json.loads(exported[0])["states"][0]["name"] == "counts"


def test_forged_entry_of_the_audit_raises_an_alarm(filled):
    check(filled)
    desk_client = make_client(filled, "desk")
    forged = {"chain": "f" * 16, "sequence": 1, "previous": "0" * 64, "hash": "1" * 64}
    forged |= {"at": REAL.now().isoformat(), "event": "search", "actor": "nobody"}
    name = audit_index(REAL.today())
    desk_client.bulk(index=name, operations=[{"create": {"_id": "x"}}, forged], refresh="wait_for")
    assert found(filled, "audit").colour == "red"
    assert "audit" in in_health(filled, "alarms").cause
    check(filled, later(minutes=3))
    assert check(filled, later(minutes=6)).states[-1].is_well  # what was proven is not proven again
    follow(filled, "alarms", only="acknowledge", KIND="audit", TEXT="it was a test")
    assert in_health(filled, "alarms").is_well


def test_old_check_is_yellow_and_a_new_one_leads_to_green(filled):
    late = later(hours=30)
    states = {one.name: one for one in Watch(filled, late).look().states}
    assert (states["check"].colour, states["check"].step) == ("yellow", "contactpoint check")
    check(filled, late)
    assert {one.name: one for one in Watch(filled, late).look().states}["check"].is_well
