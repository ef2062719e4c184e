"""Withdraws what a source no longer has: `load --whole` says that the feed is all it knows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from indexer.children.links import Links, RowLink
from indexer.errors import Refused
from indexer.feeds.rows import Unread

PAGE = 1_000  # record ids looked up at a time
MOST_WITHDRAWN = 0.05  # of the source's rows, unless somebody confirms it


@dataclass(frozen=True)
class Whole:
    """`had` returns which record ids the feed has had, in a good row or a bad one."""

    had: Callable[[Iterable[str]], set[str]]
    is_confirmed: bool = False


def absent_rows(links: Links, source: str, whole: Whole, nameless: int) -> list[Unread]:
    """Return a row that withdraws each record that the source had and the feed has not.

    `nameless` counts the feed's rows whose record id could not be read. Raises Refused, with the
    feed's rows in and nothing withdrawn.
    """
    if nameless:
        raise Refused(
            f"--whole: {nameless:,} rows had no record id that could be read, and may be of "
            "children who would be withdrawn. The rows of the feed are in, and nothing was "
            "withdrawn: have those rows put right and run the command again"
        )
    known, leaving, absent = 0, 0, []
    for page in _pages(link for link in links.scan(source) if link.child):
        is_in = {link.source_record_id: link.is_in for link in page}
        missing = sorted(is_in.keys() - whole.had(is_in))
        # A row that was withdrawn keeps its link where the child is hidden, and must not be counted
        # again; but it is withdrawn again, for the run that did it may have died.
        known += sum(is_in.values())
        leaving += sum(is_in[record_id] for record_id in missing)
        absent += missing
    if leaving > MOST_WITHDRAWN * known and not whole.is_confirmed:
        raise Refused(
            f"--whole: {leaving:,} of the {known:,} rows of '{source}' are not in the feed, "
            f"and would be withdrawn: more than {MOST_WITHDRAWN:.0%}. The rows of the feed are in, "
            "and nothing was withdrawn. If the file is complete, add --confirm and run the "
            "command again"
        )
    return [_withdrawal(number, record_id) for number, record_id in enumerate(absent, 1)]


def _pages(links: Iterator[RowLink]) -> Iterator[list[RowLink]]:
    while page := list(islice(links, PAGE)):
        yield page


def _withdrawal(number: int, record_id: str) -> Unread:
    said: dict[str, Any] = {"source_record_id": record_id, "withdrawn": True}
    return Unread(number, record_id, "", partial(dict, said))
