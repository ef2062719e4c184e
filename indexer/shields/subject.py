"""Whom a shield is about: a child, by number, or a key under which one will come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from elasticsearch import Elasticsearch

from analyzers.fold import words
from analyzers.numbers import compact_number, number_kind
from indexer.children.child import PRACTITIONERS, Child, Contribution
from indexer.children.document import build_identity
from indexer.children.hidden import HiddenChildren
from indexer.children.links import Links, nhs_key, number_key, row_key, upn_key
from indexer.children.store import ChildStore
from indexer.errors import NotAllowed, NotFound, Refused
from indexer.people.actor import Actor
from indexer.shields.events import NAME_PREFIX, hidden_numbers, name_key
from indexer.shields.register import Register

MOST_NAMESAKES = 10
MOST_LOOKED_AT = 1_000
NO_SUCH_CHILD = "There is no child with this number whom your authority could shield."


@dataclass(frozen=True)
class Subject:
    """`number` is a ContactPoint number; `key` a key of `links`; else names in any order, and the
    date of birth."""

    number: str = ""
    key: str = ""
    name: str = ""
    born: date = date.min

    @property
    def waits_under(self) -> str:
        """The key by which the child is known when a row brings it; "" for a child by number."""
        if self.number or self.key:
            return self.key
        return name_key(self.name, self.born)


def subject_of(key: str) -> Subject:
    """Return whom a shield that waits under the key is about."""
    if not key.startswith(NAME_PREFIX):
        return Subject(key=key)
    _, name, born = key.split("|")
    return Subject(name=name, born=date.fromisoformat(born))


def parse_number(text: str) -> Subject:
    """Return whom a ContactPoint number, NHS number or UPN is about; raises Refused."""
    number, kind = compact_number(text), number_kind(text)
    if kind is None:
        raise Refused("this is no ContactPoint number, NHS number or UPN: look at its digits again")
    if kind == "child":
        return Subject(number=number)
    return Subject(key=nhs_key(number) if kind == "nhs" else upn_key(number))


def parse_row(text: str) -> Subject:
    """Return whom `SOURCE:SOURCE_RECORD_ID` is about; raises Refused."""
    source, _, record_id = text.partition(":")
    if not (source and record_id):
        raise Refused("row: write the source, a colon, and the record's id in that source")
    return Subject(key=row_key(source, record_id))


def parse_name(name: str, born: date) -> Subject:
    """Return whom names, in any order, and a date of birth are about; raises Refused."""
    if len(words(name)) < 2:  # noqa: PLR2004 - a given and a family name
        raise Refused("name: give the child's given and family name")
    return Subject(name=name, born=born)


def parse_subject(child: str, row: str = "", name: str = "", born: date | None = None) -> Subject:
    """Return whom one of the three is about: a number; a row; or names and a date of birth.

    Raises Refused, also if it is none of them or more than one.
    """
    if [bool(child), bool(row), bool(name or born)].count(True) != 1:
        raise Refused("say who, in one way: a number, or a row, or name and date of birth")
    if child:
        return parse_number(child)
    if row:
        return parse_row(row)
    if not (name and born):
        raise Refused("name and date of birth belong together")
    return parse_name(name, born)


class Subjects:
    """Finds the children a subject leads to."""

    def __init__(self, client: Elasticsearch, register: Register) -> None:
        self._links = Links(client)
        self._store = ChildStore(client)
        self._hidden = HiddenChildren(client)
        self._register = register

    def children(self, subject: Subject, officer: Actor) -> set[str]:
        """Return the numbers of the children whom the subject leads to now.

        Raises NotAllowed for a child of other authorities; of one who is hidden it says no more
        than of one who is not there.
        """
        numbers = self.found(subject)
        there = {number: one.child for number, one in self._store.read(numbers).items()}
        if not subject.name:
            for child in there.values():
                _refuse_unless_of(child, officer)
        if subject.number:
            hidden = self._hidden.read(numbers - there.keys())
            if not there and not self.known_to(officer, hidden):
                raise NotFound(NO_SUCH_CHILD)
        return numbers

    def known_to(self, officer: Actor, numbers: Iterable[str]) -> set[str]:
        """Return those of hidden children whom the officer may know to be there: not one whom
        another authority shields, and none of whose rows is of the officer's.

        Or whoever has an NHS number could learn of any child by setting a shield.
        """
        asked = set(numbers)
        shields = self._register.find(numbers=asked).values()
        others = hidden_numbers(one for one in shields if one.authority != officer.organisation)
        rows = {n: one.contributions for n, one in self._hidden.read(asked & others).items()}
        own = {n for n, said in rows.items() if officer.organisation in _authorities(said)}
        return (asked - others) | own

    def found(self, subject: Subject) -> set[str]:
        """Return the numbers of the children whom the subject leads to now, hidden or not; by a
        name only those who can be found."""
        if subject.number:
            return self.followed([subject.number])
        if subject.key:
            links = self._links.read([subject.key])
            return self.followed(links[subject.key].children) if links else set()
        return self._named(subject)

    def followed(self, numbers: Iterable[str]) -> set[str]:
        """Return the numbers; of children who turned out to be others, those."""
        asked = set(numbers)
        retired = self._links.read(map(number_key, asked))
        heirs = {heir for link in retired.values() for heir in link.children} - asked
        gone = {key.partition(":")[2] for key, link in retired.items() if link.children}
        return (asked - gone) | (self.followed(heirs) if heirs else set())

    def _named(self, subject: Subject) -> set[str]:
        """The children who can be found by exactly this name and date."""
        self._store.refresh()
        wanted = sorted(set(words(subject.name)))
        found = self._store.named(wanted, subject.born, MOST_LOOKED_AT)
        exact = {one.number for one in found if _is_called(one, subject)}
        if len(exact) > MOST_NAMESAKES or len(found) == MOST_LOOKED_AT:
            raise Refused(
                f"more than {MOST_NAMESAKES} children have this name and date of birth: "
                "shield the child by a number"
            )
        return exact


def _is_called(child: Child, subject: Subject) -> bool:
    names = [f"{one.given} {one.family}" for one in build_identity(child).names]
    return subject.waits_under in {name_key(name, child.facts.date_of_birth) for name in names}


def _authorities(contributions: Iterable[Contribution]) -> set[str]:
    """Return the authorities that sources know the child in. A practitioner's row has the record's
    own of the day it was written, which may be over: it counts where there is no other."""
    said = list(contributions)
    first_hand = [one for one in said if one.source != PRACTITIONERS]
    return {one.facts.authority for one in first_hand or said}


def _refuse_unless_of(child: Child, officer: Actor) -> None:
    if officer.organisation not in _authorities(child.contributions):
        raise NotAllowed(
            f"no source knows this child as one of authority {officer.organisation}: a shield "
            "officer of the child's authority must shield it"
        )
