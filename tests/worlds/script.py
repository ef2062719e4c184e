"""What happens in every world alike: rounds of one feed and eight dozen questions, by Hypothesis.

The questions are biased to the hidden: their names as typists spoil them, dates, postcodes,
numbers, their siblings and namesakes, and what lies on the next page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.benchmarks.corrupt import one_edit, one_edit_each
from tests.worlds.cast import CENSUS, SWARM_WORD, Cast, Person, Row

QUESTIONS, CHANGES = 96, 32
"""Of one round: so a third of the cases change something."""
PEOPLE = ("pat", "pat", "dana")  # a practitioner and a data manager
T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """One thing done by somebody: `way` is one of tests/worlds/ways.py.

    `text` is what is typed; `person` a place in the cast of hidden children, whose number is asked
    for where a way takes one; `rows` a feed of `source`; `is_near` says that rows like hidden
    children were loaded, of which some may be held.
    """

    name: str
    way: str
    user: str = "pat"
    text: str = ""
    person: int = 0
    source: str = CENSUS
    rows: tuple[Row, ...] = ()
    is_near: bool = False

    @property
    def is_question(self) -> bool:
        return self.way in WAYS_TO_ASK


@dataclass(frozen=True)
class Drawn:
    """What Hypothesis decided of one question: everything else follows from it."""

    person: int
    chance: int
    free: str

    def draws(self, name: str) -> Random:
        """Return the chance of one step: Hypothesis likes to say the same again."""
        return Random(f"{self.chance} {name}")


def draw(strategy: st.SearchStrategy[T], count: int, of: int) -> list[T]:
    """Return so many values; the same seed gives the same."""
    found: list[T] = []

    @seed(of)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(value: T) -> None:
        found.append(value)

    keep()
    return found


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs"])
DRAWN = st.builds(
    Drawn,
    person=st.integers(0, 10**6),
    chance=st.integers(0, 10**9),
    free=st.text(LETTERS, max_size=30),
)

Form = Callable[[Person, Random], str]


def _date(one: Person, chance: Random) -> str:
    born = one.born
    ways = (
        str(born.year), born.isoformat(), f"{born:%d/%m/%Y}", f"{born:%B %Y}", f"{born:%m/%d/%Y}"
    )  # fmt: skip
    return chance.choice(ways)


FORMS: tuple[Form, ...] = (
    lambda one, _: f"{one.given} {one.family}",
    lambda one, chance: f"{one.family} {one.given} {_date(one, chance)}",
    lambda one, chance: one_edit_each(f"{one.given} {one.family}", chance),
    lambda one, chance: f"{one_edit_each(f'{one.given} {one.family}', chance)} {one.born.year}",
    lambda one, chance: f"{one_edit(one.given, chance)} {one.family} {_date(one, chance)}",
    lambda one, chance: f"{one.given} {one_edit(one.family, chance)} {one.postcode}",
    lambda one, _: f"{one.given[:3]} {one.family[:4]} {one.postcode.split()[0]}",
    lambda one, chance: f"{one.family} {_date(one, chance)}",
    lambda one, _: f"{one.family} {one.postcode}",
    lambda one, _: f"{one.known_as or one.given} {one.family}",
    lambda one, _: f"{one.given[0]} {one.family} {one.born.isoformat()}",
    lambda one, _: one.nhs,
    lambda one, _: one.upn,
    lambda one, chance: one_edit(one.family, chance),
)
WAYS_TO_ASK = (
    *("find",) * 24,
    *("answers-a-batch", "searches", "searches-and-reads-on", "opens-a-found-one"),
    *("opens-by-number", "opens-by-seal", "searches-at-the-keyboard", "shows-at-the-keyboard"),
)
FIRST, LAST = ("comes-in", "looks-around", "works-with", "comes-in-wrongly"), ("goes-out",)
"""Once a round, before and after the questions."""
LOADS, REINDEX = "loads", "builds-anew"
NEAR = "social-care-359"  # the source of rows that are near hidden children


def question(cast: Cast, drawn: Drawn, name: str) -> Step:
    """Return the question: three in four about a hidden child, one in six about somebody near."""
    chance, person = drawn.draws(name), drawn.person % len(cast.hidden)
    kind = chance.randrange(12)
    about = chance.choice(cast.near[person]) if kind in {9, 10} else cast.hidden[person]
    text = chance.choice(FORMS)(about, chance) if kind < 11 else drawn.free
    return Step(name, chance.choice(WAYS_TO_ASK), chance.choice(PEOPLE), text, person)


class _Feeds:
    """Feeds of rows that are there, are no more, or are new, none of them of a hidden child."""

    def __init__(self, cast: Cast, of: int) -> None:
        self._cast, self._chance, self._new = cast, Random(of), 0
        doubles = {one.ident for one in cast.doubles}
        self._there = {one.ident: one for one in cast.visible if one.ident not in doubles}
        self._gone: dict[str, Person] = {}

    def feed(self, changes: Sequence[Drawn], name: str) -> tuple[Row, ...]:
        """A dozen rows, each of another record."""
        rows = [self._change(one.draws(f"{name} {n}")) for n, one in enumerate(changes)]
        return tuple({row["source_record_id"]: row for row in rows}.values())

    def _change(self, chance: Random) -> Row:
        kinds = (self._say_more, self._say_more, self._say_again, self._add, self._leave, self._err)
        return chance.choice(kinds)(chance)

    def _say_more(self, chance: Random) -> Row:
        """Another name, but none by which somebody could be a hidden child."""
        person = chance.choice(list(self._there.values()))
        row = person.row(upn=person.upn, known_as=chance.choice(("Bee", "Jay", "Kit")))
        return self._say_again(chance) if self._cast.suspects.has(row) else row

    def _say_again(self, chance: Random) -> Row:
        person = chance.choice([*self._there.values(), *self._cast.doubles])
        return person.row(upn=person.upn)

    def _add(self, chance: Random) -> Row:
        """One who comes back, or one who is new."""
        if self._gone and chance.random() < 0.5:
            _, person = self._gone.popitem()
        else:
            person = self._newcomer(chance.choice(self._cast.others))
        self._there[person.ident] = person
        return person.row(upn=person.upn)

    def _newcomer(self, other: Person) -> Person:
        """Somebody like this one, born another day, whom nobody takes for a hidden child."""
        while True:
            self._new += 1
            place, born = other.place + 5_000 + 7 * self._new, other.born + timedelta(self._new)
            person = replace(other, ident=f"N{self._new}", place=place, born=born)
            if not self._cast.suspects.has(person.row()):
                return person

    def _leave(self, chance: Random) -> Row:
        person = chance.choice(list(self._there.values()))
        del self._there[person.ident]
        self._gone[person.ident] = person
        return {"source_record_id": person.ident, "withdrawn": True}

    def _err(self, chance: Random) -> Row:
        wrong = ({"shielded": True}, {"date_of_birth": "1999-01-01"}, {"authority": "Wigan"})
        return self._say_again(chance) | chance.choice(wrong)


def near_rows(cast: Cast, drawn: Sequence[Drawn], of: str) -> tuple[Row, ...]:
    """Return rows that are about hidden children, or nearly: misspelt copies without a number or
    with another child's, new siblings, and visible children who take a hidden one's number."""
    found = {}
    for place, one in enumerate(drawn):
        chance, person = one.draws(f"{of} {place}"), cast.hidden[one.person % len(cast.hidden)]
        wrong = one_edit_each(f"{person.given} {person.family}", chance).title().rpartition(" ")
        bare = {"nhs_number": None, "source_record_id": f"{of}-{place}", "known_as": None}
        near = cast.near[one.person % len(cast.near)]
        rows = (
            person.row(**bare, given_names=wrong[0], family_name=wrong[2]),
            person.row(**bare, given_names=chance.choice(cast.others).given),
            person.row(**bare),
            near[0].row(nhs_number=person.nhs),
            near[-1].row(address=person.row()["address"]),
        )
        row = chance.choice(rows)
        found[row["source_record_id"]] = row
    return tuple(found.values())


def make_rounds(cast: Cast, cases: int, of: int, *, near: bool = False) -> list[Step]:
    """Return the steps of so many cases; with `near`, their feeds are like the hidden children."""
    rounds = max(1, cases // QUESTIONS)
    drawn = iter(draw(DRAWN, rounds * (QUESTIONS + CHANGES), of))
    feeds, steps = _Feeds(cast, of), []
    for place in range(rounds):
        changes, name = list(islice(drawn, CHANGES)), f"{'near' if near else 'round'} {of} {place}"
        rows = near_rows(cast, changes, f"Q{place}") if near else feeds.feed(changes, name)
        steps.append(Step(f"{name} feed", LOADS, source=NEAR if near else CENSUS, rows=rows))
        steps += [Step(f"{name} {way}", way) for way in FIRST]
        steps.append(Step(f"{name} swarm", "find", text=f"{SWARM_WORD} {2010 + place % 14}"))
        steps += [
            question(cast, one, f"{name} question {n}")
            for n, one in enumerate(islice(drawn, QUESTIONS))
        ]
        steps += [Step(f"{name} {way}", way) for way in LAST]
    return [replace(step, is_near=near) for step in steps]


def make_script(cast: Cast, cases: int, of: int) -> list[Step]:
    """Return rounds of so many cases, a reindex and another round, and a round in which feeds are
    near the hidden children."""
    return [
        *make_rounds(cast, cases, of),
        Step("builds anew", REINDEX),
        *make_rounds(cast, QUESTIONS, of + 1),
        *make_rounds(cast, QUESTIONS, of + 2, near=True),
    ]


def all_ways() -> set[str]:
    """Return every way that a script goes."""
    return {LOADS, REINDEX, *FIRST, *LAST, *WAYS_TO_ASK}
