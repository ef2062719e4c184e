"""Who lives in the worlds: shielded children, and around each those who could give them away."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, product
from random import Random
from typing import Any

from analyzers.sounds import sound_alike
from analyzers.tiers import edit_tokens
from analyzers.two_edits import without_two
from indexer.invented.numbers import nhs_number, upn
from indexer.invented.tables import rows as table
from tests.benchmarks.corrupt import one_edit

HOUSEHOLDS, OTHERS = 40, 60
CROWDS = (24, 64, 200)
"""Visible children of one name and birthday: with one more the answer would be another, for it is
at these numbers that a search asks for more, and gives up (webapp/search/query.py)."""
AUTHORITIES = ("359", "383", "302")
CENSUS, DOCTORS = "school-census", "gp-registration"
SWARM_WORD, SWARM = "bolgat", 240
"""A typed word, and how many visible children have family names with two other letters: a search
that tries no more than a hundred of them must not let a deleted name take a place."""
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
            "address": {"lines": ["1 High Street"], "town": "Wigan", "postcode": self.postcode},
            "authority": AUTHORITIES[self.place % 3],
            "carers": [{"name": self.carer, "relationship": "mother"}],
        } | more
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True)
class Cast:
    """`hidden[i]` is or will be shielded; `near[i]` are the visible children around that one: at
    home and elsewhere, or the crowd or the swarm of which it is one."""

    hidden: tuple[Person, ...]
    near: tuple[tuple[Person, ...], ...]
    others: tuple[Person, ...]

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

    def place(self) -> int:
        self._count += 1
        return self._seed % 1_000 * 10_000 + self._count

    def person(self) -> Person:
        place, chance = self.place(), self.chance
        inward = f"{chance.randrange(10)}{chance.choice('AB')}{chance.choice('DEFG')}"
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

    def around(self, person: Person) -> tuple[Person, ...]:
        """A sibling, a twin, a namesake and one whose name differs by a letter."""
        elsewhere, other = self.person(), self.person()
        home = {"postcode": elsewhere.postcode, "carer": elsewhere.carer}
        wrong = one_edit(person.given, self.chance).title()
        return (
            self.like(person, given=other.given, born=other.born),
            self.like(person, given=elsewhere.given),
            self.like(person, born=other.born, **home),
            self.like(person, given=wrong, born=elsewhere.born, **home),
        )

    def crowd(self, size: int) -> tuple[Person, ...]:
        """Children whom no question tells apart."""
        first = replace(self.person(), known_as="")
        homes = [self.person() for _ in range(size)]
        return tuple(self.like(first, postcode=one.postcode, carer=one.carer) for one in homes)

    def swarm(self) -> tuple[Person, ...]:
        """Children who have nothing in common but a family name like the word; the first of them
        stands before all others in the alphabet."""
        names = [
            "".join(with_letters(SWARM_WORD, {first: one, second: other}))
            for first, second in combinations(range(len(SWARM_WORD)), 2)
            for one, other in product("bcdfghjklmnprstvwxz", repeat=2)
        ]
        unlike = sorted({one for one in names if is_found_by_rescue_alone(one)})
        family = ["aolaat", *self.chance.sample(unlike, SWARM)]
        return tuple(replace(self.person(), family=one.title(), known_as="") for one in family)


def is_found_by_rescue_alone(name: str) -> bool:
    """Does the name neither sound like the word, nor meet it by a letter left out?"""
    is_met = any(set(edit_tokens(name)) & set(tokens(SWARM_WORD)) for tokens in MEETINGS)
    return not is_met and not sound_alike(name, SWARM_WORD)


def with_letters(word: str, letters: dict[int, str]) -> list[str]:
    """Return the letters of the word with others at some places."""
    return [letters.get(place, letter) for place, letter in enumerate(word)]


def make_cast(seed: int) -> Cast:
    """Return the children of one seed: households, crowds, and others who have nothing to do with
    any of the hidden."""
    casting = _Casting(seed)
    hidden = [casting.person() for _ in range(HOUSEHOLDS)]
    near = [casting.around(one) for one in hidden]
    for size in CROWDS:
        equals = casting.crowd(size + 1)
        hidden.append(equals[0])
        near.append(equals[1:])
    swarm = casting.swarm()
    hidden.append(swarm[0])
    near.append(swarm[1:])
    others = [casting.person() for _ in range(OTHERS)]
    return Cast(tuple(hidden), tuple(near), tuple(others))
