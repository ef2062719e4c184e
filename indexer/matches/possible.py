"""Finds children whom linking left apart though they may be one. Looked for when somebody asks, so
nothing about it is stored that could be out of date, or tell of a child who was hidden since."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzers.compare.nearness import nearness
from indexer.children.child import Child
from indexer.children.holding import sentences
from indexer.children.likeness import Member, may_be_one
from indexer.children.neighbourhood import MOST_IN_BLOCK
from indexer.children.profile import build_profile
from indexer.children.stores import Stores


@dataclass(frozen=True)
class Match:
    """Two children who may be one, the lower number first."""

    one: Child
    other: Child

    @property
    def name(self) -> str:
        return match_name(self.one.number, self.other.number)

    @property
    def why(self) -> tuple[str, ...]:
        """What speaks for and against, in words."""
        profiles = [build_profile(child.contributions) for child in (self.one, self.other)]
        return sentences(nearness(*profiles))


def match_name(*numbers: str) -> str:
    """Return the name under which two numbers are decided about."""
    return "-".join(sorted(numbers))


def find_matches(stores: Stores, children: Sequence[Child]) -> Iterator[Match]:
    """Yield each pair, of which one is among `children`, that a person should look at. Three
    requests; a search sees what was written before the last refresh. The register is asked last,
    as the gate does: nobody who is marked is in a pair."""
    members = {one.number: _members(one) for one in children}
    others = _candidates(stores, [one for some in members.values() for one in some])
    others |= {one.number: one for one in children}
    marked = stores.marks.marked(others)
    there = {number: _members(one) for number, one in others.items() if number not in marked}
    by_key = _by_key(there)
    names = {
        match_name(number, near)
        for number in members.keys() & there.keys()
        for near in _near(by_key, there[number])
        if near != number and may_be_one(there[number], there[near])
    }
    for name in sorted(names):
        one, other = name.split("-")
        yield Match(others[one], others[other])


def _members(child: Child) -> list[Member]:
    return [Member(one) for one in child.contributions]


def _keys(member: Member) -> set[str]:
    return {*member.numbers, *member.blocks}


def _candidates(stores: Stores, members: Iterable[Member]) -> dict[str, Child]:
    """Return the children with a number or a block key in common with any of these."""
    said = list(members)
    links = stores.links.read(key for member in said for key in member.numbers)
    numbers = {number for link in links.values() for number in link.children}
    blocks = set().union(*(member.blocks for member in said))
    found = stores.children.read(numbers | stores.children.sharing(sorted(blocks)))
    return {number: one.child for number, one in found.items()}


def _by_key(members: dict[str, list[Member]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number, some in members.items():
        for key in set().union(*map(_keys, some)):
            found.setdefault(key, set()).add(number)
    return found


def _near(by_key: dict[str, set[str]], members: Iterable[Member]) -> set[str]:
    """A key that very many share tells nothing, as in linking."""
    groups = [by_key[key] for member in members for key in _keys(member)]
    return set().union(*(group for group in groups if len(group) <= MOST_IN_BLOCK))
