"""Who may be a brother, a sister or a twin, among children who can be found anyway. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from analyzers.blocks import carer_name
from analyzers.fold import fold
from analyzers.postcodes import parse_postcode
from indexer.children.child import Child
from webapp.search.answer import Sibling

NEXT_DAY = timedelta(days=1)  # twins may be born on either side of midnight
MOST_NAMED = 12  # more are a hostel or a home, and no family


def find_siblings(children: Sequence[Child]) -> tuple[Sibling, ...]:
    """Return those of the later children who share a home with the first, the eldest first.

    None where they are more than a family: a children's home is no kinship, and nobody's secret is
    safe among thirty names.
    """
    if not children:
        return ()
    child, *others = children
    found = sorted(
        (one for one in others if share_home(child, one)),
        key=lambda one: (one.facts.date_of_birth, one.number),
    )
    return tuple(_sibling(child, one) for one in found) if len(found) <= MOST_NAMED else ()


def twins_among(children: Sequence[Child]) -> frozenset[str]:
    """Return the numbers of children of whom another has the same family name, day of birth and
    home, and another given name."""
    days = Counter([child.facts.date_of_birth for child in children])
    homes: dict[tuple[date, str, str], list[Child]] = defaultdict(list)
    for child in children:
        postcode = _postcode(child) if days[child.facts.date_of_birth] > 1 else ""
        if postcode:
            family = fold(child.facts.family_name)
            homes[child.facts.date_of_birth, family, postcode].append(child)
    few = (some for some in homes.values() if len(some) <= MOST_NAMED)
    return frozenset(
        one.number for some in few for one in some if any(_are_twins(one, other) for other in some)
    )


def share_home(one: Child, other: Child) -> bool:
    """Have they one whole postcode, and there the first line of the address or a carer in common?

    Where neither says more than the postcode, the family name must be the same.
    """
    if not _postcode(one) or _postcode(one) != _postcode(other):
        return False
    if _carers(one) & _carers(other):
        return True
    lines = _line(one), _line(other)
    is_same_name = fold(one.facts.family_name) == fold(other.facts.family_name)
    return lines[0] == lines[1] if all(lines) else is_same_name


def _are_twins(one: Child, other: Child) -> bool:
    return fold(one.facts.given_names) != fold(other.facts.given_names) and share_home(one, other)


def _sibling(child: Child, other: Child) -> Sibling:
    facts = other.facts
    apart = abs(facts.date_of_birth - child.facts.date_of_birth)
    return Sibling(
        child=other.number,
        given_names=facts.given_names,
        family_name=facts.family_name,
        date_of_birth=facts.date_of_birth,
        is_twin=apart <= NEXT_DAY,
    )


def _postcode(child: Child) -> str:
    """Return the whole postcode of the address; "" where there is none, or only a part."""
    address = child.facts.address
    postcode = parse_postcode(address.postcode) if address else None
    return str(postcode) if postcode and postcode.inward else ""


def _line(child: Child) -> str:
    """Return the letters and digits of the first line: names are folded without their digits."""
    address = child.facts.address
    first = address.lines[0].casefold() if address and address.lines else ""
    return "".join(filter(str.isalnum, first))


def _carers(child: Child) -> frozenset[str]:
    return frozenset(carer_name(one.name) for one in child.facts.carers) - {""}
