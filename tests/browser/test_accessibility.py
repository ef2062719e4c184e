"""Every page is free of what axe finds, and fits a screen of 320 pixels."""

from dataclasses import replace
from functools import partial

import pytest
from playwright.sync_api import expect

from indexer.world import REAL
from tests.browser.accessible import assert_accessible
from tests.browser.conftest import MANY, add_practitioner, at_desk, code_for
from tests.browser.journey import choose_child, search, sign_in, state_reason


def show_sign_in(page, visitor):
    page.goto(f"{visitor.address}/sign-in")


def await_refusal(page):
    """Until the page that says what was wrong is there: the one before it has the same heading."""
    expect(page.locator(".govuk-error-summary")).to_be_visible()


def show_refusal(page, visitor):
    show_sign_in(page, visitor)
    page.get_by_role("button", name="Sign in").click()
    await_refusal(page)


def show_wrong_password(page, visitor):
    show_sign_in(page, visitor)
    page.get_by_label("User name").fill("nobody-known")
    page.get_by_label("Password", exact=True).fill("x")
    page.keyboard.press("Enter")
    await_refusal(page)


def show_search(page, visitor):
    sign_in(page, visitor)


def show_refused_question(page, visitor):
    sign_in(page, visitor)
    page.get_by_role("button", name="Search").click()
    await_refusal(page)


def show_results(page, visitor):
    sign_in(page, visitor)
    search(page, visitor.text)


def show_pages_of_results(page, visitor):
    sign_in(page, visitor)
    search(page, "ann zwartkruis 9/3/2014")


def show_nobody(page, visitor):
    sign_in(page, visitor)
    search(page, "xqzvw jjkkxx 2013")


def show_reason(page, visitor):
    show_results(page, visitor)
    choose_child(page)


def show_missing_reason(page, visitor):
    show_reason(page, visitor)
    page.get_by_role("button", name="Open the record").click()
    await_refusal(page)


def show_record(page, visitor):
    show_reason(page, visitor)
    state_reason(page)


def show_thin_record(page, visitor):
    sign_in(page, visitor)
    search(page, "bartholomew yttergaard")
    choose_child(page)
    state_reason(page)


def show_record_of_a_double(page, visitor):
    show_pages_of_results(page, visitor)
    choose_child(page)
    state_reason(page)


def show_doubt(page, visitor):
    sign_in(page, visitor)
    search(page, "bartholomew yttergaard 3/9/2003")
    expect(page.locator(".app-doubts")).to_be_visible()


def show_unknown_number(page, visitor):
    sign_in(page, visitor)
    search(page, "943 476 5870")


def show_too_many(page, visitor):
    sign_in(page, visitor)
    search(page, f"ann {MANY}")


def show_working(page, visitor):
    show_record(page, visitor)
    page.get_by_role("button", name="I am working with this child").click()
    page.wait_for_url("**/working/*")


def show_working_sent_empty(page, visitor):
    show_working(page, visitor)
    page.get_by_role("button", name="Put it on the record").click()
    await_refusal(page)


def show_no_longer(page, visitor):
    show_record(page, visitor)
    page.get_by_role("link", name="I said so before, and no longer do").click()


def show_recorded(page, visitor):
    show_no_longer(page, visitor)
    page.get_by_role("button", name="Yes").click()


def show_practice(page, visitor):
    code = partial(code_for, visitor.code.args[0], "untrained")
    sign_in(page, replace(visitor, user="untrained", code=code))
    search(page, "niamh kelly 2016")


def show_ended_link(page, visitor):
    sign_in(page, visitor)
    page.goto(f"{visitor.address}/results/x")


def show_missing_page(page, visitor):
    page.goto(f"{visitor.address}/nothing-here")


# Each page with the heading that proves that it is the page meant.
SHOWN = [
    (show_sign_in, "Sign in"),
    (show_refusal, "Sign in"),
    (show_wrong_password, "Sign in"),
    (show_search, "Find a child"),
    (show_refused_question, "Find a child"),
    (show_results, "found"),
    (show_pages_of_results, "page 1 of 3"),
    (show_nobody, "No child found"),
    (show_reason, "Why are you opening"),
    (show_missing_reason, "Why are you opening"),
    (show_record, "Wilhelmina Rose"),
    (show_thin_record, "Bartholomew"),
    (show_record_of_a_double, "Ann Zwartkruis"),
    (show_doubt, "found"),
    (show_unknown_number, "No child found with this number"),
    (show_too_many, "Too many children match"),
    (show_working, "I am working with this child"),
    (show_working_sent_empty, "I am working with this child"),
    (show_no_longer, "I no longer work"),
    (show_recorded, "Recorded"),
    (show_practice, "found"),
    (show_ended_link, "This link has ended"),
    (show_missing_page, "Page not found"),
]


@pytest.mark.parametrize(("show", "heading"), SHOWN, ids=[show.__name__ for show, _ in SHOWN])
def test_page_has_no_finding_of_axe_and_does_not_scroll_sideways(
    scripted_page, visitor, show, heading
):
    show(scripted_page, visitor)
    expect(scripted_page.get_by_role("heading", level=1)).to_contain_text(heading)
    assert_accessible(scripted_page)


@pytest.mark.parametrize(
    ("user", "paths"), [("olu", ("/", "/health")), ("audrey", ("/", "/audit", "/unusual"))]
)
def test_pages_of_operators_and_auditors_have_no_finding_either(
    scripted_page, filled, desk_address, user, paths
):
    sign_in(scripted_page, at_desk(filled, desk_address, user), then="/")
    for path in paths:
        scripted_page.goto(f"{desk_address}{path}")
        assert scripted_page.url.endswith(path)
        assert_accessible(scripted_page)


def test_pages_of_the_desk_and_of_setting_up_have_no_finding_either(
    scripted_page, filled, desk_address, visitor
):
    page, name = scripted_page, f"axe-{REAL.below(10**9)}"
    add_practitioner(filled, name, is_set_up=False)
    sign_in(page, at_desk(filled, desk_address, "mona"), then="/")
    for path in ("/", "/people", "/people/import", "/stay"):
        page.goto(f"{desk_address}{path}")
        assert_accessible(page)
    page.goto(f"{desk_address}/people")
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Invite again").click()
    await_refusal(page)
    assert_accessible(page)
    page.get_by_label("I have them in front of me").check()
    page.get_by_role("button", name="Invite again").click()
    secret = page.locator(".app-handover .app-secret")
    expect(secret).to_be_visible()
    assert_accessible(page)
    password = secret.inner_text()
    show_set_up(page, visitor, name, password)
    assert_accessible(page)


def show_set_up(page, visitor, name, password):
    show_sign_in(page, visitor)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/set-up")


def test_warning_before_a_session_ends_appears_by_itself_and_has_no_finding(scripted_page, visitor):
    """As after twelve minutes: the browser is told to hurry the animation on, not to wait."""
    sign_in(scripted_page, visitor)
    warning = scripted_page.locator(".app-ending")
    expect(warning).to_be_hidden()
    scripted_page.evaluate("document.getAnimations().forEach(one => one.finish())")
    expect(warning.get_by_role("link", name="Stay signed in")).to_be_visible()
    assert_accessible(scripted_page)


def test_page_weighs_less_than_100_kilobytes_once_the_styles_are_there(scripted_page, visitor):
    show_reason(scripted_page, visitor)
    session = scripted_page.context.new_cdp_session(scripted_page)
    session.send("Network.enable")
    received = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    state_reason(scripted_page)
    scripted_page.wait_for_load_state("networkidle")
    assert received, "nothing was weighed"
    assert sum(received) < 100_000


def test_keyboard_reaches_the_content_past_the_header_first(scripted_page, visitor):
    show_search(scripted_page, visitor)
    scripted_page.keyboard.press("Tab")
    focused = scripted_page.evaluate("document.activeElement.textContent.trim()")
    assert focused == "Skip to main content"
