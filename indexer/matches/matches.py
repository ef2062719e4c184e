"""What data managers see and decide about children of their authority who may be one child."""

from dataclasses import dataclass

from msgspec import structs

from indexer.audit.trail import Trail
from indexer.children.links import number_key
from indexer.children.scan import BuildScan
from indexer.children.store import Stored
from indexer.children.stores import Stores, open_stores
from indexer.clients import make_client
from indexer.errors import NotAllowed, NotFound, Refused
from indexer.matches.possible import Match, find_matches, match_name
from indexer.matches.records import Decided, Record, Records
from indexer.matches.uniting import finish, part_again, survivor_and_gone, unite
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.world import World

MOST_SHOWN = 100
NOBODY = "There is no such pair of children for your authority."
DECIDES, REASON_LENGTH = "data-manager", 500


@dataclass(frozen=True)
class Matches:
    """Acts as one data manager at a time."""

    stores: Stores
    records: Records
    scan: BuildScan
    trail: Trail

    @classmethod
    def for_worker(cls, settings: Settings, world: World) -> "Matches":
        """Raises Unavailable."""
        client = make_client(settings, "worker")
        stores, trail = open_stores(settings, world), Trail(client, settings, world)
        return cls(stores, Records(client), BuildScan(client), trail)

    def waiting(self, manager: Actor) -> list[Match]:
        """Return the first 100 pairs nobody has decided about, of which one is a child of this
        authority; whom they were shown is in the audit. Raises NotAllowed, Unavailable."""
        _refuse_unless_manager(manager)
        found: dict[str, Match] = {}
        build = self.stores.builds().published
        for page in self.scan.of_authority(build, manager.organisation):
            found |= {one.name: one for one in find_matches(self.stores, page)}
            decided = self.records.read(found).values()
            for one in decided:  # who are the same and still two: it was not carried out yet
                if one.decision == "another-child":
                    del found[one.name]
            if len(found) >= MOST_SHOWN:
                break
        shown = [found[name] for name in sorted(found)[:MOST_SHOWN]]
        children = sorted({child.number for one in shown for child in (one.one, one.other)})
        self.trail.write("match-list", manager, children=children)
        return shown

    def decide(self, name: str, decision: Decided, manager: Actor, reason: str) -> None:
        """Say that the two children of this name are the same, or two; the same becomes one.

        Raises NotFound, NotAllowed, Refused, Unavailable; the same call then finishes it.
        """
        _refuse_unless_decided(manager, reason)
        name = match_name(*name.split("-"))
        before = self.records.read([name]).get(name)
        if before and before.decision == "another-child":
            raise Refused("It was decided: they are two children. Take that back first: undo.")
        if decision == "same-child":
            self._unite(name, manager, reason, before)
        else:
            self._pair(name, manager)
            self._say(f"match-{decision}", manager, reason, name)
            self.records.write(self._record(name, decision, manager, before))

    def _unite(self, name: str, manager: Actor, reason: str, before: Record | None) -> None:
        united = self._united(name, before, manager) if before and before.decision else {}
        if before and len(united) == 1:
            [survivor] = united.values()
            finish(self.stores, survivor, before)
            return
        stored = self._pair(name, manager)
        number, gone = survivor_and_gone(stored)
        child = stored[gone].child
        rows = tuple((one.source, one.source_record_id) for one in child.contributions)
        record = self._record(name, "same-child", manager, before)
        self._say("match-same-child", manager, reason, name)
        self.records.write(
            structs.replace(record, gone=gone, former=child.former_numbers, rows=rows)
        )
        unite(self.stores, stored, number, gone)

    def undo(self, name: str, manager: Actor, reason: str) -> None:
        """Take back what was decided under this name: two children again, or undecided.

        Raises what `decide` does.
        """
        _refuse_unless_decided(manager, reason)
        name = match_name(*name.split("-"))
        record = self.records.read([name]).get(name)
        if record is None or not record.decision:
            raise NotFound(NOBODY)
        united = self._united(name, record, manager)
        self._say("match-undo", manager, reason, name)
        if united:
            part_again(self.stores, united, record)
        self.records.write(self._record(name, "", manager, record))

    def _pair(self, name: str, manager: Actor) -> dict[str, Stored]:
        """Return both children, if they can be found and one is of this authority."""
        stored = self._visible(name.split("-"))
        authorities = {one.child.facts.authority for one in stored.values()}
        if len(stored) != 2 or manager.organisation not in authorities:  # noqa: PLR2004 - a pair
            raise NotFound(NOBODY)
        return stored

    def _united(self, name: str, record: Record, manager: Actor) -> dict[str, Stored]:
        """Return the child whom two became, nobody if they did not; raise NotFound unless it can
        be found, for its authority."""
        retired = number_key(record.gone)
        if not (record.gone and retired in self.stores.links.read([retired])):
            self._pair(name, manager)
            return {}
        found = self._visible(name.split("-"))
        authorities = {one.child.facts.authority for one in found.values()}
        if not found.keys() - {record.gone} or manager.organisation not in authorities:
            raise NotFound(NOBODY)
        return found

    def _visible(self, numbers: list[str]) -> dict[str, Stored]:
        stored = self.stores.children.read(one for one in numbers if one.isdigit())
        marked = self.stores.marks.marked(stored) if stored else frozenset()
        return {number: one for number, one in stored.items() if number not in marked}

    def _record(
        self, name: str, decision: Decided, manager: Actor, before: Record | None
    ) -> Record:
        at = self.stores.world.now().isoformat(timespec="seconds")
        return Record(name, decision, manager.name, at, version=before.version if before else None)

    def _say(self, event: str, manager: Actor, reason: str, name: str) -> None:
        self.trail.write(event, manager, children=name.split("-"), reason=reason, said=name)


def _refuse_unless_manager(manager: Actor) -> None:
    if manager.role != DECIDES:
        raise NotAllowed(f"The role {manager.role} does not decide about possible matches.")


def _refuse_unless_decided(manager: Actor, reason: str) -> None:
    _refuse_unless_manager(manager)
    if not 0 < len(reason.strip()) <= REASON_LENGTH:
        raise Refused(f"Give your reason, in at most {REASON_LENGTH} characters.")
