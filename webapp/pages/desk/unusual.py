"""What auditors should look at first, of the last seven days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import g, render_template

from indexer.audit.reading import Asked
from indexer.audit.unusual import Finding, find_unusual, kinds
from webapp.pages import pages
from webapp.pages.desk.audit import Typed, entries_address
from webapp.service import service

DAYS = 7
OF_CHILDREN = "one-child"


@dataclass(frozen=True)
class Row:
    """`address` leads to the entries of that person, or about that child, on that day."""

    finding: Finding
    address: str


@dataclass(frozen=True)
class UnusualPage:
    """`groups` holds what a kind means and its rows; kinds without any are left out."""

    first: date
    last: date
    groups: tuple[tuple[str, tuple[Row, ...]], ...]


@pages.get("/unusual")
def unusual() -> str:
    today = service().world.today()
    asked = Asked(today - timedelta(days=DAYS - 1), today)
    found = find_unusual(service().audit.read(asked, g.reader))
    page = UnusualPage(asked.first, asked.last, build_groups(found))
    return render_template("desk/unusual.html", page=page)


def build_groups(found: Iterable[Finding]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return the findings by kind, with the address of what each is made of."""
    rows = [Row(one, _address(one)) for one in found]
    groups = (
        (kind.words, tuple(row for row in rows if row.finding.kind == name))
        for name, kind in kinds().items()
    )
    return tuple(group for group in groups if group[1])


def _address(finding: Finding) -> str:
    day = finding.day.isoformat()
    if finding.kind == OF_CHILDREN:
        return entries_address(Typed(child=finding.of, first=day, last=day))
    return entries_address(Typed(person=finding.of, first=day, last=day))
