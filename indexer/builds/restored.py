"""What must be so of a build that was restored, and which loads since must be repeated.

What the published build holds is carried over, with all that was loaded into it. What was loaded
about children whom that build lost is nowhere but in the feeds: those loads are named.
"""

from collections.abc import Collection, Iterator
from itertools import islice

from indexer.builds.bench import Bench
from indexer.builds.records import Finding, Restored
from indexer.children.child import PRACTITIONERS
from indexer.children.links import RowLink, row_key
from indexer.children.loads import Receipt

SAMPLE = 500  # children of a build, to see whether any row leads to them
LEAST_LINKED = 0.5
SOME = 1_000  # children asked for at once


def check_sentinel(bench: Bench, restored: Restored) -> Finding:
    """Refuse while the register is older than the snapshot: it has forgotten shields."""
    if bench.hands.marks.sequence_now() >= restored.register:
        return Finding("sentinel", True, "the register is no older than the snapshot")
    return Finding("sentinel", False, OLDER_REGISTER)


OLDER_REGISTER = (
    "the shield register is older than the snapshot, so shields are missing from it: rebuild it "
    "from its journal ('contactpoint shield verify'), then try again; never from a snapshot"
)


def check_links(bench: Bench, build: str) -> Finding:
    """Refuse if rows do not lead to the children of the build: all would be taken for gone."""
    numbers = next(bench.hands.scan.numbers(build, 0, 1), [])[:SAMPLE]
    children = [one.child for one in bench.hands.store.read(numbers, build).values()]
    keys = [row_key(one.source, one.source_record_id) for c in children for one in c.contributions]
    leading = {number for link in bench.links.read(keys).values() for number in link.children}
    found = sum(one.number in leading for one in children)
    if found >= LEAST_LINKED * len(children):
        return Finding("links", True, "rows lead to its children")
    return Finding(
        "links",
        False,
        f"rows lead to {found} of {len(children)} of its children: the index 'links' was lost, or "
        "belongs to other builds; publishing would take these children for gone",
    )


def loads_to_repeat(
    bench: Bench, published: str, restored: Restored, kept: Collection[str]
) -> list[Receipt]:
    """Return the loads since the snapshot of which something is missing from the published build.

    `kept` are the sources of children whom the restored build alone has: as the snapshot knew them.
    """
    under_way = bench.loads.under_way()  # these say themselves how they end
    since = [
        one
        for one in bench.loads.since(restored.taken_at)
        if one.state != "running" or one.source not in under_way
    ]
    done = {one.source: one.started_at for one in since if one.state == "done"}
    missing = _loads_missing(bench, published, {one.load: one.source for one in since})
    return [
        one
        for one in since
        if one.load in missing
        or one.source in kept
        or (one.state != "done" and done.get(one.source, "") < one.started_at)
    ]


def check_loads(bench: Bench, restored: Restored, again: Collection[Receipt]) -> Finding:
    """Say which loads must be repeated, and let their rows not be believed to be in."""
    for one in again:
        bench.loads.doubt(one)
    named = [one.in_words() for one in again if one.source != PRACTITIONERS]
    if len(named) < len(again):
        named.append(OF_PRACTITIONERS)
    when = f"{restored.taken_at:%Y-%m-%d %H:%M} UTC"
    if not bench.loads.is_known_before(restored.taken_at):
        said = f"no receipt from before the snapshot is left: load every feed since {when} again"
    elif named:
        said = f"to be loaded again, for not all of it is in: {'; '.join(named)}"
    else:
        said = f"all that was loaded since {when} is in"
    return Finding("loads", True, said)


OF_PRACTITIONERS = (
    "what practitioners said on the pages, which no file holds: 'contactpoint check' says whether "
    "any of it is lost"
)


def _loads_missing(bench: Bench, published: str, sources: dict[str, str]) -> set[str]:
    """Return those loads of which a row leads to a child whom the published build has not."""
    leading = _rows_of(bench, sources)
    missing: set[str] = set()
    while some := list(islice(leading, SOME)):
        numbers = {one.child for one in some}
        there = bench.hands.store.revisions(published, numbers)
        absent = numbers - there.keys()
        absent -= bench.hands.marks.marked(absent)
        missing |= {one.load for one in some if one.child in absent}
    return missing


def _rows_of(bench: Bench, sources: dict[str, str]) -> Iterator[RowLink]:
    """Yield the rows that these loads wrote, if they lead to anybody."""
    for source in sorted(set(sources.values())):
        rows = bench.links.scan(source)
        yield from (one for one in rows if one.load in sources and one.child)
