"""An invented child who is shielded for ever: if any kind of question finds it, nobody is safe.

Before a build is published the canary is written into it the way children are. The register knows
its mark, so it must be gone again at once.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, get_args

from msgspec.structs import replace

from analyzers.clauses import number_clause
from analyzers.identity import Born, Identity, PersonName
from analyzers.numbers import number_kind
from analyzers.stages import Stage, build_query
from indexer.children.child import Address, Contribution, Facts, FormerName
from indexer.children.combine import combine
from indexer.children.store import Stored

NUMBER, FORMER_NUMBER = "999999999999", "999999999985"  # a marked number is never drawn
BIRTHDAY, SWAPPED = date(2020, 3, 2), date(2020, 2, 3)
YEAR = Born(date(2020, 1, 1), date(2020, 12, 31))
POSTCODE = "ZZ99 3VZ"  # the NHS's for "no fixed abode": nobody lives there
NHS_NUMBER, UPN = "9990000018", "M359000000000"

QUESTIONS = {
    "exact": "alexandra quillfeather",
    "known as": "posy quillfeather",
    "former name": "alexandra thornbury",
    "kin": "alexa quillfeather",
    "prefix": "alexan quillf",
    "joined": "alexandramarie quillfeather",
    "split": "alexandra quill feather",
    "edits": "alexandra quilfeather",
    "sounds": "aleksandra kwilfether",
    "initial": "a quillfeather",
    "two edits": "alexandra qulfether",
    "one word": "alexandraquillfeather",
    "rare of two": "james quillfeather",
    "contactpoint number": NUMBER,
    "former number": FORMER_NUMBER,
    "nhs number": NHS_NUMBER,
    "upn": UPN,
}
"""Every kind of question, each by one that would find the canary."""


def canary(now: datetime) -> Stored:
    """Return the child, with a revision later than all with which it was ever written or hidden."""
    facts = Facts(
        family_name="Quillfeather",
        date_of_birth=BIRTHDAY,
        authority="000",
        given_names="Alexandra Marie",
        known_as="Posy",
        former_names=(FormerName("Alexandra", "Thornbury"),),
        sex="female",
        nhs_number=NHS_NUMBER,
        upn=UPN,
        address=Address(("1 Nowhere Lane",), "Nowhere", POSTCODE),
    )
    child = combine(NUMBER, [Contribution("canary", "1", now.isoformat(), facts)])
    child = replace(child, former_numbers=(FORMER_NUMBER,))
    return Stored(child, int(now.timestamp() * 1_000_000))


def queries() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each kind of question as the gate would ask it, but for the filter that hides."""
    for kind, typed in QUESTIONS.items():
        if number := number_kind(typed):
            yield kind, number_clause(typed, number)
            continue
        for born in (None, YEAR, Born(BIRTHDAY, BIRTHDAY), Born(SWAPPED, SWAPPED)):
            asked = Identity(names=(PersonName(typed, use="typed"),), born=born)
            for stage in get_args(Stage):
                if query := build_query(asked, stage):
                    yield kind, query
