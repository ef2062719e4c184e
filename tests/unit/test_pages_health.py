"""The operators' page, of pictures made up here; Elasticsearch is not there."""

import re
from dataclasses import replace

import pytest
from flask import g, render_template

from indexer.health.state import State
from indexer.health.watch import Picture
from indexer.people.actor import Actor
from tests.unit.test_metrics import NOW, PICTURE
from tests.unit.test_pages_app import make_app
from webapp.pages.charts import HEIGHT, WIDTH, Bar, bars, columns
from webapp.pages.health import build_health_page


@pytest.fixture
def app(tmp_path):
    app = make_app(tmp_path)
    with app.test_request_context("/health"):
        g.reader = Actor("olu", "operator", "")
        yield app


def shown(picture):
    html = render_template("health.html", page=build_health_page(picture, NOW))
    return re.sub(r"\s+", " ", html)


def test_worst_comes_first_with_its_cause_and_the_next_command(app):
    html = shown(PICTURE)
    assert "<title>Something needs to be done now" in html
    assert html.index("app-states__one--red") < html.index("app-states__one--yellow")
    assert "1.2 GB are free on node-1." in html
    assert '<code class="app-command">contactpoint builds</code>' in html


def test_what_is_well_has_no_next_command(app):
    html = shown(Picture((State("nodes", "green", "3 of 3 are there"),)))
    assert "<title>Everything is as it should be" in html
    assert "Next:" not in html


def test_figures_are_told_as_text_beside_each_bar(app):
    html = shown(PICTURE)
    for words in ("1 GB free", "500 of 1,000 MB", "about 11,000,000 children", "400 rows"):
        assert words in html


def test_number_of_children_tells_nothing_of_one_child(app):
    builds = PICTURE.builds
    fewer = replace(builds, builds=(replace(builds.builds[0], children=10_998_764),))
    assert shown(PICTURE) == shown(replace(PICTURE, builds=fewer))


def test_page_without_an_engine_says_what_to_do(app):
    html = shown(Picture((State("engine", "red", "no answer", "contactpoint engine start"),)))
    assert "contactpoint engine start" in html
    assert "Disk in use" not in html


@pytest.mark.parametrize(
    ("value", "most", "width"),
    [(0, 10, 0), (10, 10, WIDTH), (5, 10, WIDTH // 2), (1, 10**9, 1), (3, 0, 0), (11, 10, WIDTH)],
)
def test_bar_is_as_long_as_its_part_and_never_longer_than_the_whole(value, most, width):
    assert Bar("x", value, most, "x").width == width


def test_chart_of_nothing_is_none():
    assert bars("Nothing", []) is None
    assert columns("Nothing", [0, 0], "") is None


def test_columns_are_as_high_as_their_part_of_the_most():
    assert columns("Rows", [0, 1, 50, 100], "151 rows").heights == (0, 1, HEIGHT // 2, HEIGHT)
