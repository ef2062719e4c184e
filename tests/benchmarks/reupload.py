"""Can a shielded child be found by any row that comes again about it?

`python -m tests.benchmarks.reupload [CHILDREN [SEARCHES [STORY]]]`: 2,000 shielded children, three
times, and a thousand searches each, unless told. Their rows come again changed: as new rows `after`
the set, as duplicates `planted` before it, and for children who were shielded `before` their first
load. All documents of every build are compared with who is who, and some of the rows are searched
for. Two hundred children at a time, on a server of their own: the rows of more would be near one
another by the few families, addresses and carers that they are changed to. With `compare` instead
of numbers nothing is loaded: the rows of 2,000 children are asked of the index in memory, by what
their child was known by at first alone.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from indexer.builds.builds import open_builds
from indexer.builds.init import init
from indexer.children.scan import BuildScan
from indexer.shields.imports import import_shields
from indexer.shields.near_index import NearIndex
from indexer.world import REAL
from tests.benchmarks.invented_rows import profile_of
from tests.benchmarks.prove import say
from tests.benchmarks.reupload_rows import (
    ADDED_AGAIN,
    AUTHORITY,
    Again,
    Families,
    Row,
    draw_families,
    rows_again,
)
from tests.benchmarks.reuploads import BY_NAME_ALONE, NEITHER
from tests.conftest import OPERATOR, running_engine
from tests.shields import OLGA, PAT, REASON, Office
from webapp.search.question import parse_question

CHILDREN, SEARCHES, SEED = 2_000, 1_000, 41
AT_ONCE = 200
PARTS, BLOCKS_APART = CHILDREN // AT_ONCE, 4
MAY_BE_FOUND = frozenset({NEITHER, BY_NAME_ALONE})
"""Measured, and not promised: docs/decisions/0012-held-rows.md says why."""

RowKey = tuple[str, str]


@dataclass(frozen=True)
class Story:
    """One way in which it happens: the sources of its rows, and whose they are."""

    name: str
    families: Families
    again: Mapping[str, Again]

    @property
    def first(self) -> str:
        return f"{self.name}-first"

    @property
    def second(self) -> str:
        return f"{self.name}-again"


@dataclass(frozen=True)
class Outcome:
    """`found` counts the rows that came again and are part of a child who can be found, `asked`
    all of them, by what was done to them; `originals` are shielded children in a build; `others`
    how many brothers and sisters cannot be found though nobody shielded them; `shown` are answers
    of searches with a child who should not be there, of `searches`."""

    asked: Counter[str]
    found: Counter[str]
    originals: int
    others: int
    searches: int
    shown: int

    @property
    def is_kept(self) -> bool:
        """Was everything that is promised held?"""
        promised = self.found.keys() - MAY_BE_FOUND
        return not (promised or self.originals or self.shown)


def first_block(name: str, part: int = 0) -> int:
    """Return from which block of invented England a part of a story takes its children: each has
    others."""
    return BLOCKS_APART * (PARTS * list(STORIES).index(name) + part)


def make_story(name: str, first_block: int, children: int) -> Story:
    families = draw_families(first_block, children)
    again = {str(n): one for n, one in enumerate(rows_again(families, SEED))}
    return Story(name, families, again)


def uploaded_after(office: Office, story: Story) -> None:
    """The children are there, and shielded; then the rows come, and at last every child is deleted
    and added again."""
    load_families(office, story)
    shield(office, story, by_number(office, story))
    load_again(office, story, story.again)
    gone = [{"source_record_id": f"s{n}", "withdrawn": True} for n in places(story)]
    office.load(story.first, *gone)
    anew = [
        one | {"source_record_id": f"new-{n}", "nhs_number": "", "upn": ""}
        for n, one in enumerate(story.families.shielded)
    ]
    office.load(story.second, *anew)


def planted_before(office: Office, story: Story) -> None:
    """The rows are there as duplicates who can be found; then the children are shielded."""
    load_families(office, story)
    load_again(office, story, story.again)
    shield(office, story, by_number(office, story))


def shielded_before(office: Office, story: Story) -> None:
    """The children are shielded by row, NHS number or name and date before anything of them comes;
    half of the rows come before their own, and half after."""
    shield(office, story, [awaited(story, n) for n in places(story)])
    half = len(story.again) // 2
    names = Random(SEED).sample(sorted(story.again), len(story.again))
    load_again(office, story, names[:half])
    load_families(office, story)
    load_again(office, story, names[half:])


STORIES: Mapping[str, Callable[[Office, Story], None]] = {
    "after": uploaded_after,
    "planted": planted_before,
    "before": shielded_before,
}


def places(story: Story) -> range:
    return range(len(story.families.shielded))


def load_families(office: Office, story: Story) -> None:
    shielded = [
        one | {"source_record_id": f"s{n}"} for n, one in enumerate(story.families.shielded)
    ]
    others = [one | {"source_record_id": f"o{n}"} for n, one in enumerate(story.families.others)]
    office.load(story.first, *shielded, *others)


def load_again(office: Office, story: Story, names: Iterable[str]) -> None:
    rows = [story.again[name].row | {"source_record_id": name} for name in names]
    Random(SEED).shuffle(rows)
    office.load(story.second, *rows)


def by_number(office: Office, story: Story) -> list[dict[str, str]]:
    keys = {n: f"{story.first}:s{n}" for n in places(story)}
    links = office.links.read(keys.values())
    return [{"child": links[key].child} for key in keys.values()]


def awaited(story: Story, place: int) -> dict[str, str]:
    """Say whom to wait for: by name, by NHS number if there is one, by row."""
    row = story.families.shielded[place]
    if place % 3 == 0 and row.get("given_names"):
        return {
            "name": f"{row['given_names']} {row['family_name']}",
            "born": row["date_of_birth"],
        }
    if place % 3 == 1 and row.get("nhs_number"):
        return {"child": row["nhs_number"]}
    return {"row": f"{story.first}:s{place}"}


def shield(office: Office, story: Story, whom: Iterable[dict[str, str]]) -> None:
    lines = [
        (number, {**one, "authority": AUTHORITY, "reason": REASON})
        for number, one in enumerate(whom, 1)
    ]
    refused = import_shields(office.shielding, lines, OLGA).refused
    if refused:
        raise SystemExit(f"{story.name}: {len(refused)} shields refused, {refused[:3]}")


def judge(office: Office, story: Story, searches: int) -> Outcome:
    """Compare all documents of every build with who is who, and search."""
    children = visible(office)
    there = {key for rows in children.values() for key in rows}
    asked = Counter(one.kind for one in story.again.values())
    found = Counter(one.kind for name, one in story.again.items() if (story.second, name) in there)
    found[ADDED_AGAIN] += sum((story.second, f"new-{n}") in there for n in places(story))
    originals = sum((story.first, f"s{n}") in there for n in places(story))
    gone = [n for n in range(len(story.families.others)) if (story.first, f"o{n}") not in there]
    shown = search(office, story, children, searches)
    return Outcome(asked, +found, originals, len(gone), searches, shown)


def visible(office: Office) -> dict[str, set[RowKey]]:
    """Return the rows of each child in any build."""
    scan, children = BuildScan(office.client), dict[str, set[RowKey]]()
    for build in open_builds(office.client):
        scan.refresh(build)
        for born in scan.held(build, "month"):
            for page in scan.children(build, born):
                for one in page:
                    rows = {(c.source, c.source_record_id) for c in one.child.contributions}
                    children.setdefault(one.child.number, set()).update(rows)
    return children


def search(office: Office, story: Story, children: Mapping[str, set[RowKey]], searches: int) -> int:
    """Search by what rows that came again say, and by what is true; return how many answers held
    a child who is in no build, or who is one of the shielded by a promised row."""
    hidden = {(story.first, f"s{n}") for n in places(story)}
    hidden |= {
        (story.second, name) for name, one in story.again.items() if one.kind not in MAY_BE_FOUND
    }
    rng, shown = Random(SEED), 0
    for name in rng.sample(sorted(story.again), min(searches, len(story.again))):
        one = story.again[name]
        for row in (one.row, story.families.shielded[one.place]):
            found = office.gate.find(question(row), PAT, "proof").found
            shown += any(
                child.child not in children or children[child.child] & hidden for child in found
            )
    return shown


def question(row: Row):
    name = f"{row.get('given_names') or ''} {row['family_name']}".strip()
    return parse_question(f"{name} {row['date_of_birth']}", today=REAL.today())


def tell(name: str, outcome: Outcome) -> None:
    say(f"{name}: {outcome.asked.total():,} rows came again; {outcome.searches:,} times searched")
    say(f"  shielded children in a build: {outcome.originals}; answers with one: {outcome.shown}")
    say(f"  brothers and sisters who wait for an officer: {outcome.others}")
    for kind, asked in sorted(outcome.asked.items()):
        found = outcome.found[kind]
        promise = "measured" if kind in MAY_BE_FOUND else "none promised"
        if found or kind in MAY_BE_FOUND or not kind.startswith("in one way"):
            say(f"  {kind}: {found} of {asked:,} can be found ({promise})")
    single = sum(n for kind, n in outcome.asked.items() if kind.startswith("in one way"))
    found = sum(n for kind, n in outcome.found.items() if kind.startswith("in one way"))
    say(f"  changed in one way, all kinds: {found} of {single:,} can be found (none promised)")
    again = outcome.found[ADDED_AGAIN]
    say(f"  {ADDED_AGAIN}: {again} can be found (none promised)")


def compare(children: int) -> bool:
    """Say of how many rows the index in memory does not find their child; return whether of none
    that is promised."""
    families, index = draw_families(0, children), NearIndex()
    for place, row in enumerate(families.shielded):
        if profile := profile_of(row):
            index.learn(str(place), profile)
    asked, missed = Counter[str](), Counter[str]()
    for one in rows_again(families, SEED):
        profile = profile_of(one.row)
        asked[one.kind] += 1
        found = {near.child for near in index.near(profile)} if profile else set()
        missed[one.kind] += str(one.place) not in found
    say(f"rows about {children:,} shielded children: {asked.total():,}")
    for kind, number in asked.items():
        say(f"  {kind}: {missed[kind]} of {number:,} are not held")
    return not (+missed).keys() - MAY_BE_FOUND


def main() -> None:
    if sys.argv[1:] == ["compare"]:
        sys.exit(not compare(CHILDREN))
    words = [int(word) for word in sys.argv[1:3]]
    children, searches = (*words, *(CHILDREN, SEARCHES)[len(words) :])
    parts = -(-children // AT_ONCE)
    kept = [
        _tell_part(name, part, min(AT_ONCE, children - AT_ONCE * part), searches // parts)
        for name in sys.argv[3:] or STORIES
        for part in range(parts)
    ]
    sys.exit(not all(kept))


def _tell_part(name: str, part: int, children: int, searches: int) -> bool:
    """Let one part of a story happen, say how it went, and return whether all was kept."""
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder), "1g") as settings:
        init(settings, OPERATOR, REAL)
        office, began = Office(settings), time.monotonic()
        story = make_story(name, first_block(name, part), children)
        STORIES[name](office, story)
        outcome = judge(office, story, searches)
        tell(name, outcome)
        say(f"  in {time.monotonic() - began:.0f} s")
        return outcome.is_kept


if __name__ == "__main__":
    main()
