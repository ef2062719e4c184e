"""Every route has its row in access.csv; a view shows children only through the gate."""

import re
from csv import DictReader
from datetime import timedelta
from pathlib import Path

import pytest

from indexer.engine.secret_files import make_secrets
from indexer.people.actor import LEARNER, ROLES, SEARCHERS
from indexer.world import REAL
from tests.conftest import settings_for
from tests.rules.reading import ROOT, Module, imports, modules
from webapp.access import PUBLIC, SCRAPER, SIGNED_IN, access_table, practice_table
from webapp.app import create_app
from webapp.processes import DESK, FRONT, PROCESSES
from webapp.site import Site

TEMPLATES = ROOT / "webapp" / "templates"
HTML = sorted(TEMPLATES.rglob("*.html"))
VIEWS = [module for module in modules() if module.is_in("webapp.pages")]
# What templates share, and the page of errors, which belongs to no view.
NO_VIEW = {"layout", "search_box", "error", "desk/handover"}
SCOPES = {"none", "own", "organisation", "national"}  # and "practice", for learners alone
CLOSED_TO_VIEWS = (
    "elasticsearch",
    "indexer.clients",
    "indexer.children.store",
    "indexer.children.place",
    "webapp.search.query",
)


ROWS = [(one.name, route) for one in PROCESSES for route in access_table(one.name)]


@pytest.fixture(params=PROCESSES, ids=lambda process: process.name)
def process(request):
    return request.param


@pytest.fixture
def app(tmp_path, process):
    """The real application; it speaks to nobody until it is asked something."""
    settings = settings_for(tmp_path, 1)
    make_secrets(settings.secrets)
    return create_app(settings, gate=None, world=REAL, site=Site(process=process))


def routes(app) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules()}


def name_of(template: Path) -> str:
    return str(template.relative_to(TEMPLATES).with_suffix(""))


def reached_by(module: Module) -> list[str]:
    """What a module imports though views may not."""
    return [
        name
        for name in sorted(imports(module))
        if any(f"{name}.".startswith(f"{closed}.") for closed in CLOSED_TO_VIEWS)
    ]


def rendered(module: Module) -> set[str]:
    return set(re.findall(r'render_template\(\s*"([\w/]+)\.html"', module.code))


def own_template(module: Module) -> str:
    """The name a view's template must have: `record`, or `desk/people`."""
    return module.name.removeprefix("webapp.pages.").replace(".", "/")


def test_every_route_of_a_process_has_a_row(app, process):
    assert routes(app) - set(access_table(process.name)) == set(), "add it to webapp/access.csv"


def test_every_row_of_a_process_has_a_route(app, process):
    assert set(access_table(process.name)) - routes(app) == set(), "take it out of access.csv"


def test_table_names_no_process_but_front_and_desk():
    with (ROOT / "webapp" / "access.csv").open() as table:
        assert {row["process"] for row in DictReader(table)} == {one.name for one in PROCESSES}


def test_route_without_a_row_is_open_to_nobody(app):
    app.add_url_rule("/forgotten", view_func=lambda: "shown")
    assert app.test_client().get("/forgotten").status_code == 403


@pytest.mark.parametrize(("name", "route"), ROWS)
def test_row_speaks_of_known_roles_and_scopes(name, route):
    access = access_table(name)[route]
    assert access.roles, "say who may use the route"
    assert access.roles <= {PUBLIC, SIGNED_IN, SCRAPER, *ROLES}
    assert access.scope in SCOPES


NATIONAL = [
    route for route, access in access_table(FRONT.name).items() if access.scope == "national"
]


@pytest.mark.parametrize("route", NATIONAL)
def test_route_that_reaches_children_is_for_searching_roles_only(route):
    assert access_table(FRONT.name)[route].roles == SEARCHERS


def test_learners_reach_invented_children_alone_and_no_page_that_others_have_not():
    table = practice_table(FRONT.name)
    assert {role for access in table.values() for role in access.roles} == {LEARNER}
    assert set(table) < set(access_table(FRONT.name))
    assert [route for route in NATIONAL if route not in table] == []
    assert practice_table(DESK.name) == {}


def test_search_and_record_are_among_the_routes_that_reach_children():
    assert {"/search", "/results/<token>", "/record/<token>"} <= set(NATIONAL)


def test_pages_of_the_desk_are_for_no_practitioner():
    open_to = {PUBLIC, SIGNED_IN, "practitioner"}
    rows = access_table(DESK.name).items()
    own = {route for route, access in rows if access.roles & open_to}
    every = {"/livez", "/readyz", "/static/<path:filename>"}
    assert own == every | {"/sign-in", "/set-up", "/stay", "/sign-out"}


def test_page_that_the_desk_lists_on_its_start_page_needs_nothing_in_its_address():
    listed = {route for name, route in ROWS if access_table(name)[route].menu}
    assert [route for route in listed if "<" in route] == []


@pytest.mark.parametrize("module", VIEWS, ids=lambda module: module.name)
def test_view_reaches_children_only_through_the_gate(module):
    assert reached_by(module) == [], "ask the gate: Gate.find or Gate.open_record"


@pytest.mark.parametrize(
    "code",
    [
        "from indexer.children.store import ChildStore",
        "from indexer import clients",
        "def late():\n    import elasticsearch",
    ],
)
def test_view_past_the_gate_is_found(code):
    assert reached_by(Module("webapp.pages.planted", code))


def test_every_template_has_a_view_of_its_name():
    named = {name_of(path) for path in HTML} - NO_VIEW
    views = {own_template(module) for module in VIEWS if rendered(module)}
    assert named <= views, "name the template after its view"


@pytest.mark.parametrize(
    "module", [module for module in VIEWS if rendered(module)], ids=lambda module: module.name
)
def test_view_renders_the_template_of_its_name(module):
    own = own_template(module)
    # The results page shows the search page again where the question was refused.
    allowed = {own, "search"} if own == "results" else {own, "error"}
    assert rendered(module) <= allowed


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_template_has_no_inline_script_style_or_handler(path: Path):
    html = path.read_text()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", html)


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_title_holds_nothing_of_a_child_or_a_question(path: Path):
    titles = re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text(), re.S)
    allowed = {"page.error", "page.reason.error", "page.title"}
    spoken = {name for title in titles for name in re.findall(r"page\.[\w.]+", title)}
    assert spoken <= allowed


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app):
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert timedelta(seconds=app.config["WTF_CSRF_TIME_LIMIT"]) == timedelta(hours=8)
