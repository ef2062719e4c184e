"""The children whom the rows of a batch could be about, in memory, as the rows change them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from indexer.children.likeness import Member, RowKey, are_alike, contradict, share_number
from indexer.children.store import Stored

MOST_IN_BLOCK = 100  # children under one key; a key that more share, such as a carer's name that
# says "not known", would cost minutes and decide nothing

Members = dict[RowKey, Member]


class Neighbourhood:
    """Which contribution stands in which child, and who could be about the same child.

    `changed` are the children who differ from what is stored; `doubled` are rows that stood in two.
    """

    def __init__(self, stored: Mapping[str, Stored]) -> None:
        self.members: dict[str, Members] = {}
        self.homes: dict[RowKey, str] = {}
        self.former: dict[str, set[str]] = {}
        self.changed: set[str] = set()
        self.doubled: set[RowKey] = set()
        self._holders: dict[str, set[str]] = defaultdict(set)
        self._blocks: dict[str, set[str]] = defaultdict(set)
        self._sources: set[str] = set()
        self._not_in_blocks: list[tuple[str, Member]] = []
        for number, one in sorted(stored.items()):
            self.members[number] = {}
            self.former[number] = set(one.child.former_numbers)
            for contribution in one.child.contributions:
                self._settle(number, Member(contribution))

    def _settle(self, number: str, member: Member) -> None:
        """Put in what is stored. Two children with one row are what a load left that died while it
        moved the row from one to the other: the later one has it."""
        other = self.homes.get(member.key)
        if other is not None:
            self.changed |= {number, other}
            self.doubled.add(member.key)
            if number in self.former[other] or self._is_older(member, other):
                return
        self.put(number, member)

    def _is_older(self, member: Member, other: str) -> bool:
        twin = self.members[other][member.key]
        return member.contribution.loaded_at < twin.contribution.loaded_at

    def put(self, number: str, member: Member) -> None:
        """Let the child `number`, who may be new, have the contribution, and no other child."""
        home = self.homes.get(member.key)
        if home is not None:
            del self.members[home][member.key]
        self.members.setdefault(number, {})[member.key] = member
        self.homes[member.key] = number
        for key in member.numbers:
            self._holders[key].add(number)
        self._sources.add(member.key[0])
        self._not_in_blocks.append((number, member))

    def withdraw(self, key: RowKey) -> str | None:
        """Take a contribution out; return the child who had it."""
        number = self.homes.pop(key, None)
        if number is not None:
            del self.members[number][key]
            self.changed.add(number)
        return number

    def holds(self, number: str, key: str) -> bool:
        """Has the child a contribution with this NHS number or UPN?"""
        return any(key in member.numbers for member in self.members.get(number, {}).values())

    def holders(self, key: str) -> set[str]:
        """Return the children who have a contribution with this NHS number or UPN."""
        return {one for one in self._holders.get(key, ()) if self.holds(one, key)}

    def related(self, member: Member) -> set[str]:
        """Return the children with whom the contribution shares a number, or who are alike."""
        found = {
            number
            for key in member.numbers
            for number in self._holders.get(key, ())
            if self._any(number, member, share_number)
        }
        near = self._near(member) - found
        return found | {number for number in near if self._any(number, member, are_alike)}

    def all_related(self, numbers: set[str]) -> set[str]:
        """Return the children and all who are related to them, and to those, to the end."""
        found, new = set(numbers), set(numbers)
        while new:
            members = [member for number in new for member in self.members[number].values()]
            new = set().union(*map(self.related, members)) - found
            found |= new
        return found

    def _near(self, member: Member) -> set[str]:
        if self._sources <= {member.key[0]}:
            return set()  # rows of one source are never alike
        for number, one in self._not_in_blocks:
            for key in one.blocks:
                self._blocks[key].add(number)
        self._not_in_blocks.clear()
        there = [self._blocks[key] for key in member.blocks if key in self._blocks]
        return set().union(*[numbers for numbers in there if len(numbers) <= MOST_IN_BLOCK])

    def _any(self, number: str, member: Member, is_so: Callable[[Member, Member], bool]) -> bool:
        others = self.members[number].values()
        return any(is_so(member, one) for one in others if one.key != member.key)

    def is_at_home(self, member: Member, numbers: Iterable[str]) -> bool:
        """Would nothing contradict it in any of these children, but what shares its number?"""
        others = [one for number in numbers for one in self.members[number].values()]
        return not any(
            contradict(member, one) and not share_number(member, one)
            for one in others
            if one.key != member.key
        )
