"""All that is known of all shielded children, in memory, so that every row can be compared.

A row is compared in full with the few children who have something in common with it by which the
comparison could reach its limit at all: that these five ways are all there are is proven from the
weights by tests/unit/test_near_index.py.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from threading import Lock
from typing import NamedTuple

import msgspec

from analyzers.closeness import swapped
from analyzers.compare.nearness import Nearness, born_kind, nearness
from analyzers.fold import words
from analyzers.identity import PersonName
from analyzers.profile import Profile
from analyzers.tiers import joins_of
from indexer.shields.vocabulary import Postings, Vocabulary

CLOSE_DATES = frozenset({"same", "swapped", "digit"})
_PACKER = msgspec.msgpack.Encoder()
_UNPACKER = msgspec.msgpack.Decoder(Profile)

UNNAMED = "0"  # in place of a given name: two who have none are as if of one name

Places = frozenset[int]
Asked = Callable[[str], Places]


class Near(NamedTuple):
    """A shielded child whom a row may be about: by its ContactPoint number, or, if it has not come
    yet, by the name of the shield that awaits it."""

    child: str
    nearness: Nearness


class NearIndex:
    """Made once a load. Children are kept packed: 55,000 of them take some 100 MB."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._places: dict[str, int] = {}
        self._children: list[tuple[str, bytes]] = []
        self._words: list[tuple[int, ...]] = []
        self._vocabulary = Vocabulary()
        self._by_key, self._by_date = Postings(), Postings()

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._places))

    def __contains__(self, child: str) -> bool:
        return child in self._places

    def learn(self, child: str, profile: Profile) -> None:
        """Let the child be known by this too."""
        with self._lock:
            place = self._places.get(child)
            if place is None:
                place = len(self._children)
                self._children.append((child, b""))
                self._words.append(())
            else:
                profile = self._profile(place).united(profile)
            self._add(place, profile)
            self._places[child] = place  # last: from now on it can be found

    def forget(self, child: str) -> None:
        """The child is shielded no more."""
        self._places.pop(child, None)

    def near(self, row: Profile) -> list[Near]:
        """Return the children whom the row may be about, the nearest first."""
        found = [
            Near(child, nearness(row, _UNPACKER.decode(packed)))
            for child, packed in map(self._children.__getitem__, self.candidates(row))
            if child in self._places
        ]
        return sorted((one for one in found if one.nearness.is_near), key=_nearest_first)

    def candidates(self, row: Profile) -> set[int]:
        """Return the places of all children whom the row could be near to, and of a few more."""
        found = {place for key in _keys(row) for place in self._by_key.under(key)}
        days = {day for born in row.dates for day in (born, *swapped(born))}
        there = [place for day in days for place in self._by_date.under(day.isoformat())]
        cared_for = [place for one in row.carers for place in self._by_key.under(_carer_key(one))]
        words_of = self._vocabulary
        for name in row.names:
            found.update(self._meeting(there, name, words_of.related))
            found.update(self._meeting(cared_for, name, words_of.same))
        found.update(place for place in cared_for if self._is_close(row.dates, place))
        return found

    def _meeting(self, places: Sequence[int], name: PersonName, asked: Asked) -> Sequence[int]:
        """Return those who have a word for the given name, and one for the family name; some of
        them twice."""
        for text in (name.given, name.family):
            if not places:
                break
            known = self._words
            places = [
                place
                for some in self._asked(text, asked)
                for place in places
                if not some.isdisjoint(known[place])
            ]
        return places

    def _asked(self, text: str, asked: Asked) -> list[Places]:
        """Return the words that each word of a name is taken for, and all of it written in one."""
        if not text:
            return [self._vocabulary.whole([UNNAMED])]
        said = words(text)
        found = [asked(word) for word in said]
        if len(said) > 1:
            found.append(self._vocabulary.whole(joins_of(said)))
        return [one for one in found if one]

    def _is_close(self, dates: Iterable[date], place: int) -> bool:
        theirs = self._profile(place).dates
        return any(born_kind(a, b) in CLOSE_DATES for a in dates for b in theirs)

    def _profile(self, place: int) -> Profile:
        return _UNPACKER.decode(self._children[place][1])

    def _add(self, place: int, profile: Profile) -> None:
        said = dict.fromkeys(
            number
            for name in profile.names
            for text in (name.given or UNNAMED, name.family)
            if text
            for number in self._vocabulary.add(text)
        )
        self._words[place] = tuple(said)
        for key in (*_keys(profile), *map(_carer_key, profile.carers)):
            self._by_key.add(key, place)
        for day in profile.dates:
            self._by_date.add(day.isoformat(), place)
        self._children[place] = (self._children[place][0], _PACKER.encode(profile))


def _keys(profile: Profile) -> Iterator[str]:
    yield from profile.numbers
    for place in profile.places:
        yield f"place:{place}"


def _carer_key(carer: str) -> str:
    return f"carer:{carer}"


def _nearest_first(near: Near) -> tuple[float, str]:
    return (-near.nearness.score, near.child)
