"""The operators' page on the real service: it names what is wrong and the next command."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from indexer.clients import make_client
from indexer.health.alarms import Alarms
from indexer.health.watch import Watch
from indexer.world import REAL
from tests.browser.conftest import at_desk
from tests.browser.journey import search, sign_in
from tests.runbook import follow


@pytest.fixture
def operator(filled, desk_address):
    return at_desk(filled, desk_address, "olu")


def show_health(page, operator):
    sign_in(page, operator, then="/")
    page.get_by_role("link", name="How the service is").click()
    expect(page.locator(".app-chart__part").first).to_be_visible()


def test_alarm_is_on_the_page_until_the_runbook_was_followed(page, operator, filled):
    Alarms(make_client(filled, "front"), REAL).raise_alarm("register")
    show_health(page, operator)
    expect(page.get_by_role("heading", level=1)).to_have_text("Something needs to be done now")
    first = page.locator(".app-states__one").first
    expect(first).to_contain_text("1 alarm is open")
    expect(first).to_contain_text("contactpoint alarms --acknowledge register --reason TEXT")
    follow(filled, "alarms", KIND="register", TEXT="seen to")
    page.reload()
    expect(page.get_by_text("No alarm is open.")).to_be_visible()


def test_page_says_the_same_as_the_command(page, operator, filled):
    show_health(page, operator)
    names = page.locator(".app-states__name").all_inner_texts()
    assert sorted(names) == sorted(one.name for one in Watch(filled, REAL).look().states)


def test_page_is_for_operators_alone(page, filled, desk_address):
    sign_in(page, at_desk(filled, desk_address, "mona"), then="/")
    page.goto(f"{desk_address}/health")
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot use this page")


def read_metrics(address, settings):
    key = settings.secret("metrics.key")
    sent = Request(f"{address}/metrics", headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    with urlopen(sent) as answer:  # noqa: S310 - our own address
        lines = [one for one in answer.read().decode().splitlines() if not one.startswith("#")]
    return {name: float(value) for name, value in (one.rsplit(" ", 1) for one in lines)}


def test_search_is_counted_by_step_and_answer_in_whatever_worker(page, visitor, filled):
    before = read_metrics(visitor.address, filled)
    sign_in(page, visitor)
    for _ in range(6):
        search(page, visitor.text)
        page.goto(f"{visitor.address}/search")
    after = read_metrics(visitor.address, filled)
    for step in ("search", "rank", "register", "audit"):
        name = f'contactpoint_search_step_seconds_count{{step="{step}"}}'
        assert after[name] - before.get(name, 0) == 6
    found = 'contactpoint_answers_total{result="found"}'
    assert after[found] - before.get(found, 0) == 6
    assert after['contactpoint_state{name="nodes"}'] == 0


def test_metrics_are_not_for_browsers(address):
    with pytest.raises(HTTPError) as refusal:
        urlopen(f"{address}/metrics")  # noqa: S310 - our own address
    refusal.value.close()
    assert refusal.value.code == 403
