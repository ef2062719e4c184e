"""Hostile requests to both processes, by nobody and by each role, with people in memory."""

from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from werkzeug.test import run_wsgi_app

from indexer.people.actor import ROLES
from tests.hostile import FORMS, MARK, Answered, faults, requests, tokens_of
from tests.people import Town
from tests.unit.test_pages_access import opened
from tests.visits import Visit, visit
from webapp import app as application
from webapp.processes import PROCESSES

EXAMPLES = 40
UNAVAILABLE = 503  # the gate and the audit of these tests have no server behind them
ALONE = settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def town(monkeypatch):
    made = Town(monkeypatch)
    for role in ROLES:
        made.set_up(role, role)
    made.set_up("target")
    monkeypatch.setattr(application, "Trail", lambda *_: made.trail)
    return made


def answer(app, hostile, capfd):
    began = perf_counter()
    body, status, headers = run_wsgi_app(app.wsgi_app, hostile.environ())
    text = b"".join(body).decode()
    seconds, said = perf_counter() - began, capfd.readouterr()
    return Answered(int(status[:3]), str(headers), text, said.out + said.err, seconds)


@pytest.mark.parametrize("role", ["", *ROLES])
@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_hostile_request_is_answered_without_a_fault(town, tmp_path, capfd, process, role):
    app = opened(town, tmp_path, process)
    app.config["WTF_CSRF_ENABLED"] = True
    person = visit(app, role, town.mark(role), town.world) if role else Visit("")
    before = dict(town.documents.stored)

    @ALONE
    @given(hostile=requests(app, person))
    def each(hostile):
        town.documents.stored = dict(before)  # as if nobody had signed out or been shut out
        assert faults(answer(app, hostile, capfd), (UNAVAILABLE,)) == []

    each()


def test_every_form_and_every_token_of_the_pages_is_among_what_is_sent(town, tmp_path):
    for process in PROCESSES:
        app = opened(town, tmp_path, process)
        rules = list(app.url_map.iter_rules())
        assert {one.rule for one in rules if "POST" in one.methods} <= set(FORMS)
        at = {one.rule.partition("<")[0] for one in rules if "<token>" in one.rule}
        assert at <= set(tokens_of(app, Visit("someone"))), "add it to tests/hostile.json"


@pytest.mark.parametrize(
    ("answered", "fault"),
    [
        (Answered(500, "", "", "", 0), "status 500"),
        (Answered(200, "", "", "", 2.1), "slower than 2.0 s"),
        (Answered(302, f"Location: /{MARK}", "", "", 0), "what was typed is in a header"),
        (Answered(404, "", f"no {MARK}", "", 0), "what was typed is in an error"),
        (Answered(200, "", "", f"GET /{MARK}", 0), "what was typed is in the log"),
    ],
)
def test_fault_is_seen(answered, fault):
    assert faults(answered) == [fault]
