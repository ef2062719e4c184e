"""Lets children leave the index: on the 18th birthday, and a year after death, for the archive.

Archive, links, builds, in this order: a child who is still in the published build is found again,
so a run that dies between any two steps is finished by the next. Shielded children are in no build,
and leave by the same two days (indexer/shields/leaving.py).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from indexer.age import ADULT_YEARS, years_after, years_before
from indexer.audit.trail import Trail
from indexer.builds.builds import Builds
from indexer.children.archive import Archive, Departure
from indexer.children.child import Child, Facts
from indexer.children.links import Link, Links, nhs_key, number_key, row_key, upn_key
from indexer.children.place import Placement, Placer
from indexer.children.store import ChildStore, Stored
from indexer.clients import make_client
from indexer.errors import ClusterUnavailable
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.marks import Marks
from indexer.world import World

YEARS_AFTER_DEATH = 1
ARCHIVED_YEARS = 6
"""As ContactPoint kept them: Hansard, 21 April 2009, written answers, Children: Databases."""

ADULT, DIED = "adult", "died"
ATTEMPTS = 8  # rounds in which nobody could leave because others wrote the same children


@dataclass(frozen=True)
class Expired:
    """How many children left as adults and after death, and how many archived records ended."""

    adults: int
    died: int
    deleted: int

    def in_words(self) -> str:
        return (
            f"{self.adults:,} aged 18, {self.died:,} who died a year ago; "
            f"archived records deleted: {self.deleted:,}"
        )


class Expiry:
    """One run, as of the day on which it began."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._client = make_client(settings, "worker")
        self._today = world.today()
        self._born_by = years_before(self._today, ADULT_YEARS)
        self._died_by = years_before(self._today, YEARS_AFTER_DEATH)
        self._marks = Marks.for_credential(settings, "worker")
        self._store = ChildStore(self._client)
        self._builds = Builds(self._client)
        self._placer = Placer(self._client, self._store, self._marks)
        self._links = Links(self._client)
        self._archive = Archive(self._client)
        self._trail = Trail(self._client, settings, world)

    def foresee(self) -> Expired:
        """Return what `run` would do, and change nothing. Raises Unavailable."""
        self._store.refresh()
        adults = self._store.count_leaving(self._born_by, date.min)
        both = self._store.count_leaving(self._born_by, self._died_by)
        return Expired(adults, both - adults, self._archive.count_due(self._today))

    def run(self, actor: Actor) -> Expired:
        """Let everyone leave who must, and delete what was archived long enough.

        Raises Unavailable; the same command then finishes it.
        """
        counts: Counter[str] = Counter()
        state = "stopped"
        try:
            self._let_all_go(counts)
            counts["deleted"] = self._archive.delete_due(self._today)
            state = "done"
        finally:
            expired = Expired(counts[ADULT], counts[DIED], counts["deleted"])
            self._trail.write("expire", actor, said=f"{state}: {expired.in_words()}")
        return expired

    def _let_all_go(self, counts: Counter[str]) -> None:
        self._store.refresh()
        idle_rounds = 0
        while page := self._store.leaving(self._born_by, self._died_by):
            gone = self._let_go(page)
            counts.update(gone)
            idle_rounds = 0 if gone else idle_rounds + 1
            if idle_rounds == ATTEMPTS:
                raise ClusterUnavailable("others keep writing the same children; run it again")

    def _let_go(self, page: Sequence[Stored]) -> list[str]:
        """Return why each child left who did. One with a mark only leaves the builds, uncounted:
        its record is elsewhere."""
        marked = self._marks.marked(one.child.number for one in page)
        departures = [build_departure(one.child) for one in page if one.child.number not in marked]
        self._archive.add(departures, self._today)
        ended = self._end_links([one.child for one in departures])
        # Who is marked is moved, and not deleted with the others: it would be nowhere.
        placements = [
            Placement(one.child.number, one.revision, None, before=one.child)
            for one in page
            if one.child.number not in marked
        ]
        conflicts = self._placer.place(placements, self._builds.now, marked)
        # Those whom a load has just changed may be staying: all is put back, and asked again.
        self._archive.remove(conflicts)
        self._put_back(ended, [one.child for one in page if one.child.number in conflicts])
        self._store.refresh()
        return [one.reason for one in departures if one.child.number not in conflicts]

    def _end_links(self, children: Sequence[Child]) -> dict[str, Link]:
        """Let nothing lead to the children any more, and their numbers never be drawn again; return
        the links as they were."""
        links = self._links.read(key for child in children for key in child_keys(child))
        gone = {number for child in children for number in own_numbers(child)}
        writes, releases = ended_links(links, gone, rows_of_the_dead(children))
        self._links.write(writes)
        self._links.release(releases)
        return links

    def _put_back(self, links: Mapping[str, Link], children: Sequence[Child]) -> None:
        keys = {key for child in children for key in child_keys(child)} & links.keys()
        now = self._links.read(keys)
        versions = {key: now[key].version if key in now else None for key in keys}
        self._links.write({key: replace(links[key], version=versions[key]) for key in keys})


def rows_of_the_dead(children: Iterable[Child]) -> set[str]:
    """Return the keys of rows that must not bring a child back: a source that has not heard of the
    death would, as a living one. A row of an adult is refused, unless the date was wrong."""
    said = (one for child in children if child.facts.date_of_death for one in child.contributions)
    return {row_key(one.source, one.source_record_id) for one in said}


def own_numbers(child: Child) -> tuple[str, ...]:
    """Return the child's ContactPoint number and those of children who turned out to be it."""
    return (child.number, *child.former_numbers)


def child_keys(child: Child) -> list[str]:
    """Return every key that leads to a child: of its rows, its numbers and those it took over."""
    rows = [row_key(one.source, one.source_record_id) for one in child.contributions]
    numbers = [*map(nhs_key, child.nhs_numbers), *map(upn_key, child.upns)]
    return [*rows, *numbers, *map(number_key, own_numbers(child))]


def ended_links(
    links: Mapping[str, Link], gone: Collection[str], kept: Collection[str] = ()
) -> tuple[dict[str, Link], dict[str, Link]]:
    """Return the links to write and to remove, so that none leads to a number that is gone.

    A ContactPoint number's own link stays for ever and leads to nobody; so do the links of rows in
    `kept`. A number that another child has too goes on leading there.
    """
    versions = {key: link.version for key, link in links.items()}
    retired = {number_key(number) for number in gone}
    writes = {key: Link((), version=versions.get(key)) for key in retired}
    releases = {}
    for key, link in links.items():
        left = tuple(number for number in link.children if number not in gone)
        if key in retired or left == link.children:
            continue
        if left or (link.source and key in kept):
            writes[key] = replace(link, children=left)
        else:
            releases[key] = link
    return writes, releases


def build_departure(child: Child) -> Departure:
    """Return why the child leaves and until when the record is kept: from the day on which it had
    to leave, whenever the command ran."""
    reason, day = min(departures(child.facts), key=lambda one: one[1])
    return Departure(child, reason, years_after(day, ARCHIVED_YEARS))


def departures(facts: Facts) -> list[tuple[str, date]]:
    """Return each reason to leave with its day."""
    adult = (ADULT, years_after(facts.date_of_birth, ADULT_YEARS))
    if not facts.date_of_death:
        return [adult]
    return [adult, (DIED, years_after(facts.date_of_death, YEARS_AFTER_DEATH))]
