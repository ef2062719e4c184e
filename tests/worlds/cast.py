"""Who lives in the worlds: shielded children, and around each those who could give them away."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import combinations, product
from random import Random
from typing import Any

from analyzers.sounds import sound_alike
from analyzers.tiers import edit_tokens
from analyzers.two_edits import without_two
from indexer.invented.numbers import nhs_number, upn
from indexer.invented.tables import rows as table
from tests.benchmarks.corrupt import one_edit
from tests.worlds.suspects import Suspects

HOUSEHOLDS, OTHERS = 24, 60
CROWDS = (24, 64, 200)
"""Visible children of one name, born in one year: with one more the answer would be another, for it
is at these numbers that a search asks for more, and gives up (webapp/search/query.py)."""
DOUBLED = (1, 2, 4, 5)
"""Hidden children who have a namesake of the same birthday, at another place: the namesake's rows
are held, and an officer says that it is another child."""
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
AUTHORITIES = ("359", "383", "302")
CENSUS, DOCTORS = "school-census", "gp-registration"
SWARM_WORD, SWARM = "bolgat", 240
"""A typed word, and how many visible children have family names with two other letters: a search
that tries no more than a hundred of them must not let a deleted name take a place."""
HOME = ("postcode", "carer")
MEETINGS = (edit_tokens, without_two)
MOST_ROWS = 900  # of one load: with fewer than a batch, nothing hangs on which batch was first

Row = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """`ident` is the record's id in every source; `place` makes the numbers unlike all others."""

    ident: str
    place: int
    given: str
    family: str
    born: date
    postcode: str
    carer: str
    known_as: str = ""

    @property
    def nhs(self) -> str:
        return nhs_number(self.place)

    @property
    def upn(self) -> str:
        return upn(self.place, AUTHORITIES[self.place % 3], self.born.year)

    def row(self, **more: Any) -> Row:
        """What a source says of the person."""
        said = {
            "source_record_id": self.ident,
            "given_names": self.given,
            "family_name": self.family,
            "known_as": self.known_as or None,
            "date_of_birth": self.born.isoformat(),
            "sex": ("female", "male")[self.place % 2],
            "nhs_number": self.nhs,
            "address": {
                "lines": [f"House {self.postcode}"],
                "town": "Wigan",
                "postcode": self.postcode,
            },
            "authority": AUTHORITIES[self.place % 3],
            "carers": [{"name": self.carer, "relationship": "mother"}],
        } | more
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True)
class Cast:
    """`hidden[i]` is or will be shielded; `near[i]` are the visible children around that one: at
    home and elsewhere, or the crowd or the swarm of which it is one. Rows of the visible are held
    of `doubles` alone."""

    hidden: tuple[Person, ...]
    near: tuple[tuple[Person, ...], ...]
    others: tuple[Person, ...]
    suspects: Suspects

    @property
    def doubles(self) -> tuple[Person, ...]:
        """The namesakes born on the same day."""
        return tuple(self.near[place][-1] for place in DOUBLED)

    @property
    def visible(self) -> tuple[Person, ...]:
        return (*(one for some in self.near for one in some), *self.others)

    def rows(self, people: tuple[Person, ...]) -> dict[str, list[Row]]:
        """What the two sources say of these people: the census of all, the doctors of some."""
        return {
            CENSUS: [one.row(upn=one.upn) for one in people],
            DOCTORS: [one.row() for one in people if one.place % 3],
        }


class _Casting:
    """Draws people; the same seed gives the same cast."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self._given = [one["name"] for one in table("given_names")]
        self._family = [one["name"] for one in table("family_names")]
        self._seed, self._count = seed, 0
        self.suspects = Suspects()

    def place(self) -> int:
        self._count += 1
        return self._seed % 1_000 * 10_000 + self._count

    def person(self) -> Person:
        place, chance = self.place(), self.chance
        inward = f"{chance.randrange(10)}{chance.choice(INWARD)}{chance.choice(INWARD)}"
        return Person(
            ident=f"R{place}",
            place=place,
            given=chance.choice(self._given),
            family=chance.choice(self._family),
            born=date(2010, 1, 1) + timedelta(days=chance.randrange(5_000)),
            postcode=f"WN{1 + chance.randrange(8)} {inward}",
            carer=f"{chance.choice(self._given)} {chance.choice(self._family)}",
            known_as=chance.choice(("", "", chance.choice(self._given))),
        )

    def like(self, person: Person, **changes: Any) -> Person:
        """Another person who has some things in common with this one."""
        place = self.place()
        said = {"known_as": "", **changes}
        return replace(person, ident=f"R{place}", place=place, **said)

    def clear(self, drawn: Callable[[], Person]) -> Person:
        """Draw until it is somebody whom nobody could take for a hidden child."""
        while self.suspects.has((person := drawn()).row()):
            pass
        return person

    def hidden(self, drawn: Callable[[], Person]) -> Person:
        """Draw a hidden child, unlike the hidden so far."""
        person = self.clear(drawn)
        self.suspects.learn(person.ident, person.row())
        return person

    def around(self, person: Person) -> tuple[Person, ...]:
        """A sibling, a twin, a namesake and one whose name differs by a letter."""

        def like(*fields: str, **changes: Any) -> Person:
            other = self.person()
            taken = {name: getattr(other, name) for name in fields}
            return self.like(person, **taken, **changes)

        wrong = one_edit(person.given, self.chance).title()
        return (
            self.clear(lambda: like("given", "born")),
            self.clear(lambda: like("given")),
            self.clear(lambda: like("born", *HOME)),
            self.clear(lambda: like("born", *HOME, given=wrong)),
        )

    def double(self, person: Person) -> Person:
        """A namesake born on the same day, elsewhere."""
        other = self.person()
        found = self.like(person, postcode=other.postcode, carer=other.carer)
        assert self.suspects.has(found.row())
        return found

    def crowd(self, first: Person, size: int) -> tuple[Person, ...]:
        """Children whom a question tells apart by their birthday alone."""

        def namesake() -> Person:
            other, born = self.person(), first.born.replace(month=1, day=1)
            born += timedelta(days=self.chance.randrange(365))
            return self.like(first, born=born, postcode=other.postcode, carer=other.carer)

        return tuple(self.clear(namesake) for _ in range(size))

    def bland(self, **said: str) -> Person:
        """Somebody who is called by the first name alone."""
        return replace(self.person(), known_as="", **said)

    def swarm_names(self) -> list[str]:
        """Names like the word; the first stands before all others in the alphabet."""
        names = [
            "".join(with_letters(SWARM_WORD, {first: one, second: other}))
            for first, second in combinations(range(len(SWARM_WORD)), 2)
            for one, other in product("bcdfghjklmnprstvwxz", repeat=2)
        ]
        unlike = sorted({one for one in names if is_found_by_rescue_alone(one)})
        return ["aolaat", *self.chance.sample(unlike, SWARM)]


def is_found_by_rescue_alone(name: str) -> bool:
    """Does the name neither sound like the word, nor meet it by a letter left out?"""
    is_met = any(set(edit_tokens(name)) & set(tokens(SWARM_WORD)) for tokens in MEETINGS)
    return not is_met and not sound_alike(name, SWARM_WORD)


def with_letters(word: str, letters: dict[int, str]) -> list[str]:
    """Return the letters of the word with others at some places."""
    return [letters.get(place, letter) for place, letter in enumerate(word)]


def make_cast(seed: int) -> Cast:
    """Return the children of one seed: households, crowds, a swarm of children who have nothing in
    common but a family name like one word, and others who have nothing to do with the hidden."""
    casting = _Casting(seed)
    first, *names = (name.title() for name in casting.swarm_names())
    homes = [casting.hidden(casting.person) for _ in range(HOUSEHOLDS)]
    heads = [casting.hidden(casting.bland) for _ in CROWDS]
    alone = casting.hidden(lambda: casting.bland(family=first))
    near = [casting.around(one) for one in homes]
    for place in DOUBLED:
        near[place] = (*near[place], casting.double(homes[place]))
    near += [casting.crowd(one, size) for one, size in zip(heads, CROWDS, strict=True)]
    near.append(tuple(casting.clear(partial(casting.bland, family=name)) for name in names))
    others = tuple(casting.clear(casting.person) for _ in range(OTHERS))
    return Cast((*homes, *heads, alone), tuple(near), others, casting.suspects)
