"""What the application answers before anyone has signed in; Elasticsearch is not there."""

import re
from time import monotonic

import pytest
from flask import g

from indexer.engine.secret_files import make_secrets
from indexer.errors import ClusterUnavailable, RegisterUnavailable
from indexer.world import REAL
from tests.conftest import free_port_base, settings_for
from webapp.access import access_table
from webapp.app import MOST_BYTES, create_app
from webapp.processes import DESK, PROCESSES
from webapp.search.answer import FRESH_SECONDS
from webapp.service import KEY
from webapp.site import Site
from webapp.tokens import LinkEnded

PUBLIC_ROUTES = {"/livez", "/readyz", "/metrics", "/sign-in", "/set-up", "/static/<path:filename>"}
HAS_ENDED = "You have been signed out. Sign in to carry on."
PROTECTED = [
    (process, route)
    for process in PROCESSES
    for route in sorted(set(access_table(process.name)) - PUBLIC_ROUTES - {"/sign-out"})
]


class Readiness:
    """Stands where the gate stands, and is as ready as it is told to be."""

    def __init__(self, error=None):
        self.error = error

    def is_ready(self):
        if self.error:
            raise self.error


def make_app(folder, gate=None, site=None, world=REAL):
    """The application with an address of Elasticsearch at which nobody answers."""
    settings = settings_for(folder, free_port_base())
    make_secrets(settings.secrets)
    return create_app(settings, gate or Readiness(), world, site or Site())


def open_route(browser, route, value="x"):
    """Ask for a route by GET, or as a form where it takes no GET."""
    rules = browser.application.url_map.iter_rules()
    methods = {method for rule in rules if rule.rule == route for method in rule.methods}
    method = "GET" if "GET" in methods else "POST"
    return browser.open(re.sub("<[^>]+>", value, route), method=method)


@pytest.fixture
def app(tmp_path):
    return make_app(tmp_path)


@pytest.fixture
def browser(app):
    return app.test_client()


def test_process_says_that_it_lives(browser):
    assert browser.get("/livez").status_code == 200


def test_ready_process_says_so(browser):
    assert browser.get("/readyz").status_code == 200


@pytest.mark.parametrize("error", [ClusterUnavailable("no answer"), RegisterUnavailable("none")])
def test_process_that_cannot_search_is_not_ready_and_says_why(tmp_path, error):
    answer = make_app(tmp_path, Readiness(error)).test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, f"not ready: {error}\n")


@pytest.mark.parametrize(
    ("process", "route"), PROTECTED, ids=[f"{one.name} {route}" for one, route in PROTECTED]
)
def test_page_asks_the_unknown_to_sign_in(tmp_path, process, route):
    app = make_app(tmp_path, site=Site(process=process))
    app.config["WTF_CSRF_ENABLED"] = False
    answer = open_route(app.test_client(), route)
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_form_without_its_seal_is_refused(browser):
    answer = browser.post("/sign-in", data={"name": "amira", "password": "x"})
    assert answer.status_code == 400
    assert "Send the form again" in answer.text


def test_page_of_the_front_is_not_there_at_the_desk(tmp_path):
    browser = make_app(tmp_path, site=Site(process=DESK)).test_client()
    answer = browser.get("/search")
    assert (answer.status_code, "Page not found" in answer.text) == (404, True)
    assert "ContactPoint desk" in answer.text


def test_cookie_of_the_front_is_none_of_the_desk(tmp_path):
    names = {
        make_app(tmp_path / one.name, site=Site(process=one)).config["SESSION_COOKIE_NAME"]
        for one in PROCESSES
    }
    keys = {one.session_key for one in PROCESSES} | {one.token_key for one in PROCESSES}
    assert (len(names), len(keys)) == (2, 4)


def test_unknown_page_has_a_page_of_its_own(browser):
    answer = browser.get("/nothing-here")
    assert answer.status_code == 404
    assert "Page not found" in answer.text


def test_body_over_the_limit_is_refused(browser):
    answer = browser.post("/sign-in", data={"name": "x" * MOST_BYTES})
    assert answer.status_code == 413


def test_host_that_is_not_ours_is_refused(browser):
    assert browser.get("/sign-in", headers={"Host": "elsewhere.example"}).status_code == 400


def test_named_host_is_answered(tmp_path):
    site = Site(hosts=("contactpoint.example.org",))
    answer = (
        make_app(tmp_path, site=site)
        .test_client()
        .get("/sign-in", headers={"Host": "contactpoint.example.org"})
    )
    assert answer.status_code == 200


def test_sign_in_without_elasticsearch_is_a_fault_and_not_a_refusal(app, browser):
    app.config["WTF_CSRF_ENABLED"] = False
    answer = browser.post("/sign-in", data={"name": "amira", "password": "correct horse"})
    assert answer.status_code == 503
    assert "cannot be used right now" in answer.text


def test_search_without_elasticsearch_says_that_it_failed(app, browser):
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "token-of-a-session"
    answer = browser.get("/search")
    assert answer.status_code == 503
    assert "The search failed" in answer.text
    assert "no child" not in answer.text.lower()


@pytest.mark.parametrize(("age_seconds", "status"), [(0, 200), (FRESH_SECONDS + 0.1, 503)])
def test_answer_leaves_fresh_or_not_at_all(app, browser, age_seconds, status):
    def show():
        g.checked_at = monotonic() - age_seconds
        return "a child's name"

    app.view_functions["health.livez"] = show
    answer = browser.get("/livez")
    assert answer.status_code == status
    assert ("a child's name" in answer.text) == (status == 200)


def test_error_nobody_foresaw_shows_nothing_of_its_text(app, browser, capfd):
    def fail():
        raise ValueError("Niamh Kelly")

    app.view_functions["health.livez"] = fail
    answer = browser.get("/livez")
    written = capfd.readouterr()
    assert answer.status_code == 500
    assert "Niamh" not in answer.text + written.out + written.err


def test_log_line_has_the_route_and_no_address(browser, capfd):
    browser.get("/record/secret-token?name=niamh")
    line = capfd.readouterr()
    assert "/record/<token>" in line.out + line.err
    assert "secret-token" not in line.out + line.err
    assert "niamh" not in line.out + line.err


def test_page_is_kept_out_of_caches_frames_and_other_scripts(browser):
    headers = browser.get("/sign-in").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_every_answer_has_an_id_of_its_own(browser):
    ids = {browser.get("/livez").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("is_https", [True, False])
def test_cookie_is_for_https_alone_where_browsers_come_by_it(tmp_path, is_https):
    answer = make_app(tmp_path, site=Site(is_https=is_https)).test_client().get("/sign-in")
    assert ("Secure" in answer.headers["Set-Cookie"]) == is_https
    assert ("Strict-Transport-Security" in answer.headers) == is_https


@pytest.fixture
def ended(app):
    """A browser whose session is over: its cookie still has the token, and nobody holds it."""
    app.login_manager.user_loader(lambda _token: None)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["user"] = "token-of-a-session", "amira"
    return browser


def wanted(browser):
    with browser.session_transaction() as cookie:
        return cookie.get("wanted", "")


@pytest.mark.parametrize("method", ["get", "post"])
def test_reason_page_of_an_ended_session_is_come_back_to(ended, method):
    assert getattr(ended, method)("/reason/x", data={"reason": "working"}).location == "/sign-in"
    assert wanted(ended) == "/reason/x"
    assert HAS_ENDED in ended.get("/sign-in").text


def test_search_of_an_ended_session_is_come_back_to_and_opens_for_its_user_alone(app, ended):
    ended.post("/search", data={"text": "niamh  kelly"})
    tokens = app.extensions[KEY].tokens
    token = wanted(ended).removeprefix("/results/")
    assert tokens.open("results", "amira", token).text == "niamh kelly"
    with pytest.raises(LinkEnded):
        tokens.open("results", "bo", token)


def test_search_too_long_for_a_cookie_leads_back_to_the_search_page(ended):
    ended.post("/search", data={"text": "x" * 3_000})
    assert wanted(ended) == "/search"


def test_search_by_one_who_was_never_signed_in_is_not_kept(browser):
    browser.post("/search", data={"text": "niamh kelly"})
    assert wanted(browser) == ""
    assert HAS_ENDED not in browser.get("/sign-in").text


def test_one_who_signs_out_of_an_ended_session_is_not_told_that_it_ended(ended):
    ended.post("/sign-out")
    assert HAS_ENDED not in ended.get("/sign-in").text


def test_helpdesk_stands_below_the_sign_in_form_with_its_phone(tmp_path):
    site = Site(helpdesk="the helpdesk", helpdesk_phone="01942 000000")
    text = make_app(tmp_path, site=site).test_client().get("/sign-in").text
    assert 'Call the helpdesk on <a class="govuk-link" href="tel:01942000000">' in text


def test_helpdesk_without_a_phone_is_still_a_sentence(browser):
    assert "Call your organisation’s ContactPoint team." in browser.get("/sign-in").text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, ["Enter your user name", "Enter your password"]),
        ({"name": "amira"}, ["Enter your password"]),
        ({"password": "x"}, ["Enter your user name"]),
    ],
)
def test_empty_sign_in_is_answered_beside_its_fields_without_asking_anyone(
    app, browser, form, said
):
    app.config["WTF_CSRF_ENABLED"] = False
    answer = browser.post("/sign-in", data=form)
    assert answer.status_code == 422
    assert answer.text.count("Enter your") == 2 * len(said)
    assert all(answer.text.count(words) == 2 for words in said)


def test_refusal_is_a_whole_sentence(app, browser):
    app.add_url_rule("/forgotten", view_func=lambda: "shown")
    assert "This page is in no list of who may see it, so nobody may." in (
        browser.get("/forgotten").text
    )
