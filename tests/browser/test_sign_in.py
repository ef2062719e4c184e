"""Who gets in, who does not, and in what words; sessions that end."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from indexer.clients import make_client
from indexer.people.codes import code_at, current_step
from indexer.people.sessions import end_session, purge_sessions
from indexer.people.sign_in import REFUSAL
from indexer.world import REAL
from tests.browser.conftest import (
    FAMILY,
    PASSWORD,
    SECRET,
    add_practitioner,
    code_for,
    deactivate,
)
from webapp.app import create_app
from webapp.search.gate import Gate


@pytest.fixture
def app(filled):
    return create_app(filled, Gate(filled), REAL)


@pytest.fixture
def browser(app):
    return app.test_client()


def seal(browser, path="/sign-in"):
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)[1]


@pytest.fixture
def sign_in(filled):
    """Sends the form with the code of this moment."""

    def send(browser, name, password=PASSWORD):
        code = code_for(filled, name.strip().lower())
        form = {"name": name, "password": password, "code": code, "csrf_token": seal(browser)}
        return browser.post("/sign-in", data=form)

    return send


def said(answer):
    return re.sub(r"\s+", " ", answer.text)


def test_right_password_opens_the_search(browser, sign_in):
    assert sign_in(browser, "amira").status_code == 303
    assert browser.get("/search").status_code == 200


def test_user_name_may_be_typed_in_capitals(browser, sign_in):
    assert sign_in(browser, " Amira ").status_code == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [("amira", "wrong"), ("nobody-known", PASSWORD), ("gone", PASSWORD), ("é\x00", "x")],
    ids=["wrong password", "unknown", "deactivated", "odd letters"],
)
def test_every_failure_has_the_same_words(browser, name, password, sign_in):
    answer = sign_in(browser, name, password)
    assert answer.status_code == 401
    assert REFUSAL in said(answer)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("early", "City of London is not switched on"),
        ("audrey", "auditors and operators at the desk"),
    ],
)
def test_right_password_of_one_who_may_not_search_here_is_told_why(browser, name, words, sign_in):
    answer = sign_in(browser, name)
    assert answer.status_code == 403
    assert words in said(answer)
    assert browser.get("/search").location == "/sign-in"


@pytest.mark.parametrize("name", ["lapsed", "untrained"])
def test_one_who_is_not_trained_finds_invented_children_and_no_real_one(browser, name, sign_in):
    assert sign_in(browser, name).status_code == 303
    token = seal(browser, "/search")
    found = {}
    for text in ("nimah kelly 2016", "bartholomew yttergaard"):
        sent = browser.post("/search", data={"text": text, "csrf_token": token})
        shown = browser.get(sent.location).text
        assert "Practice: every child here is invented." in shown
        found[text] = re.findall(r'app-result__name">.*?>([^<]+)', shown, re.DOTALL)
    assert "Niamh Rose Kelly" in [one.strip() for one in found["nimah kelly 2016"]]
    assert found["bartholomew yttergaard"] == []


def test_name_is_held_after_five_failures_even_for_the_right_password(app, filled, sign_in):
    add_practitioner(filled, "locked-out")
    for _ in range(5):
        assert sign_in(app.test_client(), "locked-out", "wrong").status_code == 401
    assert sign_in(app.test_client(), "locked-out").status_code == 401


def test_code_is_stored_as_used_and_works_once(app, filled, sign_in):
    add_practitioner(filled, "twice")
    assert sign_in(app.test_client(), "twice").status_code == 303
    browser = app.test_client()
    form = {"name": "twice", "password": PASSWORD, "csrf_token": seal(browser)}
    code = code_at(SECRET, current_step(REAL.now()) - 1)
    assert browser.post("/sign-in", data=form | {"code": code}).status_code == 401


def test_sessions_counts_and_steps_that_are_over_are_purged(app, filled, sign_in):
    add_practitioner(filled, "yesterday")
    browser = app.test_client()
    sign_in(browser, "yesterday")
    client = make_client(filled, "desk")
    assert browser.get("/search").status_code == 200
    purge_sessions(client, replace(REAL, now=lambda: REAL.now() - timedelta(days=1)))
    assert browser.get("/search").status_code == 200, "it is not over yet"
    client.indices.refresh(index="sessions")
    assert purge_sessions(client, replace(REAL, now=lambda: REAL.now() + timedelta(days=3))) >= 2
    assert browser.get("/search").location == "/sign-in"
    assert client.search(index="sessions")["hits"]["hits"] == []


def test_copied_cookie_is_worth_nothing_after_signing_out(app, browser, sign_in):
    sign_in(browser, "amira")
    thief = app.test_client()
    thief.set_cookie("contactpoint", browser.get_cookie("contactpoint").value)
    assert thief.get("/search").status_code == 200
    browser.post("/sign-out", data={"csrf_token": seal(browser, "/search")})
    assert thief.get("/search").location == "/sign-in"


def test_deactivation_ends_a_session_at_once(browser, filled, sign_in):
    add_practitioner(filled, "leaver")
    sign_in(browser, "leaver")
    assert browser.get("/search").status_code == 200
    deactivate(filled, "leaver")
    assert browser.get("/search").location == "/sign-in"


def test_index_of_sessions_holds_no_token_that_opens_one(browser, filled, sign_in):
    sign_in(browser, "amira")
    with browser.session_transaction() as cookie:
        token = cookie["_user_id"]
    client = make_client(filled, "desk")
    found = client.mget(index="sessions", ids=[token])["docs"][0]
    assert found["found"] is False


def test_next_page_is_never_one_of_another_site(browser, sign_in):
    browser.get("//elsewhere.example/search")
    assert sign_in(browser, "amira").location in ("/", "/search")


def test_sign_in_sent_empty_is_no_try(app, filled, sign_in):
    add_practitioner(filled, "hasty")
    for _ in range(6):
        assert sign_in(app.test_client(), "hasty", "").status_code == 422
    assert sign_in(app.test_client(), "hasty").status_code == 303


def test_one_who_is_signed_in_needs_no_sign_in_page(browser, sign_in):
    sign_in(browser, "amira")
    assert browser.get("/sign-in").location == "/"


def end_session_of(browser, settings):
    """End it as time does: in the index, while the browser keeps its cookie."""
    with browser.session_transaction() as cookie:
        end_session(make_client(settings, "front"), "front", cookie["_user_id"])


def test_search_sent_after_the_session_ended_is_answered_after_signing_in(browser, filled, sign_in):
    sign_in(browser, "amira")
    token = seal(browser, "/search")
    end_session_of(browser, filled)
    sent = browser.post("/search", data={"text": FAMILY, "csrf_token": token})
    assert sent.location == "/sign-in"
    assert "You have been signed out. Sign in to carry on." in browser.get("/sign-in").text
    results = sign_in(browser, "amira").location
    assert "Wilhelmina Rose" in browser.get(results).text


def test_another_who_signs_in_after_an_ended_session_starts_at_home(browser, filled, sign_in):
    sign_in(browser, "amira")
    end_session_of(browser, filled)
    browser.post("/search", data={"text": FAMILY})
    assert sign_in(browser, "bo").location == "/"


def test_one_who_chose_to_sign_out_is_not_told_that_the_session_ended(browser, sign_in):
    sign_in(browser, "amira")
    browser.post("/sign-out", data={"csrf_token": seal(browser, "/search")})
    browser.get("/search")
    assert "You have been signed out" not in browser.get("/sign-in").text
