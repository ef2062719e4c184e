"""What every page must be: without a finding of axe, as wide as its screen, all by keyboard."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.chromium import NARROW, WIDE

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
ROUNDS = 2  # through the page: where the first began is the browser's affair
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
NUMBER_STOPS = """() => {
  const stops = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const names = new Map();
  for (const one of document.querySelectorAll(stops)) {
    if (one.disabled || !one.checkVisibility({checkVisibilityCSS: true})) continue;
    const group = one.type === "radio" ? one.name : names.size;  // one stop a group
    if (!names.has(group)) names.set(group, names.size);
    one.dataset.stop = names.get(group);
  }
  return names.size;
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  const drawn = [getComputedStyle(one)];  // of a radio button it is the label that shows it
  if (one.labels?.length) drawn.push(getComputedStyle(one.labels[0], "::before"));
  const seen = drawn.some(
    (it) => it.boxShadow !== "none" || (it.outlineStyle !== "none" && it.outlineWidth !== "0px"));
  return [one.dataset.stop ?? "", seen, one.outerHTML.slice(0, 200)];
}"""


def assert_accessible(page: Page) -> None:
    """On a wide and on a narrow screen (it stays narrow): axe finds nothing on the page, it does
    not scroll sideways, and the Tab key reaches every link, button and field, each seen to have the
    focus."""
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        _assert_at_this_size(page)


def _assert_at_this_size(page: Page) -> None:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    widths = page.evaluate(WIDTHS)
    assert widths[0] <= widths[1]
    stops = page.evaluate(NUMBER_STOPS)
    missed = set(range(stops))
    for _ in range(ROUNDS * (stops + 1)):
        page.keyboard.press("Tab")
        stop, is_seen, what = page.evaluate(FOCUSED)
        if stop:
            assert is_seen, what
            missed.discard(int(stop))
    assert not missed, [page.locator(f"[data-stop='{one}']").first.inner_html() for one in missed]
