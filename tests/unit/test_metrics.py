"""What machines are told, without a server: names, forms, and who may read it."""

import re
from datetime import UTC, date, datetime

import pytest
import yaml

from indexer.health.alarms import Alarm
from indexer.health.builds import Build, Builds
from indexer.health.engine import Engine, Node
from indexer.health.loads import Feeds, LoadedDay, Source
from indexer.health.reports import Report
from indexer.health.snapshots import Repository
from indexer.health.state import State
from indexer.health.watch import Picture
from indexer.snapshots.snapshots import Snapshot
from mappings.names import snapshot_name
from tests.rules.reading import ROOT
from tests.unit.test_pages_app import make_app
from webapp.metrics import exposition
from webapp.service import KEY

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GIGA = 10**9
BUILD = "children-20261121t120000z"
WHOLE = Snapshot(snapshot_name(NOW), "builds", "SUCCESS", NOW, (BUILD,), documents=400, build=BUILD)
PICTURE = Picture(
    states=(
        State("disk", "red", "1.2 GB are free on node-1", "contactpoint builds"),
        State("sources", "yellow", "not loaded", "contactpoint load FEED --source gp-registration"),
        State("nodes", "green", "1 of 1 are there"),
    ),
    engine=Engine(
        (Node("node-1", GIGA // 2, GIGA, GIGA, 9 * GIGA, 2 * GIGA, GIGA),),
        ("node-2",),
        9,
        1,
        True,
        (),
    ),
    builds=Builds((Build("children-1", "published", 10_998_765, GIGA, NOW),)),
    feeds=Feeds(
        (
            Source("gp-registration", "done", NOW, 400),
            Source("social-care-359", "stopped", None, 0),
        ),
        (LoadedDay(date(2026, 11, 21), 0), LoadedDay(date(2026, 11, 22), 400)),
        (),
    ),
    repositories=(
        Repository("builds", (WHOLE,), 1),
        Repository("sealed"),
    ),
    reports=(Report(NOW, "x", 3.0, (State("documents", "red", "1 differs", "x"),)),),
    alarms=(Alarm("register", NOW),),
)


class Looking:
    def __init__(self, picture=PICTURE):
        self._picture = picture

    def look(self):
        return self._picture


@pytest.fixture
def text():
    return exposition(Looking(), None).decode()


@pytest.mark.parametrize(
    "line",
    [
        'contactpoint_state{name="disk"} 2.0',
        'contactpoint_state{name="sources"} 1.0',
        'contactpoint_state{name="nodes"} 0.0',
        "contactpoint_open_alarms 1.0",
        'contactpoint_disk_free_bytes{node="node-1"} 1e+09',
        'contactpoint_heap_used_bytes{node="node-1"} 5e+08',
        'contactpoint_shards{state="unassigned"} 1.0',
        'contactpoint_nodes{state="gone"} 1.0',
        'contactpoint_source_rows{source="gp-registration"} 400.0',
        f'contactpoint_snapshot_timestamp_seconds{{repository="builds"}} {NOW.timestamp():.9e}',
    ],
)
def test_state_of_the_service_is_told(text, line):
    name, value = line.rsplit(" ", 1)
    told = dict(one.rsplit(" ", 1) for one in text.splitlines() if not one.startswith("#"))
    assert float(told[name]) == float(value)


def test_number_of_children_does_not_tell_of_one_more_or_less(text):
    assert 'contactpoint_build_children{build="children-1",use="published"} 1.1e+07' in text


def test_service_that_cannot_be_asked_is_told_too():
    gone = Picture((State("engine", "red", "no answer", "contactpoint engine start"),))
    text = exposition(Looking(gone), None).decode()
    assert 'contactpoint_state{name="engine"} 2.0' in text
    assert "contactpoint_nodes" not in text


@pytest.fixture
def browser(tmp_path):
    return make_app(tmp_path).test_client()


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer ü"}])
def test_metrics_are_closed_to_who_has_not_their_secret(browser, sent):
    assert browser.get("/metrics", headers=sent).status_code == 403


def test_metrics_are_open_with_their_secret_also_without_elasticsearch(tmp_path):
    app = make_app(tmp_path)
    sent = {"Authorization": f"Bearer {app.extensions[KEY].metrics_key}"}
    answer = app.test_client().get("/metrics", headers=sent)
    assert answer.status_code == 200
    assert 'contactpoint_state{name="engine"} 2.0' in answer.text


def test_requests_and_refusals_are_counted_by_route_and_kind(tmp_path):
    app = make_app(tmp_path)
    browser = app.test_client()
    browser.get("/record/niamh-kelly?name=niamh")
    browser.get("/metrics")
    text = exposition(Looking(), None).decode()
    assert 'contactpoint_request_seconds_count{route="/record/<token>",status="303"}' in text
    assert 'contactpoint_refusals_total{error="NotAllowed"}' in text
    assert "niamh" not in text


RULES = yaml.safe_load((ROOT / "docs" / "monitoring" / "alerts.yml").read_text())
RULE_TESTS = yaml.safe_load((ROOT / "docs" / "monitoring" / "alerts_test.yml").read_text())["tests"]
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
# Counted only once something happened, so no process that is new tells of them.
COUNTED = {
    *("contactpoint_request_seconds", "contactpoint_search_step_seconds"),
    *("contactpoint_refusals", "contactpoint_audit_failures", "contactpoint_alarms"),
}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_alert_asks_for_what_is_told_and_leads_to_the_runbook(rule, text):
    told = set(re.findall(r"^# TYPE (\w+) ", text, re.M)) | COUNTED
    asked = set(re.findall(r"contactpoint_\w+", rule["expr"]))
    stripped = {re.sub(r"_(total|bucket|count|sum)$", "", one) for one in asked}
    assert stripped <= told | {one.removesuffix("_total") for one in told}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert "docs/runbook.md" in rule["annotations"]["runbook"]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_alert_is_tried_where_it_calls_and_where_it_does_not(rule):
    """`promtool test rules` runs them (docs/PROOF.md)."""
    tried = [case for test in RULE_TESTS for case in test["alert_rule_test"]]
    calls = [case["exp_alerts"] for case in tried if case["alertname"] == rule["alert"]]
    assert any(calls)
    assert not all(calls)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_counter_that_an_alert_watches_is_told_before_it_ever_rises(rule, text):
    """Prometheus sees no rise in a figure that was not there before."""
    for name in re.findall(r"increase\((contactpoint_[^\[]+)", rule["expr"]):
        assert f"{name} 0.0" in text or re.search(rf"^{re.escape(name)} \d", text, re.M)
