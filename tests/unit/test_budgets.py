"""How much one person may search and open in an hour."""

from dataclasses import replace
from datetime import timedelta

import pytest

from indexer.engine.secret_files import make_secrets
from indexer.errors import BudgetSpent, ClusterUnavailable
from indexer.people.actor import LEARNER, SEARCHERS, Actor
from indexer.people.budgets import Budgets, Hour, budgets, counted, this_hour
from indexer.people.documents import Stored
from indexer.world import REAL
from tests.audits import NOON
from tests.conftest import free_port_base, settings_for
from webapp.app import create_app

NOW = replace(REAL, now=lambda: NOON)
LATER = replace(REAL, now=lambda: NOON + timedelta(hours=1))


@pytest.fixture
def settings(tmp_path):
    settings = settings_for(tmp_path, free_port_base())
    make_secrets(settings.secrets)
    return settings


def test_every_role_that_searches_has_a_budget_and_no_other():
    assert set(budgets()) == SEARCHERS | {LEARNER}
    assert all(most > 0 for of_role in budgets().values() for most in of_role.values())


@pytest.mark.parametrize("what", ["searches", "records"])
def test_what_is_new_counts_until_the_budget_is_spent(what):
    hour = Hour("now")
    for number in range(3):
        hour = counted(hour, what, str(number), most=3)
    assert len(hour.of(what)) == 3
    assert counted(hour, what, "3", most=3) is None


def test_what_was_asked_before_in_the_hour_costs_nothing_even_when_all_is_spent():
    hour = Hour("now", searches=("a", "b"))
    assert counted(hour, "searches", "a", most=2) == hour


def test_searches_and_records_are_counted_apart():
    hour = counted(Hour("now", searches=("a",)), "records", "a", most=1)
    assert (hour.searches, hour.records) == (("a",), ("a",))


def test_next_hour_begins_with_nothing():
    stored = Stored({"hour": "2026-11-22T12", "searches": ["a"], "records": ["b"]}, 1, 1)
    assert this_hour(stored, NOW) == Hour("2026-11-22T12", ("a",), ("b",))
    assert this_hour(stored, LATER) == Hour("2026-11-22T13")
    assert this_hour(None, NOW) == Hour("2026-11-22T12")


def test_search_that_cannot_be_counted_is_an_error_and_no_permission(settings):
    is_within = Budgets(settings, REAL, "front").ask(
        Actor("pat", "practitioner", "359"), "searches", b"ann kelly"
    )
    with pytest.raises(ClusterUnavailable):
        is_within()


def test_page_says_how_often_and_until_when(settings):
    def refuse():
        raise BudgetSpent("You have searched 60 times this hour, and more is not usual.")

    app = create_app(settings, None, REAL)
    app.view_functions["health.livez"] = refuse
    answer = app.test_client().get("/livez")
    assert answer.status_code == 429
    assert "You have searched 60 times this hour" in answer.text
    assert "next full hour" in answer.text
