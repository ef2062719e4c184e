"""What officers decide: shields set, reviewed, handed over and lifted.

Setting: audit, journal, register, mark; then the child moves from every build to the shielded
children; then, when no answer that was checked before the mark can still be on its way, it is
acknowledged. Whatever step a process dies in, the child is hidden from the mark on, and the same
command, or `verify`, finishes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from elasticsearch import Elasticsearch

from indexer.audit.trail import Trail
from indexer.children.arrivals import awaited_keys
from indexer.children.back import bring_back
from indexer.children.hidden import HiddenChildren
from indexer.children.place import Placer
from indexer.children.store import ChildStore
from indexer.children.stores import open_stores
from indexer.errors import NotAllowed, NotFound, Refused
from indexer.people.actor import Actor
from indexer.settings import Settings
from indexer.shields.events import Event, Kind, Shield, event_of, hidden_numbers
from indexer.shields.lookout import awaited_profile, profile_of
from indexer.shields.marks import Marks
from indexer.shields.near_children import find_near
from indexer.shields.officers import refuse_unless_decided, refuse_unless_officer
from indexer.shields.register import Register
from indexer.shields.settling import carry_out
from indexer.shields.subject import Subject, Subjects
from indexer.shields.suspicion import hold_under
from indexer.world import World
from mappings.names import AUDIT_SEALED

ACKNOWLEDGED_AFTER_SECONDS = 0.5
"""As long as an answer may be on its way after its check (webapp/search/answer.py)."""

ROUNDS = 20


@dataclass(frozen=True)
class Outcome:
    """A shield that was set: `numbers` are the children it hides now, none if it waits for one.
    `is_new` is False if it was there already, and was only made sure of. `held` are those of the
    children who may be the same child, for the officer to decide; `household` are children of the
    same address or carer who can be found, and tell where it is."""

    shield: str
    numbers: tuple[str, ...]
    is_new: bool
    held: tuple[str, ...] = ()
    household: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hidden:
    """The children that a shield hides after it was set; the others are as in `Outcome`."""

    numbers: set[str]
    held: set[str]
    household: frozenset[str]


class Shielding:
    """Acts as one officer at a time; made once a process."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._register = Register.for_worker(settings, world)
        self._client: Elasticsearch = self._register.client
        self._settings, self._world = settings, world
        self._marks = Marks.for_credential(settings, "worker")
        self._store = ChildStore(self._client)
        self._hidden = HiddenChildren(self._client)
        self._placer = Placer(self._client, self._store, self._marks)
        self._subjects = Subjects(self._client, self._register)
        self._sealed = Trail(self._client, settings, world, AUDIT_SEALED)

    def shield(self, subject: Subject, officer: Actor, reason: str) -> Outcome:
        """Hide the child from now on; return when it can no longer be found or shown.

        Raises NotAllowed, NotFound (no such child, or one of another authority that is hidden
        already), Refused, Unavailable; the same call then finishes what was begun.
        """
        outcome = self.enter(subject, officer, reason)
        hidden = self.hide([(outcome, subject)], officer)[outcome.shield]
        known = self._subjects.known_to(officer, hidden.numbers | hidden.held)
        return replace(
            outcome,
            numbers=tuple(sorted(known - hidden.held)),
            held=tuple(sorted(known & hidden.held)),
            household=tuple(sorted(hidden.household)),
        )

    def enter(self, subject: Subject, officer: Actor, reason: str) -> Outcome:
        """Write the shield into journal and register, and mark; `hide` must follow."""
        refuse_unless_decided(officer, reason)
        children = self._subjects.children(subject, officer)
        own = self._standing(subject, children, officer)
        name = own.name if own else f"s-{self._world.below(16**12):012x}"
        self._write_sealed("shield-set", officer, reason, children, name)
        if own:
            self._register.mark(Event("arrived", numbers=tuple(own.numbers)))
            return Outcome(name, tuple(sorted(own.numbers)), is_new=False)
        said: dict[str, Any] = {"authority": officer.organisation, "key": subject.waits_under}
        event = event_of("set", name, officer, reason, numbers=tuple(sorted(children)), **said)
        self._register.append(event)
        return Outcome(name, event.numbers, is_new=True)

    def _standing(self, subject: Subject, children: Iterable[str], officer: Actor) -> Shield | None:
        """The shield of the officer's authority that says this already: not one under which the
        child is only held, for whoever decides that it is another lets it go."""
        key, asked = subject.waits_under, set(children)
        found = self._register.find(keys=[key]) if key else self._register.find(numbers=asked)
        there = (one for one in found.values() if not one.is_lifted)
        own = (one for one in there if one.authority == officer.organisation)
        said = (one for one in own if key or not asked.isdisjoint(one.certain))
        return next((one for one in said if one.key == key), None)

    def hide(self, entered: Sequence[tuple[Outcome, Subject]], officer: Actor) -> dict[str, Hidden]:
        """Move the children of shields that were entered; return name → children, no sooner than
        half a second after the last mark.

        Whoever a load brought between the look before the mark and the mark, and whomever the child
        became part of, is found by looking again, until nobody is. Who may be the same child is
        hidden too.
        """
        hidden = {one.shield: set(one.numbers) for one, _ in entered}
        held: dict[str, Hidden] = {}
        left, marked_at = set().union(*hidden.values()), self._world.monotonic()
        for looked_again in range(ROUNDS):
            came = {
                one.shield: self._subjects.found(subject) - hidden[one.shield]
                for one, subject in entered
            }
            if any(came.values()):
                marked_at = self._say_arrived(came, officer)
            elif looked_again:
                break
            for name, numbers in came.items():
                hidden[name] |= numbers
            self._placer.hide(left.union(*came.values()))
            self._store.refresh()
            asked = [(one, s) for one, s in entered if came[one.shield] or not looked_again]
            held |= self._hold_near(asked, hidden, officer)
            if any(one.held for one in held.values()):
                marked_at = self._world.monotonic()
            left_seconds = marked_at + ACKNOWLEDGED_AFTER_SECONDS - self._world.monotonic()
            self._world.sleep(max(0.0, left_seconds))
            left = set()
        return held

    def _hold_near(
        self,
        entered: Iterable[tuple[Outcome, Subject]],
        hidden: Mapping[str, set[str]],
        officer: Actor,
    ) -> dict[str, Hidden]:
        """Hide those who may be the children as well, for the officer to decide."""
        subjects = {one.shield: subject for one, subject in entered}
        there = self._hidden.read(number for name in subjects for number in hidden[name])
        found = {}
        for name, subject in subjects.items():
            known = [profile_of(there[one]) for one in sorted(hidden[name] & there.keys())]
            if subject.name:
                known.append(awaited_profile(subject.waits_under))
            found[name] = find_near(self._store, known)
            hold_under(self._register, self._sealed, name, found[name].near, officer)
        if near := set[str]().union(*(one.near for one in found.values())):
            self._placer.hide(near)
            self._store.refresh()
        own = self._register.find(names=sorted(subjects)) if subjects else {}
        return {
            name: Hidden(
                hidden[name] - own[name].held.keys(), set(own[name].held), found[name].household
            )
            for name in subjects
        }

    def _say_arrived(self, children: dict[str, set[str]], actor: Actor) -> float:
        """Say in the register which children have come, and mark them; return the time."""
        for name, numbers in children.items():
            if numbers:
                self._write_sealed("shield-arrived", actor, "", numbers, name)
                event = event_of("arrived", name, actor, numbers=tuple(sorted(numbers)))
                self._register.append(event)
        return self._world.monotonic()

    def review(self, of: str, officer: Actor, reason: str) -> list[Shield]:
        """Say that the shields of this child, or the shield of this name, are still needed; return
        them as they were. Raises NotFound, NotAllowed, Refused, Unavailable."""
        return self._act("reviewed", of, officer, reason)

    def hand_over(self, of: str, to: str, officer: Actor, reason: str) -> list[Shield]:
        """Offer the shields to another authority; nothing changes until it accepts."""
        if to == officer.organisation:
            raise Refused("--to: the shield is with this authority already")
        return self._act("offered", of, officer, reason, authority=to)

    def accept(self, of: str, officer: Actor, reason: str) -> list[Shield]:
        """Take over the shields that were offered to the officer's authority."""
        return self._act("accepted", of, officer, reason, authority=officer.organisation)

    def ask_lift(self, of: str, officer: Actor, reason: str) -> list[Shield]:
        """Ask for the shields to be lifted: another officer of the authority then may."""
        return self._act("lift-asked", of, officer, reason)

    def lift(self, of: str, officer: Actor, reason: str) -> list[Shield]:
        """Lift the shields, as another officer than the first: who asked for it, or, where nobody
        did, who set them or took them over. The child is back in every build when this returns,
        unless another authority's shield hides it.

        Raises Unavailable; then `verify` finishes it.
        """
        refuse_unless_decided(officer, reason)
        shields = self._shields(of, lambda one: one.authority == officer.organisation)
        if any(one.first_officer == officer.name for one in shields):
            raise NotAllowed(
                "a lift takes two: who set a shield, took it over, or asked for its lift cannot "
                "lift it; another shield officer of your authority must"
            )
        numbers = set().union(*(one.numbers for one in shields))
        awaited = self._awaited(numbers)
        others = awaited.keys() - {one.name for one in shields}
        self._say_arrived({name: awaited[name] for name in sorted(others)}, officer)
        for one in shields:
            self._write_sealed("shield-lifted", officer, reason, one.numbers, one.name)
            children = tuple(sorted(one.numbers))
            event = event_of("lifted", one.name, officer, reason, key=one.key, numbers=children)
            self._register.append(event)
        hidden = hidden_numbers(self._register.find(numbers=numbers).values())
        bring_back(self._client, self._marks, numbers - hidden)
        self._free_rows((numbers - hidden).union(one.name for one in shields), officer)
        return shields

    def _free_rows(self, children: set[str], officer: Actor) -> None:
        """Load the rows that were held for the sake of these children alone."""
        stores = open_stores(self._settings, self._world)
        rows = [
            one.decided(dict.fromkeys(children, "another-child"))
            for one in stores.held.waiting(children)
        ]
        stores.held.write(rows)
        written = stores.held.read(one.key for one in rows)
        carry_out(stores, [one for one in written.values() if one.is_pending], officer)

    def _awaited(self, numbers: Iterable[str]) -> dict[str, set[str]]:
        """Return the shields that wait for one of these hidden children, with the children: a row
        of a child who was hidden already tells nobody that it was awaited."""
        awaited: dict[str, set[str]] = {}
        for number, one in self._hidden.read(numbers).items():
            said = (*one.contributions, *one.evidence)
            keys = {k for c in said for k in awaited_keys(c.source, c.source_record_id, c.facts)}
            for shield in self._register.find(keys=keys).values():
                if not shield.is_lifted and number not in shield.numbers:
                    awaited.setdefault(shield.name, set()).add(number)
        return awaited

    def known_to(self, officer: Actor, shield: Shield) -> set[str]:
        """Return those of the shield's children whom the officer may know to be there."""
        return self._subjects.known_to(officer, shield.numbers)

    def listed(self, officer: Actor) -> list[Shield]:
        """Return the shields of the officer's authority, and those offered to it, the one to be
        reviewed first at the head."""
        refuse_unless_officer(officer)
        said = self._register.events({"term": {"authority": officer.organisation}})
        names = sorted({event.shield for event in said})
        found = self._register.find(names=names).values() if names else ()
        own = [
            one
            for one in found
            if not (one.is_lifted or one.is_closed)
            and officer.organisation in {one.authority, one.offered_to}
        ]
        numbers = {number for one in own for number in one.numbers}
        self._write_sealed("shield-list", officer, "", numbers, "")
        return sorted(own, key=lambda one: (one.review_due, one.name))

    def _act(
        self, kind: Kind, of: str, officer: Actor, reason: str, authority: str = ""
    ) -> list[Shield]:
        refuse_unless_decided(officer, reason)
        is_offer = kind == "accepted"
        shields = self._shields(
            of,
            lambda one: officer.organisation == (one.offered_to if is_offer else one.authority),
        )
        for one in shields:
            self._write_sealed(f"shield-{kind}", officer, reason, one.numbers, one.name)
            self._register.append(event_of(kind, one.name, officer, reason, authority=authority))
        return shields

    def _shields(self, of: str, is_ours: Callable[[Shield], bool]) -> list[Shield]:
        """Return the shields of a child, or the one of a name, that the officer may act upon; none
        that has let the child go, or only holds it: that was set for another."""
        numbers = self._subjects.followed([of])
        found = self._register.find(names=[of], numbers=sorted(numbers)).values()
        theirs = (one for one in found if one.name == of or not one.certain.isdisjoint(numbers))
        ours = [one for one in theirs if not one.is_lifted and is_ours(one)]
        if not ours:
            raise NotFound("there is no shield of your authority under this number or name")
        return ours

    def _write_sealed(
        self, event: str, officer: Actor, reason: str, children: Iterable[str], shield: str
    ) -> None:
        self._sealed.write(event, officer, children=sorted(children), subject=shield, reason=reason)
