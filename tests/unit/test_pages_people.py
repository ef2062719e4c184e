"""Signing in, setting up and keeping people as pages, with people in memory."""

import io
import re

import pytest

from indexer.errors import ClusterUnavailable
from indexer.people import documents, passwords
from indexer.people.codes import code_at, current_step
from indexer.people.sign_in import REFUSAL
from mappings.names import USERS
from tests.people import PASSWORD, Town
from tests.unit.test_pages_access import opened, signed_in
from webapp import app as application
from webapp.pages.desk.people_import import MOST_LINES
from webapp.processes import DESK, FRONT

OWN = "three words of one's own"


@pytest.fixture
def town(monkeypatch):
    made = Town(monkeypatch)
    made.set_up("amira")
    made.set_up("mona", "data-manager")
    monkeypatch.setattr(application, "Trail", lambda *_: made.trail)
    return made


@pytest.fixture
def front(town, tmp_path):
    return opened(town, tmp_path, FRONT)


@pytest.fixture
def mona(town, tmp_path):
    """A browser of the data manager at the desk."""
    return signed_in(town, opened(town, tmp_path, DESK), "mona", DESK)


def sign_in(browser, name, password=PASSWORD, code="", **more):
    form = {"name": name, "password": password, "code": code}
    return browser.post("/sign-in", data=form, **more)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.text))


def secret_on(page):
    return re.search(r'app-secret">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")


def code_of(town, secret):
    return code_at(secret, current_step(town.world.now()))


def test_password_and_code_on_one_page_open_the_search(town, front):
    browser = front.test_client()
    assert sign_in(browser, " Amira ", code=town.clock.code()).location == "/"
    assert browser.get("/search").status_code == 200


def test_refusal_is_one_sentence_for_all(town, front):
    for name, code in (("amira", "000000"), ("nobody", town.clock.code())):
        answer = sign_in(front.test_client(), name, code=code)
        assert answer.status_code == 401
        assert REFUSAL in text_of(answer)


def test_person_who_was_invited_sets_up_and_is_in(town, front):
    town.add("newcomer")
    browser = front.test_client()
    assert sign_in(browser, "newcomer").location == "/set-up"
    page = browser.get("/set-up")
    assert "<svg" in page.text
    secret = secret_on(page)
    weak = browser.post("/set-up", data={"password": "x", "code": code_of(town, secret)})
    assert (weak.status_code, "12 to 128 characters" in weak.text) == (422, True)
    assert secret_on(weak) == secret, "what the app has learned stays right"
    wrong = browser.post("/set-up", data={"password": OWN, "code": "000000"})
    assert (wrong.status_code, "code is not right" in wrong.text) == (422, True)
    form = {"password": OWN, "code": code_of(town, secret)}
    assert browser.post("/set-up", data=form).location == "/"
    assert browser.get("/search").status_code == 200
    assert browser.get("/set-up").location == "/sign-in", "once"


def test_secret_stands_in_no_cookie(town, front):
    town.add("newcomer")
    browser = front.test_client()
    sign_in(browser, "newcomer")
    secret = secret_on(browser.get("/set-up"))
    with browser.session_transaction() as cookie:
        assert secret not in str(dict(cookie))


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_sets_up_without_an_invitation(front, method):
    assert getattr(front.test_client(), method)("/set-up").location == "/sign-in"


def test_browser_that_is_known_gets_in_where_others_guess(town, front):
    browser, office = front.test_client(), {"REMOTE_ADDR": "198.51.100.7"}
    assert sign_in(browser, "amira", code=town.clock.code(), environ_base=office).location == "/"
    browser.post("/sign-out")
    for number in range(20):
        sign_in(front.test_client(), f"user-{number}", "wrong", environ_base=office)
    town.clock.pass_by(seconds=30)
    code = town.clock.code()
    assert sign_in(front.test_client(), "amira", code=code, environ_base=office).status_code == 401
    assert sign_in(browser, "amira", code=code, environ_base=office).location == "/"


def test_cookie_of_a_known_browser_counts_for_its_own_name_alone(town, front):
    town.set_up("bo")
    browser = front.test_client()
    sign_in(browser, "amira", code=town.clock.code())
    browser.post("/sign-out")
    for number in range(20):
        sign_in(front.test_client(), f"user-{number}", "wrong")
    assert sign_in(browser, "bo", code=town.clock.code()).status_code == 401


def test_too_many_at_once_are_told_to_come_back(town, front, monkeypatch):
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    with passwords.turn(), passwords.turn():
        answer = sign_in(front.test_client(), "amira", code=town.clock.code())
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_every_page_says_when_the_session_ends_and_how_to_stay(town, front):
    browser = signed_in(town, front, "amira", FRONT)
    page = browser.get("/search")
    assert "Signed out at 9:15am if you do nothing" in text_of(page)
    assert "Stay signed in (opens in a new tab)" in text_of(page)
    town.clock.pass_by(minutes=10)
    assert "at 9:25am" in text_of(browser.get("/stay"))
    for _ in range(46):
        town.clock.pass_by(minutes=10)
        assert browser.get("/stay").status_code == 200
    assert "That is 8 hours after you signed in" in text_of(browser.get("/stay"))
    assert "Stay signed in (" not in text_of(browser.get("/search"))


def test_session_that_ended_asks_to_sign_in_and_carries_on(town, front):
    browser = signed_in(town, front, "amira", FRONT)
    town.clock.pass_by(minutes=15)
    assert browser.post("/search", data={"text": "niamh"}).location == "/sign-in"
    assert "You have been signed out" in browser.get("/sign-in").text
    assert sign_in(browser, "amira", code=town.clock.code()).location.startswith("/results/")


def test_password_and_phone_are_renewed_by_one_who_shows_both_and_sessions_elsewhere_end(
    town, front
):
    elsewhere = signed_in(town, front, "amira", FRONT)
    browser = signed_in(town, front, "amira", FRONT)
    refused = browser.post("/renew", data={"password": PASSWORD, "code": "000000"})
    assert (refused.status_code, REFUSAL in text_of(refused)) == (401, True)
    form = {"password": PASSWORD, "code": town.clock.code()}
    assert browser.post("/renew", data=form).location == "/set-up"
    secret = secret_on(browser.get("/set-up"))
    form = {"password": OWN, "code": code_of(town, secret)}
    assert browser.post("/set-up", data=form).location == "/"
    assert browser.get("/search").status_code == 200
    assert elsewhere.get("/search").location == "/sign-in"
    town.clock.pass_by(minutes=1)
    assert sign_in(front.test_client(), "amira", code=town.clock.code()).status_code == 401
    code = code_of(town, secret)
    assert sign_in(front.test_client(), "amira", OWN, code).location == "/"


def test_who_works_at_the_desk_renews_there_alone(town, mona, front):
    assert mona.get("/renew").status_code == 200
    assert signed_in(town, front, "mona", FRONT).get("/renew").status_code == 403


# Keeping people.


def address_of(mona, name):
    return re.search(rf'href="([^"]+)">{name}</a>', mona.get("/people").text)[1]


def test_practitioner_is_invited_with_a_password_that_is_shown_once(town, mona, front):
    shown = mona.post("/people", data={"name": "Newcomer"})
    password = re.search(r'app-secret">([a-z2-9-]{23})<', shown.text)[1]
    assert password not in mona.get("/people").text
    assert ("user-added", "mona", {"subject": "newcomer", "said": "practitioner"}) in (
        town.trail.entries
    )
    assert sign_in(front.test_client(), "newcomer", password).location == "/set-up"


@pytest.mark.parametrize(
    ("name", "words"),
    [("amira", "a user amira already"), ("A b", "a user name is"), ("", "is 2 to")],
)
def test_invitation_that_cannot_be_says_why(mona, name, words):
    answer = mona.post("/people", data={"name": name})
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_taken_name_tells_of_nobody_elsewhere_and_is_in_no_entry_as_added(town, mona):
    town.set_up("liz", organisation="383")
    said = {name: text_of(mona.post("/people", data={"name": name})) for name in ("liz", "amira")}
    assert "this user name cannot be used; choose another" in said["liz"]
    assert "there is a user" not in said["liz"]
    assert "there is a user amira already" in said["amira"]
    assert "user-added" not in town.trail.events


def test_name_that_is_taken_in_between_leaves_an_entry_that_says_so(town, mona, monkeypatch):
    write = town.trail.write

    def add_first(event, *who, **details):
        write(event, *who, **details)
        if (USERS, "newcomer") not in town.documents.stored:
            town.add("newcomer", organisation="383")

    monkeypatch.setattr(town.trail, "write", add_first)
    assert mona.post("/people", data={"name": "newcomer"}).status_code == 422
    said = [details["said"] for event, _, details in town.trail.entries if event == "user-added"]
    assert said == ["practitioner", "refused: the name is taken"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Enter the day"),
        ({"day-day": "31", "day-month": "2", "day-year": "2026"}, "Enter the day"),
        ({"day-day": "10", "day-month": "3", "day-year": "2026"}, "not in the future"),
    ],
)
def test_day_of_training_must_be_one_that_has_been(mona, form, words):
    answer = mona.post(f"{address_of(mona, 'amira')}/training", data=form)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_reset_needs_to_say_how_the_person_was_known_and_has_both_on_record(town, mona):
    place = f"{address_of(mona, 'amira')}/invitation"
    refused = mona.post(place, data={"checked": "made up"})
    assert (refused.status_code, "codes-reset" in town.trail.events) == (422, False)
    assert "app-handover" in mona.post(place, data={"checked": "seen"}).text
    event = next(one for one in town.trail.entries if one[0] == "codes-reset")
    assert event[1] == "mona"
    assert event[2]["subject"] == "amira"
    assert "I have them in front of me" in event[2]["reason"]


def test_person_is_shut_out_at_once_and_let_in_again(town, mona, front):
    amira = signed_in(town, front, "amira", FRONT)
    place = f"{address_of(mona, 'amira')}/active"
    mona.post(place, data={"active": "no"})
    assert amira.get("/search").location == "/sign-in"
    assert "Deactivated" in mona.get("/people").text
    mona.post(place, data={"active": "yes"})
    assert sign_in(amira, "amira", code=town.clock.code()).status_code == 303
    assert amira.get("/search").status_code == 200


@pytest.mark.parametrize(
    ("who", "what", "form"),
    [
        ("mona", "active", {"active": "no"}),
        ("mona", "training", {"day-day": "9", "day-month": "3", "day-year": "2026"}),
    ],
)
def test_data_manager_does_nothing_about_themselves(town, mona, who, what, form):
    before = dict(town.documents.stored)
    assert mona.post(f"{address_of(mona, who)}/{what}", data=form).status_code == 422
    assert {key: one for key, one in town.documents.stored.items() if key in before} == before


def test_data_manager_resets_no_officer_whom_they_could_then_be(town, mona):
    town.set_up("olga", "shield-officer")
    answer = mona.post(f"{address_of(mona, 'olga')}/invitation", data={"checked": "seen"})
    assert answer.status_code == 403
    assert "codes-reset" not in town.trail.events


def test_no_address_at_the_desk_names_a_person(town, mona):
    town.set_up("wilhelmina")
    found = mona.post("/people/find", data={"text": "wilhel"})
    assert "wilhel" not in found.location
    page = mona.get(found.location)
    assert "wilhelmina</a>" in page.text
    assert "amira</a>" not in page.text
    assert not [one for one in re.findall(r'(?:href|action)="([^"]+)"', page.text) if "mina" in one]


def send(mona, text):
    file = (io.BytesIO(text.encode("utf-8")), "staff.csv")
    return mona.post("/people/import", data={"file": file})


def test_many_are_invited_from_a_file_and_the_wrong_lines_are_told(town, mona):
    shown = send(mona, "name,trained_on\nfirst,2026-03-02\namira,\nsecond,9/3/2026\nthird,\n")
    assert "Line 3: there is a user amira already" in text_of(shown)
    assert "Line 4: the day of training is written as 2026-03-09" in text_of(shown)
    assert len(set(re.findall(r'app-secret">([a-z2-9-]{23})<', shown.text))) == 2
    listed = mona.get("/people").text
    assert all(f"{name}</a>" in listed for name in ("first", "third"))


def test_file_that_breaks_off_shows_the_passwords_made_and_the_lines_left(town, mona, monkeypatch):
    write = documents.write

    def fail(client, place, document, over):
        if place == (USERS, "second"):
            raise ClusterUnavailable("writing about people: ConnectionError")
        return write(client, place, document, over)

    monkeypatch.setattr(documents, "write", fail)
    shown = send(mona, "name\nfirst\nsecond\nthird\n")
    assert len(re.findall(r'app-secret">([a-z2-9-]{23})<', shown.text)) == 1
    assert "Line 3: writing about people: ConnectionError. It is not known" in text_of(shown)
    assert "Line 4: was not reached" in text_of(shown)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The first line must be"),
        ("name,shielded\nfirst,true\n", "The first line must be"),
        ("name\n" + "x\n" * (MOST_LINES + 1), "send it in parts"),
    ],
)
def test_file_that_is_none_of_people_changes_nothing(town, mona, text, words):
    before = len(town.documents.stored)
    answer = send(mona, text)
    assert (answer.status_code, words in text_of(answer)) == (422, True)
    assert len(town.documents.stored) == before
