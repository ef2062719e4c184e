"""“I am working with this child”: what is asked, what is kept, and that no child is asked for."""

import pytest

from tests.unit.test_pages_access import opened, signed_in, town  # noqa: F401 - a fixture
from webapp.pages import working
from webapp.processes import FRONT
from webapp.service import KEY
from webapp.tokens import Asked

NUMBER = "100000000017"
WHO = {
    "service": "health_visitor",
    "practitioner": "M. Lees",
    "role": "Health visitor",
    "organisation": "Wigan team 2",
    "phone": "01942 000002",
    "email": "m.lees@example.org",
}


@pytest.fixture
def wishes(monkeypatch):
    kept = []
    monkeypatch.setattr(working, "add_wish", lambda _client, wish, _world: kept.append(wish))
    return kept


@pytest.fixture
def app(town, tmp_path, wishes):  # noqa: F811
    """The front; its gate answers nothing, so a page that asked for a child would be a 503."""
    return opened(town, tmp_path, FRONT)


@pytest.fixture
def browser(app, town):  # noqa: F811
    return signed_in(town, app, "practitioner", FRONT)


def sealed(app, kind, user="practitioner"):
    asked = Asked("kelly", number=NUMBER, reason="meeting")
    return app.extensions[KEY].tokens.seal(kind, user, asked)


def test_what_was_filled_in_is_kept_after_the_audit_and_the_page_says_recorded(
    app,
    browser,
    town,  # noqa: F811
    wishes,
):
    answer = browser.post(f"/working/{sealed(app, 'working')}", data=WHO, follow_redirects=True)
    assert answer.status_code == 200
    assert "It shows on the record in a few minutes" in answer.text
    (wish,) = wishes
    assert (wish.child, wish.person, wish.involvement) == (NUMBER, "practitioner", WHO)
    details = {"children": [NUMBER], "reason": "meeting"}
    assert town.trail.entries[-1] == ("working", "practitioner", details)


def test_no_longer_is_asked_once_more_and_then_kept(app, browser, town, wishes):  # noqa: F811
    address = f"/no-longer/{sealed(app, 'no-longer')}"
    assert browser.get(address).status_code == 200
    assert wishes == []
    assert browser.post(address).status_code == 303
    assert [one.involvement for one in wishes] == [None]
    assert town.trail.events[-1] == "no-longer-working"


def test_sensitive_service_needs_no_name_and_no_phone(app, browser, wishes):
    form = {"service": "other", "sensitive": "yes"}
    assert browser.post(f"/working/{sealed(app, 'working')}", data=form).status_code == 303
    assert [one.involvement for one in wishes] == [{"service": "other", "sensitive": True}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"service": ""}, "Choose your service"),
        ({"service": "sensitive"}, "Choose your service"),
        ({"practitioner": " "}, "Enter your name"),
        ({"phone": "", "email": ""}, "Enter a phone number or an email address"),
        ({"phone": "0" * 51}, "Check the phone number"),
        ({"organisation": "=cmd()"}, "Check where you work"),
    ],
    ids=str,
)
def test_what_no_row_may_hold_is_said_at_once_and_the_rest_is_not_lost(
    app, browser, wishes, changes, words
):
    answer = browser.post(f"/working/{sealed(app, 'working')}", data=WHO | changes)
    assert answer.status_code == 303, "a page that answers a POST cannot be gone back to"
    shown = browser.get(answer.location)
    assert (shown.status_code, wishes) == (422, [])
    assert words in shown.text
    assert "Health visitor" in shown.text


def test_no_address_on_the_way_tells_the_child_or_what_was_filled_in(app, browser):
    sent = browser.post(f"/working/{sealed(app, 'working')}", data=WHO | {"service": ""})
    done = browser.post(f"/working/{sealed(app, 'working')}", data=WHO)
    for address in (sent.location, done.location):
        assert NUMBER not in address
        assert "Lees" not in address


def test_page_sealed_for_another_or_for_another_step_does_not_open(app, browser):
    assert browser.get(f"/working/{sealed(app, 'working', 'nora')}").status_code == 404
    assert browser.get(f"/working/{sealed(app, 'record')}").status_code == 404
