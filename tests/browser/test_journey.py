"""From signing in to the child's record: by keyboard, without JavaScript, wide and narrow."""

import re
from functools import partial

from playwright.sync_api import expect

from indexer.children.practitioners import take_in
from indexer.people.codes import code_at, current_step
from indexer.world import REAL
from tests.browser.conftest import FAMILY, NAMESAKES, PASSWORD, TESTER, at_desk, code_for
from tests.browser.journey import (
    Visitor,
    choose_child,
    say_working,
    search,
    sign_in,
    state_reason,
)


def open_record(page, visitor):
    sign_in(page, visitor)
    search(page, visitor.text)
    choose_child(page)
    state_reason(page)


def test_practitioner_finds_the_child_and_sees_who_is_in_contact(page, visitor):
    open_record(page, visitor)
    assert page.get_by_role("heading", level=1).inner_text().startswith(f"Wilhelmina Rose {FAMILY}")
    contacts = page.locator(".app-contacts").inner_text()
    assert "St Mary's Primary" in contacts
    assert "J. Ahmed, Head teacher" in contacts
    assert page.get_by_role("link", name="01942 000001").get_attribute("href") == "tel:01942000001"
    assert page.get_by_role("link", name="office@example.org").get_attribute("href") == (
        "mailto:office@example.org"
    )
    assert "Since\n1 September 2018" in contacts


def test_record_tells_of_a_sensitive_service_and_whom_to_call_but_not_which(page, visitor):
    open_record(page, visitor)
    text = page.locator("main").inner_text()
    assert "A sensitive service is also involved" in text
    assert "01942 000100" in text
    assert "A clinic" not in page.content()


def test_record_says_what_is_missing_and_who_read_it(page, visitor):
    open_record(page, visitor)
    text = page.locator("main").inner_text()
    assert "No NHS number recorded" in text
    assert "No phone number recorded" in text
    assert "Opened by amira on" in text
    assert "Reason: I am working with this child" in text


def test_back_links_lead_to_the_results_again(page, visitor):
    open_record(page, visitor)
    page.get_by_role("link", name="Back to the results").press("Enter")
    expect(page.get_by_role("link", name=FAMILY).first).to_be_visible()
    assert page.get_by_label("Find a child").input_value() == visitor.text


def test_no_address_or_title_on_the_way_names_the_child_or_what_was_typed(page, visitor):
    seen = []
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    open_record(page, visitor)
    spoken = " ".join([*seen, page.title()]).lower()
    assert len(seen) >= 5
    assert not re.search(r"quil|feather|mina|2014|amira", spoken)


def test_record_is_not_opened_without_a_reason(page, visitor):
    sign_in(page, visitor)
    search(page, visitor.text)
    choose_child(page)
    page.get_by_role("button", name="Open the record").press("Enter")
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_contain_text("Choose why you are opening this record")
    assert page.title().startswith("Error: ")


def test_back_after_a_missing_reason_leads_through_pages_without_a_form_to_send_again(
    page, visitor
):
    sign_in(page, visitor)
    search(page, visitor.text)
    choose_child(page)
    page.get_by_label("More about it").fill("a court order")
    page.get_by_role("button", name="Open the record").press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert page.get_by_label("More about it").input_value() == "a court order"
    state_reason(page)
    page.go_back()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Open the record")).to_be_visible()


def test_back_after_a_refused_question_leads_to_it_again(page, visitor):
    sign_in(page, visitor)
    search(page, "2014")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    search(page, visitor.text)
    expect(page.get_by_role("link", name=FAMILY).first).to_be_visible()
    page.go_back()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert page.get_by_label("Find a child").input_value() == "2014"


def test_both_records_of_a_double_say_that_there_is_another(page, visitor):
    sign_in(page, visitor)
    search(page, "ann zwartkruis 9/3/2014")
    assert page.locator(".app-double").count() == 25
    choose_child(page)
    state_reason(page)
    expect(page.locator(".app-contacts .app-double")).to_be_visible()


def test_child_nobody_knows_is_not_found_and_the_page_says_what_to_try(page, visitor):
    sign_in(page, visitor)
    search(page, "xqzvw jjkkxx 2013")
    text = page.locator("main").inner_text()
    assert "No child found" in text
    assert "another spelling" in text
    assert "call your organisation" in text


def test_question_with_too_little_in_it_is_answered_beside_the_box(page, visitor):
    sign_in(page, visitor)
    page.get_by_label("Find a child").press_sequentially("2014")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert page.get_by_label("Find a child").input_value() == "2014"


def test_more_than_25_children_come_in_pages(page, visitor):
    sign_in(page, visitor)
    search(page, "ann zwartkruis 9/3/2014")
    assert page.locator(".app-result").count() == 25
    page.get_by_role("link", name="Next page").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("page 2 of 3")
    page.get_by_role("link", name="Next page").press("Enter")
    expect(page.locator(".app-result")).to_have_count(NAMESAKES - 50)
    assert page.get_by_role("link", name="Next page").count() == 0


def test_signed_out_person_gets_no_record_back(page, visitor):
    open_record(page, visitor)
    record = page.url
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.locator("main")).to_contain_text("You are signed out")
    page.goto(record)
    assert page.url.endswith("/sign-in")


def test_ended_session_carries_on_where_it_was_after_signing_in(page, visitor):
    sign_in(page, visitor)
    search(page, visitor.text)
    results = page.url
    page.context.clear_cookies()
    page.goto(results)
    page.get_by_label("User name").fill(visitor.user)
    page.get_by_label("Password", exact=True).fill(visitor.password)
    page.get_by_label("Code", exact=True).fill(visitor.code())
    page.keyboard.press("Enter")
    page.wait_for_url(results)
    assert page.get_by_role("link", name=FAMILY).first.is_visible()


def test_link_is_worth_nothing_to_another_user(page, browser, visitor, filled):
    open_record(page, visitor)
    other = browser.new_context(java_script_enabled=False).new_page()
    sign_in(other, Visitor(visitor.address, "bo", PASSWORD, "", partial(code_for, filled, "bo")))
    other.goto(page.url)
    assert "This link has ended: search again" in other.locator("main").inner_text()
    assert FAMILY not in other.content()
    other.context.close()


def test_practitioner_who_is_invited_at_the_desk_sets_up_and_finds_the_child(
    page, filled, desk_address, visitor
):
    name = f"newcomer-{REAL.below(10**9)}"
    password = invited(page, filled, desk_address, name)
    page.goto(f"{visitor.address}/sign-in")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/set-up")
    secret = page.locator(".app-secret").inner_text().replace(" ", "")
    page.get_by_label("Password", exact=True).fill("three words of one's own")
    page.get_by_label("Code", exact=True).fill(code_at(secret, current_step(REAL.now())))
    page.keyboard.press("Enter")
    page.wait_for_url("**/search")
    search(page, visitor.text)
    expect(page.get_by_role("link", name=FAMILY).first).to_be_visible()


def invited(page, settings, desk_address, name):
    """Let the data manager invite a person and record their training; return the password."""
    sign_in(page, at_desk(settings, desk_address, "mona"), then="/")
    page.get_by_role("link", name="People of your organisation").press("Enter")
    page.get_by_label("User name", exact=True).fill(name)
    page.get_by_role("button", name="Invite").press("Enter")
    password = page.locator(".app-handover .app-secret").inner_text()
    page.get_by_role("link", name=name).press("Enter")
    today = REAL.today()
    for label, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        page.get_by_label(label).fill(str(value))
    page.get_by_role("button", name="Record the training").press("Enter")
    expect(page.locator("main")).to_contain_text("Yes, once their organisation is switched on")
    return password


def test_practitioner_says_that_they_work_with_the_child_and_later_no_longer(page, visitor, filled):
    seen = []
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    sign_in(page, visitor)
    search(page, "bartholomew yttergaard")
    choose_child(page)
    state_reason(page)
    assert "No GP surgery has told us" in page.locator(".app-contacts").inner_text()
    record = page.url
    say_working(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
    take_in(filled, REAL, TESTER)
    page.goto(record)
    assert "M. Lees" in page.locator(".app-timeline").inner_text()
    page.get_by_role("button", name="I no longer work with this child").press("Enter")
    page.get_by_role("button", name="Yes, I no longer work with this child").press("Enter")
    take_in(filled, REAL, TESTER)
    page.get_by_role("link", name="Go back to the record").press("Enter")
    assert "M. Lees" in page.locator(".app-timeline--ended").inner_text()
    expect(page.get_by_role("button", name="I am working with this child")).to_be_visible()
    assert not re.search(r"bartholomew|yttergaard|lees|01942", " ".join(seen).lower())


def test_twin_is_named_on_results_and_record_and_opened_only_with_a_reason(page, visitor):
    open_record(page, visitor)
    siblings = page.locator(".app-siblings")
    assert "Theodora" in siblings.inner_text()
    assert "Perhaps a twin" in siblings.inner_text()
    siblings.get_by_role("link").press("Enter")
    page.wait_for_url("**/reason/*")
    state_reason(page)
    assert page.get_by_role("heading", level=1).inner_text().startswith("Theodora")


def test_back_and_reload_work_on_every_page_of_the_way(page, visitor):
    sign_in(page, visitor)
    search(page, "ann zwartkruis 9/3/2014")
    page.get_by_role("link", name="Next").press("Enter")
    page.reload()
    assert "page 2 of 3" in page.title()
    choose_child(page)
    state_reason(page)
    page.reload()
    assert "Ann Zwartkruis" in page.get_by_role("heading", level=1).inner_text()
    page.go_back()
    expect(page.get_by_role("button", name="Open the record")).to_be_visible()
    page.go_back()
    assert "page 2 of 3" in page.title()


def test_printed_record_has_the_reader_and_the_time_on_its_sheet(page, visitor):
    open_record(page, visitor)
    page.emulate_media(media="print")
    read = page.locator(".app-read")
    expect(read).to_be_visible()
    display = read.evaluate("one => getComputedStyle(one).display")
    assert display == "table-footer-group", "browsers repeat it on every sheet"
    expect(page.get_by_role("button", name="I am working with this child")).to_be_hidden()
    expect(page.locator(".app-who")).to_be_hidden()
