"""A real service for the browser: the engine, a few children, people, and gunicorn in front."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.builds.init import init
from indexer.children.load import Loader
from indexer.clients import make_client
from indexer.people import documents
from indexer.people.actor import Actor
from indexer.people.codes import code_at, current_step, make_code_secret
from indexer.people.demo import SignIn, set_up_with
from indexer.people.enrolment import step_key
from indexer.people.organisations import switch_on
from indexer.people.users import NewUser, add_user, change_user
from indexer.settings import Settings
from indexer.world import REAL
from mappings.names import SESSIONS
from tests.browser.chromium import NARROW, WIDE, chromium
from tests.browser.journey import Visitor
from tests.conftest import running_engine
from tests.rows import entries, plain_row, row
from tests.serving import serving

TESTER = Actor("tester", "operator", "")
PASSWORD = "a horse, a battery and a staple"
SECRET = make_code_secret(REAL)
FAMILY, NAMESAKES, MANY = "Quillfeather-Obi", 60, "Overmuchson"


def build_rows() -> list[dict]:
    """One child of whom much is known and her twin, one of whom little is, many of one name, and
    too many of another."""
    sensitive = {"service": "other", "organisation": "A clinic", "sensitive": True}
    ended = {"service": "health_visitor", "practitioner": "M. Lees", "to": "2019-03-01"}
    known = row(
        source_record_id="B-1",
        nhs_number=None,
        given_names="Wilhelmina Rose",
        family_name=FAMILY,
        known_as="Mina",
        involvements=[*row()["involvements"], sensitive, ended],
    )
    namesakes = [
        plain_row(f"N-{place}", "Ann", "Zwartkruis", "2014-03-09") for place in range(NAMESAKES)
    ]
    crowd = [plain_row(f"M-{place}", "Ann", MANY, "2013-05-05") for place in range(201)]
    home = {"address": known["address"]}
    twin = plain_row("B-3", "Theodora", FAMILY, "2014-03-09", **home)
    thin = plain_row("B-2", "Bartholomew", "Yttergaard", "2015-01-01")
    return [known, thin, twin, *namesakes, *crowd]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An engine of the pages' own, with children in it and with people who may, and may not,
    search: what others load, hide or raise an alarm about would stand on the pages."""
    with running_engine(tmp_path_factory.mktemp("pages"), heap="512m") as settings:
        init(settings, TESTER, REAL)
        Loader(settings, REAL).load(entries(*build_rows()), "browser-tests", TESTER)
        make_client(settings, "worker").indices.refresh(index="children")
        add_people(settings)
        yield settings


def add_people(settings: Settings) -> None:
    desk_client, trail = desk(settings)
    switch_on(desk_client, "359", TESTER, trail, phone="01942 000100")
    today = REAL.today()
    for user in (
        NewUser("amira", "practitioner", "359", PASSWORD, today),
        NewUser("bo", "practitioner", "359", PASSWORD, today),
        NewUser("audrey", "auditor", "359", PASSWORD),
        NewUser("olu", "operator", "359", PASSWORD),
        NewUser("olga", "shield-officer", "359", PASSWORD, today),
        NewUser("ivy", "inspector", "359", PASSWORD),
        NewUser("mona", "data-manager", "359", PASSWORD, today),
        NewUser("lapsed", "practitioner", "359", PASSWORD, today - timedelta(days=400)),
        NewUser("untrained", "practitioner", "359", PASSWORD),
        NewUser("early", "practitioner", "201", PASSWORD, today),
        NewUser("gone", "practitioner", "359", PASSWORD, today),
    ):
        add_user(desk_client, user, TESTER, trail, REAL)
        set_up(settings, user.name)
    deactivate(settings, "gone")


def desk(settings: Settings) -> tuple[Elasticsearch, Trail]:
    desk_client = make_client(settings, "desk")
    return desk_client, Trail(desk_client, settings, REAL)


def add_practitioner(settings: Settings, name: str, *, is_set_up: bool = True) -> None:
    """One more, for a test that spoils its user for others."""
    desk_client, trail = desk(settings)
    new = NewUser(name, "practitioner", "359", PASSWORD, REAL.today())
    add_user(desk_client, new, TESTER, trail, REAL)
    if is_set_up:
        set_up(settings, name)


def set_up(settings: Settings, name: str) -> None:
    """Set up password and codes of one who was added, with the secret of the tests."""
    set_up_with(settings, SignIn(name, "practitioner", PASSWORD), SECRET)


def code_for(settings: Settings, name: str) -> str:
    """The code of now for one who may have used it: that is forgotten, as no test waits."""
    desk_client, _ = desk(settings)
    documents.delete(desk_client, SESSIONS, step_key(name))
    return code_at(SECRET, current_step(REAL.now()))


def at_desk(settings: Settings, address: str, user: str) -> Visitor:
    """One of the people of the desk, before they sign in."""
    return Visitor(address, user, PASSWORD, "", partial(code_for, settings, user))


def deactivate(settings: Settings, name: str) -> None:
    desk_client, trail = desk(settings)
    change_user(desk_client, name, TESTER, trail, lambda user: replace(user, active=False))


@pytest.fixture(scope="session")
def address(filled: Settings) -> Iterator[str]:
    with serving(filled) as found:
        yield found


@pytest.fixture(scope="session")
def desk_address(filled: Settings) -> Iterator[str]:
    with serving(filled, "--desk") as found:
        yield found


@pytest.fixture
def visitor(address: str, filled: Settings) -> Visitor:
    """A practitioner who looks for the child of whom much is known, misspelled."""
    code = partial(code_for, filled, "amira")
    return Visitor(address, "amira", PASSWORD, "quilfeather obi mina 2014", code)


@pytest.fixture(scope="session")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(params=[WIDE, NARROW], ids=["1280 pixels", "320 pixels"])
def page(browser, request):
    """A page without JavaScript, as every page must work without it."""
    context = browser.new_context(viewport=request.param, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def scripted_page(browser):
    """A page with JavaScript, for what measures a page from inside it."""
    context = browser.new_context(viewport=WIDE)
    yield context.new_page()
    context.close()
