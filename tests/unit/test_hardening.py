"""What the door is hardened with, beside what stands in the tests of the pages and of people."""

import re
import secrets
import socket
from http.cookies import SimpleCookie

import pytest
from gunicorn.http import errors
from werkzeug.test import run_wsgi_app

from indexer.engine.secret_files import KEYS, PASSWORDS, make_secrets
from indexer.world import REAL
from tests.hostile import URLENCODED, Hostile
from tests.people import PASSWORD, Town
from tests.unit.test_pages_access import opened, signed_in
from tests.unit.test_pages_app import make_app, open_route
from webapp import app as application
from webapp.access import PUBLIC, SIGNED_IN, access_table
from webapp.app import MOST_BYTES
from webapp.commands.serve import gunicorn_options
from webapp.processes import DESK, FRONT, PROCESSES
from webapp.service import KEY
from webapp.site import Site
from webapp.tokens import Asked
from webapp.worker import Worker, status_of

TYPED = "Quenelle-Okonjo-Strand"


@pytest.fixture
def town(monkeypatch):
    made = Town(monkeypatch)
    made.set_up("practitioner")
    made.set_up("mona", "data-manager")
    monkeypatch.setattr(application, "Trail", lambda *_: made.trail)
    return made


def cookies_of(answer):
    parsed = [SimpleCookie(one) for one in answer.headers.getlist("Set-Cookie")]
    return {name: morsel for one in parsed for name, morsel in one.items()}


def https_app(town, folder):
    """The application behind a proxy, with people in memory."""
    app = opened(town, folder, FRONT)
    plain = app.extensions[KEY]
    made = make_app(folder, plain.gate, Site(is_https=True), town.world)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def test_every_cookie_is_of_this_host_alone_where_browsers_come_by_https(town, tmp_path):
    form = {"name": "practitioner", "password": PASSWORD, "code": town.clock.code()}
    browser = https_app(town, tmp_path).test_client()
    answer = browser.post("/sign-in", data=form, base_url="https://127.0.0.1")
    assert answer.status_code == 303
    cookies = cookies_of(answer)
    assert len(cookies) == 2  # the session's, and that of a known browser
    for name, one in cookies.items():
        assert name.startswith("__Host-")
        assert one["secure"] and one["httponly"] and one["samesite"] == "Lax"  # noqa: PT018
        assert (one["path"], one["domain"]) == ("/", "")


def test_signing_out_clears_what_the_browser_kept_of_the_pages(town, tmp_path):
    browser = signed_in(town, opened(town, tmp_path, FRONT), "practitioner", FRONT)
    assert "Clear-Site-Data" not in browser.get("/search").headers
    assert browser.post("/sign-out").headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_every_route_answers_with_the_headers_and_with_its_encoding(town, tmp_path, process):
    browser = signed_in(town, opened(town, tmp_path, process), "mona", process)
    for route in sorted(set(access_table(process.name)) - {"/sign-out"}):
        headers = open_route(browser, route).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers
        assert re.fullmatch(r"text/(html|plain).*; charset=utf-8", headers["Content-Type"])


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_method_that_no_page_has_is_refused(town, tmp_path, method):
    app = opened(town, tmp_path, FRONT)
    browser = signed_in(town, app, "practitioner", FRONT)
    assert browser.open("/search", method=method).status_code == 405


def test_form_of_another_site_is_refused_on_every_route_that_takes_one(town, tmp_path):
    for process in PROCESSES:
        app = opened(town, tmp_path, process)
        app.config["WTF_CSRF_ENABLED"] = True
        browser, before = signed_in(town, app, "mona", process), dict(town.documents.stored)
        rules = [one.rule for one in app.url_map.iter_rules() if "POST" in one.methods]
        mine = {PUBLIC, SIGNED_IN, "data-manager"}
        open_to = [one for one in rules if access_table(process.name)[one].roles & mine]
        paths = [re.sub("<[^>]+>", "x", one) for one in open_to]
        assert len(paths) > 3
        assert {browser.post(path).status_code for path in paths} == {400}
        assert town.documents.stored == before


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_form_of_another_site_ends_no_session_on_any_route(town, tmp_path, process):
    """It comes without the cookie, so an answer that sets one would write over the live one."""
    app = opened(town, tmp_path, process)
    app.config["WTF_CSRF_ENABLED"] = True
    rules = [one.rule for one in app.url_map.iter_rules() if "POST" in one.methods]
    assert "/sign-out" in rules
    for rule in [*rules, "/livez", "/nowhere"]:
        answer = app.test_client().post(re.sub("<[^>]+>", "x", rule), data={"text": "x"})
        assert answer.headers.getlist("Set-Cookie") == [], rule


@pytest.mark.parametrize("size", [1, MOST_BYTES])
def test_body_of_no_length_is_refused_and_not_cut_off(town, tmp_path, size):
    app = opened(town, tmp_path, FRONT)
    headers = (("Host", b"127.0.0.1"), ("Content-Type", URLENCODED))
    sent = Hostile("POST", b"/sign-in", headers, b"name=" + b"x" * size, is_chunked=True)
    assert run_wsgi_app(app.wsgi_app, sent.environ())[1].startswith("411")


def test_field_without_a_name_is_refused_and_no_fault(town, tmp_path):
    app = opened(town, tmp_path, FRONT)
    app.config["WTF_CSRF_ENABLED"] = True
    body = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
    headers = (("Host", b"127.0.0.1"), ("Content-Type", b"multipart/form-data; boundary=b"))
    sent = Hostile("POST", b"/sign-in", headers, body)
    assert run_wsgi_app(app.wsgi_app, sent.environ())[1].startswith("400")


def test_address_too_long_for_a_cookie_is_not_kept_for_after_the_sign_in(town, tmp_path):
    browser = opened(town, tmp_path, FRONT).test_client()
    answer = browser.get(f"/results/{'x' * 6_000}")
    assert len(answer.headers["Set-Cookie"]) < 4_096


def test_page_wanted_after_signing_in_is_of_this_service(town, tmp_path):
    app = opened(town, tmp_path, FRONT)
    for number, address in enumerate(("//elsewhere.example/x", "/\\elsewhere.example", "/search")):
        town.set_up(f"someone-{number}")
        browser = app.test_client()
        browser.get(address)
        form = {"name": f"someone-{number}", "password": PASSWORD, "code": town.clock.code()}
        assert browser.post("/sign-in", data=form).location in ("/", "/search")


@pytest.mark.parametrize("odd", ["%0A", "%0D%0A", "%00", "%7F", "%E2%80%A8"])
def test_address_with_a_new_line_leads_home_after_signing_in_and_is_no_fault(town, tmp_path, odd):
    browser = opened(town, tmp_path, FRONT).test_client()
    browser.get(f"/record/a{odd}b")
    form = {"name": "practitioner", "password": PASSWORD, "code": town.clock.code()}
    assert browser.post("/sign-in", data=form).location == "/"


def test_day_of_a_year_of_thirty_digits_is_refused_and_no_fault(town, tmp_path):
    app = opened(town, tmp_path, DESK)
    token = app.extensions[KEY].tokens.seal("person", "mona", Asked("practitioner"))
    days = {"day-day": "1", "day-month": "2", "day-year": "9" * 30}
    browser = signed_in(town, app, "mona", DESK)
    assert browser.post(f"/people/person/{token}/training", data=days).status_code == 422


def test_every_secret_is_a_file_for_its_owner_alone(tmp_path):
    make_secrets(tmp_path / "secrets")
    files = list((tmp_path / "secrets").iterdir())
    assert {one.name for one in files} == {*KEYS, *PASSWORDS}
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidRequestLine(TYPED), 400),
        (errors.InvalidHeader(TYPED), 400),
        (errors.InvalidChunkSize(TYPED), 400),
        (errors.NoMoreData(TYPED), 400),
        (errors.LimitRequestLine(9, 5), 414),
        (errors.LimitRequestHeaders(TYPED), 431),
        (errors.UnsupportedTransferCoding(TYPED), 501),
        (ValueError(TYPED), 500),
    ],
    ids=lambda one: str(one)[:20],
)
def test_request_that_is_none_is_answered_and_logged_without_a_word_of_it(error, status, capfd):
    ours, theirs = socket.socketpair()
    worker = object.__new__(Worker)  # a whole one would bind a port
    worker.handle_error(None, ours, ("192.0.2.9", 1), error)
    ours.close()
    with theirs, theirs.makefile() as stream:
        sent = stream.read()
    said = capfd.readouterr()
    assert status_of(error)[0] == status
    assert sent.startswith(f"HTTP/1.1 {status} ")
    assert TYPED not in sent + said.out + said.err
    assert "192.0.2.9" not in said.out + said.err
    assert gunicorn_options("127.0.0.1:1", 1)["worker_class"] is Worker


def test_error_whose_own_page_fails_is_logged_without_its_text(town, tmp_path, capfd, monkeypatch):
    def fail(*_args, **_more):
        raise ValueError(TYPED)

    browser = opened(town, tmp_path, FRONT).test_client()
    monkeypatch.setattr("webapp.pages.errors.render_template", fail)
    with pytest.raises(ValueError, match=TYPED):  # for the server, which says a bare 500
        browser.get(f"/nothing-here/{TYPED}")
    said = capfd.readouterr()
    assert "ValueError" in said.out
    assert TYPED not in said.out + said.err


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_page_that_is_asked_for_changes_nothing(town, tmp_path, process):
    app = opened(town, tmp_path, process)
    browser, before = signed_in(town, app, "mona", process), dict(town.documents.stored)
    token = app.extensions[KEY].tokens.seal("person", "mona", Asked("practitioner"))
    rules = [one.rule for one in app.url_map.iter_rules() if "GET" in one.methods]
    before = dict(town.documents.stored)
    for rule in rules:
        browser.get(re.sub("<[^>]+>", token, rule))
    assert len(rules) > 8
    assert town.documents.stored == before


def test_what_was_typed_is_shown_as_text(town, tmp_path):
    browser = opened(town, tmp_path, FRONT).test_client()
    page = browser.post("/sign-in", data={"name": "\"'><script>alert(1)</script>"}).text
    assert "<script>alert" not in page
    assert "&#34;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_password_field_is_masked_and_may_be_pasted_and_filled(town, tmp_path):
    page = opened(town, tmp_path, FRONT).test_client().get("/sign-in").text
    field = re.search(r'<input[^>]*name="password"[^>]*>', page)[0]
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page
    assert "readonly" not in field


def test_session_token_has_more_than_128_bits_of_chance():
    tokens = {REAL.token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) * 6 > 128  # six bits a character
    assert REAL.token is secrets.token_urlsafe


def test_cookie_from_before_the_sign_in_is_worth_nothing_after_it(town, tmp_path):
    browser = opened(town, tmp_path, FRONT).test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["planted"] = "a token somebody else knows", "x"
    form = {"name": "practitioner", "password": PASSWORD, "code": town.clock.code()}
    assert browser.post("/sign-in", data=form).status_code == 303
    with browser.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["_user_id"] != "a token somebody else knows"
