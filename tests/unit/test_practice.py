"""The practice area: who comes in there, whom they find, and that no real child is within reach."""

from datetime import timedelta

import pytest

from indexer.builds.practice import FILE, practice_children
from indexer.errors import NotAllowed
from indexer.people.actor import LEARNER, SEARCHERS, Actor
from indexer.world import REAL
from mappings.names import CHILDREN, PRACTICE
from tests.unit.test_pages_access import Silent, opened, signed_in, town  # noqa: F401 - a fixture
from webapp.access import practice_table
from webapp.processes import DESK, FRONT
from webapp.search.gate import Gate
from webapp.search.question import Question
from webapp.service import KEY

BANNER = "Practice: every child here is invented."


def test_every_invented_child_is_valid_and_has_a_number_of_its_own():
    children = practice_children(REAL)
    assert len(children) == len(FILE.read_text().splitlines())
    assert len({one.number for one in children}) == len(children)


@pytest.fixture
def gates(tmp_path, town):  # noqa: F811
    """Both gates of the front, as the application makes them; nobody answers them."""
    app = opened(town, tmp_path, FRONT)
    return app.extensions[KEY]


def test_gate_of_practice_is_for_learners_and_the_other_for_everybody_else(gates):
    real = Gate.__new__(Gate)
    real._roles = SEARCHERS
    for role in SEARCHERS:
        with pytest.raises(NotAllowed):
            gates.practice.find(Question("ann"), Actor("x", role, "359"))
    with pytest.raises(NotAllowed):
        real.find(Question("ann"), Actor("x", LEARNER, "359"))


def test_learner_is_led_to_invented_children_and_others_to_real_ones(gates):
    assert gates.gate_for(Actor("x", LEARNER, "359")) is gates.practice
    for role in SEARCHERS:
        assert gates.gate_for(Actor("x", role, "359")) is gates.gate
    assert gates.practice._search._children == PRACTICE != CHILDREN


@pytest.mark.parametrize("trained", [None, 400, 1], ids=["never", "lapsed", "trained"])
def test_who_is_not_trained_practises_until_they_are(town, tmp_path, trained):  # noqa: F811
    day = None if trained is None else town.world.today() - timedelta(days=trained)
    town.set_up("someone", trained_on=day)
    browser = signed_in(town, opened(town, tmp_path, FRONT), "someone", FRONT)
    shown = browser.get("/search")
    assert shown.status_code == 200
    assert (BANNER in shown.text) is (trained != 1)


def test_learner_may_use_the_routes_of_their_rows_and_no_others(town, tmp_path):  # noqa: F811
    town.set_up("someone", trained_on=None)
    app = opened(town, tmp_path, FRONT)
    browser = signed_in(town, app, "someone", FRONT)
    assert browser.get("/working/x").status_code == 403
    assert browser.get("/renew").status_code == 403
    for route in practice_table(FRONT.name):
        assert browser.get(route.replace("<token>", "x")).status_code in (303, 404, 200)


def test_data_manager_without_training_has_nothing_at_the_desk(town, tmp_path):  # noqa: F811
    town.set_up("someone", "data-manager", trained_on=None)
    app = opened(town, tmp_path, DESK)
    assert LEARNER not in app.extensions[KEY].door.roles
