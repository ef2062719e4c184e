"""Plans a batch: which child each row is about, and which links must be written before it is.

Pure, but for the numbers it draws: what is there already comes in, what to do comes out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analyzers.fold import words
from indexer.children.child import Facts
from indexer.children.links import Link, nhs_key, number_keys, row_key, upn_key
from indexer.children.number import draw_number
from indexer.children.store import Stored
from indexer.feeds.rows import Row
from indexer.world import World


@dataclass(frozen=True)
class Known:
    """What is there already: links by key, children by number, and the numbers among those of the
    links that are hidden, whose documents are elsewhere."""

    source: str
    links: Mapping[str, Link]
    stored: Mapping[str, Stored]
    hidden: frozenset[str]

    def own_link(self, row: Row) -> Link | None:
        return self.links.get(row_key(self.source, row.source_record_id))

    def has_contributed(self, row: Row, child: str) -> bool:
        """Does the child's document hold a contribution under this row's key?"""
        key = (self.source, row.source_record_id)
        contributions = self.stored[child].child.contributions
        return any((one.source, one.source_record_id) == key for one in contributions)


@dataclass
class Plan:
    """Rows by the number of their child; links to write first; numbers drawn for new children."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    writes: dict[str, Link] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)

    def rename(self, old: str, new: str) -> None:
        """Give the rows of a drawn number another one."""
        self.rows[new] = self.rows.pop(old)
        for key, link in self.writes.items():
            if link.child == old:
                self.writes[key] = replace(link, child=new)


def own_child(known: Known, row: Row) -> str | None:
    """Return the child that the row's own link decides, None if it is to be looked for.

    A reservation counts for a child who is not written yet, or who has this very contribution; of
    any other child it was made by likeness, and somebody has changed that child since.
    """
    own = known.own_link(row)
    if own is None:
        return None
    if own.digest or row.facts is None or own.child not in known.stored:
        return own.child
    return own.child if known.has_contributed(row, own.child) else None


def build_plan(world: World, rows: Sequence[Row], known: Known, sure: Mapping[int, str]) -> Plan:
    """Give every row its child; rows of the batch see each other's numbers."""
    planner = _Planner(world, known)
    for row in rows:
        planner.add(row, sure.get(row.number))
    return planner.plan


class _Planner:
    """Goes through the rows of one batch in order."""

    def __init__(self, world: World, known: Known) -> None:
        self.plan = Plan()
        self._world = world
        self._known = known
        self._links = dict(known.links)
        self._facts = {number: one.child.facts for number, one in known.stored.items()}
        self._holds = {number: held_keys(one) for number, one in known.stored.items()}

    def add(self, row: Row, sure: str | None) -> None:
        number = self._child_of(row) or sure
        if number is None and row.facts is None:
            return
        if number is None:
            number = draw_number(self._world)
            self.plan.drawn.add(number)
        self.plan.rows.setdefault(number, []).append(row)
        self._ask_for_own_link(row, number)
        if row.facts:
            self._ask_for_numbers(row.facts, number)
            self._facts.setdefault(number, row.facts)

    def _child_of(self, row: Row) -> str | None:
        """A settled link decides; before a mere reservation come the numbers."""
        own = self._known.own_link(row)
        if own and own.digest:
            return own.child
        return self._child_by_numbers(row.facts) or own_child(self._known, row)

    def _child_by_numbers(self, facts: Facts | None) -> str | None:
        for key in number_keys(facts):
            link = self._links.get(key)
            if link and self._is_true(key, link) and facts:
                known = self._facts.get(link.child)
                if known is None or not is_mistyped_number(facts, known):
                    return link.child
        return None

    def _is_true(self, key: str, link: Link) -> bool:
        """A link speaks true while its child holds the number. A hidden child's is never doubted:
        a row must not become a visible child because its own is not to be seen."""
        return link.child in self._known.hidden or key in self._holds.get(link.child, ())

    def _ask_for_own_link(self, row: Row, number: str) -> None:
        """Reserve the row's link, or take the digest away: it must not speak for a row that is
        being replaced when this run dies."""
        own = self._known.own_link(row)
        if own is None or own.digest or own.child != number:
            key = row_key(self._known.source, row.source_record_id)
            version = own.version if own else None
            link = Link(number, self._known.source, row.source_record_id, version=version)
            self.plan.writes[key] = link

    def _ask_for_numbers(self, facts: Facts, number: str) -> None:
        for key in number_keys(facts):
            link = self._links.get(key)
            if link and (link.child == number or self._is_true(key, link)):
                continue
            wanted = Link(number, version=link.version if link else None)
            self.plan.writes[key] = self._links[key] = wanted
        self._holds.setdefault(number, set()).update(number_keys(facts))


def held_keys(stored: Stored) -> set[str]:
    """Return the keys of the NHS numbers and UPNs that a child's record holds."""
    child = stored.child
    return {*map(nhs_key, child.nhs_numbers), *map(upn_key, child.upns)}


def is_mistyped_number(facts: Facts, known: Facts) -> bool:
    """A number with another date of birth *and* no word of the name in common was mistyped."""
    if known.date_of_birth == facts.date_of_birth:
        return False
    return _name_words(facts).isdisjoint(_name_words(known))


def _name_words(facts: Facts) -> set[str]:
    texts = [facts.given_names, facts.family_name, facts.known_as]
    texts += [f"{one.given_names} {one.family_name}" for one in facts.former_names]
    return set(words(" ".join(texts)))
