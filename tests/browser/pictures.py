"""Photographs each page of a running service, wide and narrow, into docs/pictures.

    .venv/bin/python -m tests.browser.pictures

takes the demo on port 8000, its practitioner, and one of its children; options name others.
"""

import argparse
import gzip
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import orjson
from playwright.sync_api import Page

from indexer.people.codes import code_at, current_step
from indexer.people.demo import CODES
from indexer.settings import Settings
from indexer.world import REAL
from tests.browser.chromium import NARROW, WIDE, chromium
from tests.browser.journey import Visitor, choose_child, search, sign_in, state_reason

FOLDER = Path("docs/pictures")
FEED = "social-care-359"  # its children have the most people in contact
MOST_BYTES = 150_000
HIGHEST = {"wide": 960, "narrow": 1500}  # pixels; a longer page is cut off below


def main() -> None:
    wanted = parse_arguments(Settings.from_environment().home / "demo")
    password = wanted.password_file.read_text().strip()
    visitor = Visitor(wanted.address, wanted.user, password, wanted.text, codes(wanted.codes_file))
    wanted.out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for size, viewport in (("wide", WIDE), ("narrow", NARROW)):
            page = browser.new_page(viewport=viewport)
            walk(page, visitor, partial(shoot, page, wanted.out, size))
            page.close()


def parse_arguments(demo: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Photograph each page into docs/pictures.")
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--user", default="demo-practitioner")
    parser.add_argument("--password-file", default=demo / "practitioner.password", type=Path)
    parser.add_argument("--codes-file", default=demo / CODES, type=Path)
    parser.add_argument("--text", help="What to type to find a child.")
    parser.add_argument("--out", default=FOLDER, type=Path)
    wanted = parser.parse_args()
    wanted.text = wanted.text or misspelled_child(demo)
    return wanted


def codes(file: Path) -> Callable[[], str]:
    """What gives a code at each call: that of the step before, then of now, as each works once."""
    secret, steps = file.read_text().strip(), count(current_step(REAL.now()) - 1)
    return lambda: code_at(secret, next(steps))


def misspelled_child(demo: Path) -> str:
    """What to type for a child of the demo: given name, family name less one letter, year."""
    folder = max(demo.glob("feeds-*"), key=lambda one: one.stat().st_mtime)
    with gzip.open(folder / f"{FEED}.jsonl.gz") as feed:
        rows = [orjson.loads(line) for line in feed]
    row = max(rows, key=lambda one: len(one.get("involvements", ())) + len(one.get("carers", ())))
    family = row["family_name"]
    return f"{row['given_names'].split()[0]} {family[:3]}{family[4:]} {row['date_of_birth'][:4]}"


def walk(page: Page, visitor: Visitor, shoot_page: Callable[[str], None]) -> None:
    """Go from signing in to the record and photograph each page on the way."""
    page.goto(f"{visitor.address}/sign-in")
    shoot_page("1-sign-in")
    sign_in(page, visitor)
    shoot_page("2-search")
    search(page, visitor.text)
    shoot_page("3-results")
    choose_child(page)
    shoot_page("4-reason")
    page.get_by_role("link", name="Back to the results").click()
    open_record_with_contacts(page)
    shoot_page("5-record")
    page.get_by_role("button", name="I am working with this child").click()
    shoot_page("6-working")
    page.get_by_role("link", name="Back to the record").click()
    search_again(page, visitor, "mohammed")
    shoot_page("7-too-many")
    search_again(page, visitor, "xqzvw jjkkxx 2013")
    shoot_page("8-nobody")


def search_again(page: Page, visitor: Visitor, text: str) -> None:
    page.goto(f"{visitor.address}/search")
    search(page, text)


def open_record_with_contacts(page: Page) -> None:
    """Open the first record that shows who is in contact: the demo's sources know some children
    twice, and the thinner record may stand first."""
    for place in range(page.locator(".app-result").count()):
        choose_child(page, place)
        state_reason(page)
        if page.locator(".app-contact").count():
            return
        page.get_by_role("link", name="Back to the results").click()


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
