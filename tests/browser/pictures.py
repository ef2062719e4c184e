"""Photographs each page of a running service, wide and narrow, into docs/pictures.

.venv/bin/python -m tests.browser.pictures --user USER --password-file FILE --text "jon smyth"
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.chromium import NARROW, WIDE, chromium
from tests.browser.journey import Visitor, choose_first_child, search, sign_in, state_reason

FOLDER = Path("docs/pictures")
MOST_BYTES = 150_000
HIGHEST = {"wide": 1050, "narrow": 1600}  # pixels; a longer page is cut off below


def main() -> None:
    wanted = parse_arguments()
    password = wanted.password_file.read_text().splitlines()[0]
    visitor = Visitor(wanted.address, wanted.user, password, wanted.text)
    wanted.out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for size, viewport in (("wide", WIDE), ("narrow", NARROW)):
            page = browser.new_page(viewport=viewport)
            walk(page, visitor, partial(shoot, page, wanted.out, size))
            page.close()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", required=True, type=Path)
    parser.add_argument("--text", required=True, help="What to type to find a child.")
    parser.add_argument("--out", default=FOLDER, type=Path)
    return parser.parse_args()


def walk(page: Page, visitor: Visitor, shoot_page: Callable[[str], None]) -> None:
    """Go from signing in to the record and photograph each page on the way."""
    page.goto(f"{visitor.address}/sign-in")
    shoot_page("1-sign-in")
    sign_in(page, visitor)
    shoot_page("2-search")
    search(page, visitor.text)
    shoot_page("3-results")
    choose_first_child(page)
    shoot_page("4-reason")
    state_reason(page)
    shoot_page("5-record")


def shoot(page: Page, folder: Path, size: str, name: str) -> None:
    """Write one picture. Raises AssertionError if it is too heavy for the repository."""
    path = folder / f"{name}-{size}.png"
    height = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST[size])
    width = page.viewport_size["width"] if page.viewport_size else 0
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    page.screenshot(path=path, full_page=True, clip=clip)
    assert path.stat().st_size < MOST_BYTES, f"{path} is over {MOST_BYTES} bytes"


if __name__ == "__main__":
    main()
