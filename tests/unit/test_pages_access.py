"""Every route of access.csv, for every role: open to those of its row and to nobody else."""

import pytest

from indexer.errors import Unavailable
from indexer.people.actor import ROLES
from indexer.people.sessions import open_session
from tests.people import CODES_KEY, PASSWORD, Town
from tests.unit.test_pages_app import make_app, open_route
from webapp import app as application
from webapp.access import PUBLIC, SIGNED_IN, access_table, roles_of
from webapp.processes import DESK, FRONT, PROCESSES
from webapp.service import KEY
from webapp.site import Site
from webapp.tokens import Asked

ENDS_THE_SESSION = "/sign-out"


class Silent:
    """Stands where the gate stands: what it would find is tested on the real server."""

    def __getattr__(self, _name):
        return self

    def __call__(self, *_args):
        raise Unavailable("not here")


@pytest.fixture
def town(monkeypatch):
    made = Town(monkeypatch)
    for role in ROLES:
        made.set_up(role, role)
    made.set_up("nora", "data-manager", "383")
    monkeypatch.setattr(application, "Trail", lambda *_: made.trail)
    return made


def opened(town, folder, process):
    """The real application of a process, with people in memory."""
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets" / "codes.key").write_text(CODES_KEY)
    app = make_app(folder, Silent(), Site(process=process), town.world)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def signed_in(town, app, name, process):
    """A browser with a session of this person's, even where they could not sign in themselves."""
    mark = town.mark(name)
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = open_session(None, process.name, name, mark, town.world)
        cookie["user"] = name
    return browser


def is_let_in(answer):
    """Whatever a route answers to nonsense: not that this person may not use it."""
    return answer.status_code != 403 and answer.location != "/sign-in"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_role_may_use_the_routes_of_its_rows_and_no_others(town, tmp_path, process, role):
    browser = signed_in(town, opened(town, tmp_path, process), role, process)
    table = access_table(process.name)
    routes = sorted(table, key=lambda route: (route == ENDS_THE_SESSION, route))
    found = {route: is_let_in(open_route(browser, route)) for route in routes}
    due = {route: bool(table[route].roles & {PUBLIC, SIGNED_IN, role}) for route in routes}
    # Who is signed in is sent on from these, and who sets nothing up to the first.
    del found["/sign-in"], due["/sign-in"], found["/set-up"], due["/set-up"]
    assert found == due
    assert list(due.values()).count(False) >= (0 if role in roles_of(process.name) else 1)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_cookie_opens_no_session_of_another_person_than_it_names(town, tmp_path, process):
    """Whoever can write sessions, as the front's credential can, must not become an officer."""
    browser = signed_in(town, opened(town, tmp_path, process), "data-manager", process)
    assert browser.get("/").location != "/sign-in"
    mark = town.mark("shield-officer")
    others = open_session(None, process.name, "shield-officer", mark, town.world)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = others
    assert browser.get("/").location == "/sign-in"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.name)
def test_role_signs_in_where_it_has_a_start_page_and_is_told_elsewhere(
    town, tmp_path, process, role
):
    form = {"name": role, "password": PASSWORD, "code": town.clock.code()}
    answer = opened(town, tmp_path, process).test_client().post("/sign-in", data=form)
    may = role in access_table(process.name)["/"].roles
    assert answer.status_code == (303 if may else 403)
    assert ("Your role does not sign in here" in answer.text) is not may


OF_ONE_PERSON = [
    route
    for route, access in access_table(DESK.name).items()
    if access.scope == "organisation" and "/person/<token>" in route
]


@pytest.mark.parametrize("route", OF_ONE_PERSON)
def test_person_of_another_organisation_is_not_there(town, tmp_path, route):
    app = opened(town, tmp_path, DESK)
    before = dict(town.documents.stored)
    theirs = app.extensions[KEY].tokens.seal("person", "nora", Asked("practitioner"))
    ours = app.extensions[KEY].tokens.seal("person", "data-manager", Asked("practitioner"))
    answer = open_route(signed_in(town, app, "nora", DESK), route, theirs)
    assert answer.status_code == 404
    assert town.documents.stored.items() >= before.items(), "nothing was changed"
    assert open_route(signed_in(town, app, "data-manager", DESK), route, ours).status_code != 404


def test_list_has_the_people_of_one_s_own_organisation_alone(town, tmp_path):
    app = opened(town, tmp_path, DESK)
    text = signed_in(town, app, "nora", DESK).get("/people").text
    assert "nora" in text
    assert "practitioner</a>" not in text
    assert "practitioner</a>" in signed_in(town, app, "data-manager", DESK).get("/people").text


def test_address_of_a_person_opens_for_the_one_who_was_given_it_alone(town, tmp_path):
    town.set_up("other", "data-manager")
    app = opened(town, tmp_path, DESK)
    token = app.extensions[KEY].tokens.seal("person", "other", Asked("practitioner"))
    answer = signed_in(town, app, "data-manager", DESK).get(f"/people/person/{token}")
    assert answer.status_code == 404


def test_cookie_of_the_front_is_worth_nothing_at_the_desk(town, tmp_path):
    desk = opened(town, tmp_path, DESK)
    browser = signed_in(town, desk, "data-manager", FRONT)
    assert browser.get("/people").location == "/sign-in"


def test_start_page_of_the_desk_lists_what_a_role_has_there(town, tmp_path):
    app = opened(town, tmp_path, DESK)
    listed = signed_in(town, app, "data-manager", DESK).get("/").text
    assert "People of your organisation" in listed
    assert "People of your organisation" not in signed_in(town, app, "auditor", DESK).get("/").text
