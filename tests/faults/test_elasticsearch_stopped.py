"""Elasticsearch goes away in the middle and comes back: an error while it is gone, then answers."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import orjson
import pytest

from indexer.audit.trail import Trail
from indexer.builds.init import init
from indexer.children.load import Loader
from indexer.clients import make_client
from indexer.engine import lifecycle
from indexer.engine.start import start
from indexer.errors import ClusterUnavailable
from indexer.people.actor import Actor
from indexer.people.codes import code_at, current_step, make_code_secret
from indexer.people.demo import SignIn, set_up_with
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user
from indexer.world import REAL
from mappings.names import CHILDREN
from tests.conftest import running_engine
from tests.rows import entries, plain_row
from webapp.app import create_app
from webapp.search.gate import Gate
from webapp.search.question import parse_question

PAT = Actor("pat", "practitioner", "359")
TESTER = Actor("tester", "operator", "")
PASSWORD = "a long pass phrase of a test"
SECRET = make_code_secret(REAL)
NONE_FOUND = re.compile("no child(ren)? found|no match", re.IGNORECASE)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A small index of this test's own, with one child and one person who may search it."""
    with running_engine(tmp_path_factory.mktemp("stopped"), heap="512m") as settings:
        fill(settings)
        yield settings


def fill(settings):
    init(settings, TESTER, REAL)
    Loader(settings, REAL).load(
        entries(plain_row("1", "Ann", "Featherstone", "2014-03-09")), "census", TESTER
    )
    make_client(settings, "worker").indices.refresh(index=CHILDREN)
    desk_client = make_client(settings, "desk")
    trail = Trail(desk_client, settings, REAL)
    switch_on(desk_client, "359", TESTER, trail)
    pat = NewUser("pat", "practitioner", "359", PASSWORD, datetime.now(UTC).date())
    add_user(desk_client, pat, TESTER, trail, REAL)
    set_up_with(settings, SignIn("pat", "practitioner", PASSWORD), SECRET)


@pytest.fixture(scope="module")
def gate(service):
    return Gate(service)


@pytest.fixture(scope="module")
def browser(service, gate):
    """A browser of the application, signed in."""
    client = create_app(service, gate, REAL).test_client()
    form = client.get("/sign-in").text
    answer = client.post("/sign-in", data={"csrf_token": csrf(form), **sign_in_fields()})
    assert answer.status_code == 303
    return client


def sign_in_fields():
    code = code_at(SECRET, current_step(REAL.now()))
    return {"name": "pat", "password": PASSWORD, "code": code}


def csrf(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def results_address(browser):
    form = browser.get("/search").text
    answer = browser.post("/search", data={"csrf_token": csrf(form), "text": "ann fetherstone"})
    return answer.location


def run(settings, *words):
    """Run the command as a person would; return its exit code and what it said."""
    environment = {
        **os.environ,
        "CONTACTPOINT_HOME": str(settings.home),
        "CONTACTPOINT_PORT_BASE": str(settings.port_base),
    }
    script = os.path.join(os.path.dirname(sys.executable), "contactpoint")
    done = subprocess.run(
        [script, *words], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def search_command(settings):
    return run(settings, "search", "ann fetherstone", "--as", "pat", "--reason", "test")


def test_stopped_elasticsearch_is_an_error_everywhere_and_heals_by_itself(
    service, gate, browser, tmp_path
):
    address = results_address(browser)
    assert "Featherstone" in browser.get(address).text
    assert search_command(service)[0] == 0

    lifecycle.stop(service, print)
    page = browser.get(address)
    assert page.status_code == 503
    assert not NONE_FOUND.search(page.text)
    with pytest.raises(ClusterUnavailable):
        gate.find(
            parse_question("ann featherstone", today=REAL.today()),
            Actor("pat", "practitioner", "359"),
        )
    assert browser.get("/readyz").status_code == 503
    assert browser.get("/livez").status_code == 200
    for words in commands_that_need_it(tmp_path):
        code, said = run(service, *words)
        assert (words[0], code) == (words[0], 4)
        assert not NONE_FOUND.search(said)
        assert "Traceback" not in said

    start(service, print, heap="512m")
    assert browser.get("/readyz").status_code == 200
    assert "Featherstone" in browser.get(address).text
    assert search_command(service)[0] == 0


def commands_that_need_it(folder):
    feed = folder / "feed.jsonl"
    feed.write_bytes(orjson.dumps(plain_row("2", "Bo", "Lee", "2015-01-01")))
    batch = folder / "questions.jsonl"
    batch.write_bytes(b'{"id": "q1", "name": "ann featherstone"}')
    person = ("--as", "pat", "--reason", "test")
    return [
        ("search", "ann fetherstone", *person),
        ("search", "--batch", str(batch), *person),
        ("show", "100000000017", *person),
        ("load", str(feed), "--source", "census"),
        ("links",),
        ("init",),
        ("engine", "status"),
        ("user", "list"),
        ("organisation", "list"),
    ]
