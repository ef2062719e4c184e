"""Starts the Chromium of this machine for the tests and the pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; ends with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium") or which("chromium-browser"), args=FLAGS
        )
        try:
            yield browser
        finally:
            browser.close()
