"""Parts contributions into children: pure, and blind to the order in which they came.

Numbers join first, whatever else is said. Then likeness joins, pair by pair, those first who are
called the same, and in the order of their keys; but never two groups of which any two members
contradict each other. So the same rows make the same children, in whatever order and pieces they
are loaded.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from indexer.children.likeness import Member, RowKey, are_alike, contradict, share_number

Pair = tuple[Member, Member]


def part(children: Mapping[str, Iterable[Member]], rows: Iterable[Member]) -> list[list[Member]]:
    """Return the groups that the members of `children` and new `rows` make.

    Members of one child whom neither number nor likeness joins any more (a source corrected what
    it had said) stay together: a row keeps its child.
    """
    homes = {member.key: number for number, some in children.items() for member in some}
    members = sorted(
        {m.key: m for some in (*children.values(), rows) for m in some}.values(),
        key=lambda member: member.key,
    )
    numbers = [pair for pair in combinations(members, 2) if share_number(*pair)]
    alike = [pair for pair in combinations(members, 2) if are_alike(*pair)]
    alike.sort(key=lambda pair: pair[0].name != pair[1].name)  # of twins Harry and Henry, Harry
    groups = _Groups(members)
    for one, other in (*numbers, *_kept_together(members, homes, [*numbers, *alike])):
        groups.join(one, other)
    for one, other in alike:
        if not groups.contradict(one, other):
            groups.join(one, other)
    return groups.all()


def _kept_together(
    members: Iterable[Member], homes: Mapping[RowKey, str], joined: Iterable[Pair]
) -> list[Pair]:
    """Return pairs that hold together what stands in one child without a reason of today."""
    groups = _Groups(members)
    for one, other in joined:
        if homes.get(one.key) and homes.get(one.key) == homes.get(other.key):
            groups.join(one, other)
    firsts: dict[str, Member] = {}
    return [
        (firsts.setdefault(number, some[0]), some[0])
        for some in groups.all()
        if (number := homes.get(some[0].key)) is not None
    ]


class _Groups:
    """Sets of members that grow together."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._group_of = {member.key: [member] for member in members}

    def join(self, one: Member, other: Member) -> None:
        ours, theirs = self._group_of[one.key], self._group_of[other.key]
        if ours is not theirs:
            ours += theirs
            self._group_of.update((member.key, ours) for member in theirs)

    def contradict(self, one: Member, other: Member) -> bool:
        ours, theirs = self._group_of[one.key], self._group_of[other.key]
        return ours is not theirs and any(contradict(a, b) for a in ours for b in theirs)

    def all(self) -> list[list[Member]]:
        return list({id(group): group for group in self._group_of.values()}.values())


def give_numbers(
    groups: Iterable[list[Member]], homes: Mapping[RowKey, str]
) -> list[tuple[str | None, list[Member]]]:
    """Return each group with the number it keeps: that of most of its members, None for a new one.

    A number goes to one group alone: the one with most of those who bore it.
    """
    claims: list[tuple[int, str, int]] = []
    listed = list(groups)
    for place, group in enumerate(listed):
        counts: dict[str, int] = defaultdict(int)
        for member in group:
            if member.key in homes:
                counts[homes[member.key]] += 1
        claims += [(-count, number, place) for number, count in counts.items()]
    kept: dict[int, str] = {}
    for _, number, place in sorted(claims):
        if place not in kept and number not in kept.values():
            kept[place] = number
    return [(kept.get(place), group) for place, group in enumerate(listed)]
