"""The shield officers' pages in a real browser, the worker beside it: keyboard, axe, 320 pixels."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from indexer.children.load import Loader
from indexer.shields.work import Worker
from indexer.world import REAL
from tests.browser.accessible import assert_accessible
from tests.browser.conftest import TESTER, at_desk
from tests.browser.journey import sign_in
from tests.rows import entries, nhs_number, plain_row

DRAWN = "bdfgklmnprst"


@pytest.fixture
def child(filled):
    """Somebody with a near namesake and a brother at the same address; how they are called, and an
    NHS number."""
    family = "Q" + "".join(DRAWN[REAL.below(len(DRAWN))] + "aeiou"[REAL.below(5)] for _ in range(4))
    postcode = f"WN{REAL.below(90) + 10} {REAL.below(10)}QX"
    # A day of its own: or who was shielded by another test might be near.
    born = (date(2010, 1, 1) + timedelta(days=REAL.below(3_000))).isoformat()
    home = {"lines": [f"{REAL.below(10**6)} Long Row"], "town": "Wigan", "postcode": postcode}
    number, source = nhs_number(REAL), f"officers-{REAL.below(10**9)}"
    rows = [
        plain_row("1", "Ottilie", family, born, address=home, nhs_number=number),
        plain_row("2", "Bartholomew", family, "2010-01-01", address=home),
        plain_row("3", "Otilie", family, born, carers=[{"name": "Mary Long"}]),
    ]
    Loader(filled, REAL).load(entries(*rows), source, TESTER)
    return family, number


def carry_out(page, filled):
    """Let the worker take its turn, and look again; nobody waits for a process to start."""
    Worker(filled, REAL).run()
    page.get_by_role("button", name="Look again").click()


def press(page, name):
    """Press a button, and wait for the page that comes then."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def follow(page, name):
    """Follow the first link of this name, and wait for the page that comes then."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def test_officer_shields_compares_and_searches_on_pages_without_findings(
    scripted_page, filled, desk_address, child
):
    sign_in(scripted_page, at_desk(filled, desk_address, "olga"), then="/")
    assert_accessible(scripted_page)
    shield(scripted_page, filled, child)
    compare(scripted_page, child)
    scripted_page.goto(f"{desk_address}/shields")
    find(scripted_page, child)
    for act in ("Hand it over", "Ask for it to be lifted"):
        follow(scripted_page, act)
        assert_accessible(scripted_page)
        follow(scripted_page, "Go back and change nothing")


def shield(page, filled, child):
    """Shield the child by the form, which is refused first, and go on to what is held for it."""
    follow(page, "Shield a child")
    refused(page, "Shield the child")
    page.get_by_label("ContactPoint number, NHS number or UPN").fill(child[1])
    page.get_by_label("Why must the child be shielded?").fill("court order")
    press(page, "Shield the child")
    expect(page.get_by_text("Not hidden yet")).to_be_visible()
    assert_accessible(page)
    carry_out(page, filled)
    expect(page.get_by_role("heading", level=1)).to_have_text("The shield is set")
    expect(page.get_by_text(f"Bartholomew {child[0]}")).to_be_visible()
    assert_accessible(page)
    follow(page, "Compare and decide")
    assert_accessible(page)


def compare(page, child):
    follow(page, f"Otilie {child[0]}")
    expect(page.get_by_text("Differs").first).to_be_visible()
    assert_accessible(page)
    refused(page, "Decide")


def find(page, child):
    """Say why, and find the child by a misspelt name."""
    refused(page, "Show the shielded children")
    page.get_by_label("Reviews are due").check()
    press(page, "Show the shielded children")
    assert_accessible(page)
    page.get_by_label("Name, date of birth or number").fill(f"otilie {child[0]}")
    press(page, "Search")
    assert child[0] not in page.url
    assert_accessible(page)
    follow(page, f"Ottilie {child[0]}")
    expect(page.get_by_text("court order")).to_be_visible()
    assert_accessible(page)


def refused(page, button):
    """Send a form that is not filled in."""
    press(page, button)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert_accessible(page)


def test_inspector_reads_the_sealed_audit_on_a_page_without_findings(
    scripted_page, filled, desk_address
):
    sign_in(scripted_page, at_desk(filled, desk_address, "ivy"), then="/")
    scripted_page.get_by_role("link", name="What was done about shields").click()
    scripted_page.get_by_role("button", name="Show").click()
    expect(scripted_page.get_by_role("heading", name="What was done", exact=True)).to_be_visible()
    assert_accessible(scripted_page)
