"""The way from signing in to a child's record, as a person goes it: by label, with the keyboard."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

PATIENCE_MILLISECONDS = 15_000


@dataclass(frozen=True)
class Visitor:
    """Who goes there, what they type to find the child they look for, and what gives the code to
    sign in with now."""

    address: str
    user: str
    password: str
    text: str
    code: Callable[[], str]


def sign_in(page: Page, visitor: Visitor, then: str = "/search") -> None:
    """Sign in, and wait for the page that comes then."""
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    page.goto(f"{visitor.address}/sign-in")
    page.get_by_label("User name").press_sequentially(visitor.user)
    page.get_by_label("Password", exact=True).press_sequentially(visitor.password)
    page.get_by_label("Code", exact=True).press_sequentially(visitor.code())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{then}")


def search(page: Page, text: str) -> None:
    box = page.get_by_label("Find a child")
    box.fill("")
    box.press_sequentially(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/results/*")


def choose_child(page: Page, place: int = 0) -> None:
    """Open the reason page of one child of the results, the first being 0."""
    page.locator(".app-result__name a").nth(place).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reason/*")


def state_reason(page: Page) -> None:
    """Choose the first reason and open the record."""
    page.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/record/*")


def say_working(page: Page) -> None:
    """From the record, say that one works with the child, as a person would who types."""
    page.get_by_role("button", name="I am working with this child").press("Enter")
    page.wait_for_url("**/working/*")
    page.get_by_label("Health visitor").focus()
    page.keyboard.press("Space")
    page.get_by_label("Your name").press_sequentially("M. Lees")
    page.get_by_label("Phone number").press_sequentially("01942 000002")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recorded/*")
