"""Lets shielded children leave by the same days as everybody, for an archive of their own.

Archive, register, `shielded-children`, in this order: a child who is still there is found again, so
a run that dies is finished by the next. The mark stays for ever, and the number under its shield:
whatever brings the child back, a corrected date or a build restored from a snapshot, finds it
hidden.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from indexer.age import years_after
from indexer.audit.trail import Trail
from indexer.children.archive import Archive, Departure
from indexer.children.child import Child, Facts
from indexer.children.combine import combine
from indexer.children.expire import ARCHIVED_YEARS, departures, rows_of_the_dead
from indexer.children.hidden import HiddenChild, HiddenChildren
from indexer.children.links import Links
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.events import Kind, Shield, event_of
from indexer.shields.register import Register
from indexer.world import World
from mappings.names import AUDIT_SEALED, SHIELDED_ARCHIVE


class HiddenExpiry:
    """One run, as of the day on which it began. It counts nothing: a count would tell."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._register = Register.for_worker(settings, world)
        client = self._register.client
        self._hidden, self._links = HiddenChildren(client), Links(client)
        self._archive = Archive(client, SHIELDED_ARCHIVE)
        self._sealed = Trail(client, settings, world, AUDIT_SEALED)
        self._today = world.today()

    def run(self, actor: Actor) -> None:
        """Let everyone leave who must, and delete what was archived long enough. Raises Refused by
        the journal, Unavailable; the same call then finishes it."""
        shields = shields_by_child(self._register.all_shields().values())
        for page in self._hidden.all():
            due = [one.number for one in page if is_due(one, self._today)]
            self._let_go(self._hidden.read(due).values(), shields, actor)
            back = {one.number for one in page}.difference(due)
            self._say("arrived", _those_who(back, shields, have_left=True), actor)
        self._archive.delete_due(self._today)

    def _let_go(
        self, due: Iterable[HiddenChild], shields: Mapping[str, list[Shield]], actor: Actor
    ) -> None:
        leaving = [one for one in due if is_due(one, self._today)]
        self._archive.add(map(build_departure, leaving), self._today)
        self._end_links([record_of(one) for one in leaving])
        numbers = {one.number for one in leaving}
        self._say("left", _those_who(numbers, shields, have_left=False), actor)
        self._hidden.remove(leaving)  # who was told anything meanwhile stays until the next run

    def _say(self, kind: Kind, children: Mapping[str, list[str]], actor: Actor) -> None:
        """Write this of each shield's children into the register."""
        for shield, numbers in children.items():
            self._sealed.write(f"shield-{kind}", actor, children=numbers, subject=shield)
            self._register.append(event_of(kind, shield, actor, numbers=tuple(numbers)))

    def _end_links(self, children: Iterable[Child]) -> None:
        """Let no row of a child who died bring it back as a living one. An adult's stay: a row that
        corrects the date is told to the hidden child, and seen by nobody."""
        links = self._links.read(rows_of_the_dead(children))
        self._links.write({key: replace(link, children=()) for key, link in links.items()})


def shields_by_child(shields: Iterable[Shield]) -> dict[str, list[Shield]]:
    """Return number → the shields in force that hide the child."""
    found: dict[str, list[Shield]] = {}
    for one in shields:
        for number in () if one.is_lifted else one.numbers:
            found.setdefault(number, []).append(one)
    return found


def _those_who(
    numbers: Collection[str], shields: Mapping[str, list[Shield]], *, have_left: bool
) -> dict[str, list[str]]:
    """Return shield → those of its children of whom the register says so, or says not so yet."""
    found: dict[str, list[str]] = {}
    for number in sorted(numbers):
        for shield in shields.get(number, ()):
            if (number in shield.left) == have_left:
                found.setdefault(shield.name, []).append(number)
    return found


def record_of(hidden: HiddenChild) -> Child:
    """Return the record; of a child whom every source withdrew, what they said last."""
    return hidden.child or combine(hidden.number, hidden.evidence)


def is_due(hidden: HiddenChild, today: date) -> bool:
    """Must the child leave? One whom every source withdrew only when all they said of it agrees."""
    child = hidden.child
    said = [child.facts] if child else [one.facts for one in hidden.evidence]
    return bool(said) and all(_first_day(one) <= today for one in said)


def _first_day(facts: Facts) -> date:
    return min(day for _, day in departures(facts))


def build_departure(hidden: HiddenChild) -> Departure:
    """Return why the child leaves and until when the record is kept, with all that was known."""
    record = record_of(hidden)
    reason, day = min(departures(record.facts), key=lambda one: one[1])
    return Departure(record, reason, years_after(day, ARCHIVED_YEARS))
