"""Which source told us what of a child, and where that differs from the head of the record."""

from dataclasses import dataclass
from datetime import date

from analyzers.fold import fold
from indexer.children.child import PRACTITIONERS, Child, Contribution, Facts
from indexer.children.headline import is_not_yet_named
from webapp.pages.words import day, grouped, in_words, source_words

SAID_SEXES = ("female", "male")


@dataclass(frozen=True)
class Told:
    """One source's last row: when it was loaded, and what it has otherwise than the record."""

    source: str
    loaded_at: str
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Death:
    """`sources` may be empty: a sensitive service is not named."""

    day: date
    sources: tuple[str, ...]


def build_told(child: Child) -> tuple[Told, ...]:
    """Return what each source that may be named says."""
    return tuple(
        Told(source_words(one.source), one.loaded_at, tuple(_differences(one.facts, child.facts)))
        for one in _at_first_hand(child)
    )


def build_disagreements(child: Child) -> tuple[str, ...]:
    """Return a sentence for each other name and date of birth that a source has: what a reader
    must know before taking this for the right child."""
    sources: dict[str, list[str]] = {}
    for one in _at_first_hand(child):
        for words in _doubts(one.facts, child.facts):
            sources.setdefault(words, []).append(source_words(one.source))
    return tuple(
        f"{joined(tuple(names))} {'has' if len(names) == 1 else 'have'} {words}"
        for words, names in sources.items()
    )


def build_death(child: Child) -> Death | None:
    """Return when the child died and who told us; None of a child who lives."""
    died = child.facts.date_of_death
    if not died:
        return None
    told = [one.source for one in child.contributions if one.facts.date_of_death == died]
    return Death(died, tuple(dict.fromkeys(map(source_words, told))))


def _at_first_hand(child: Child) -> list[Contribution]:
    """Leave out practitioners: name and date of birth are a copy, and what they say of themselves
    stands among the contacts."""
    told = [one for one in child.contributions if one.source != PRACTITIONERS]
    return told or list(child.contributions)


def joined(names: tuple[str, ...]) -> str:
    """Return the names, each once, as a sentence lists them."""
    once = list(dict.fromkeys(names))
    return " and ".join([", ".join(once[:-1]), once[-1]] if once[1:] else once)


def _differences(said: Facts, head: Facts) -> list[str]:
    found = [f"the name {_name(said)}"] if _folded(said) != _folded(head) else []
    found += [
        f"the {what} {words}"
        for what, words, is_other in (
            ("name in use", said.known_as, fold(said.known_as) != fold(head.known_as)),
            ("date of birth", day(said.date_of_birth), said.date_of_birth != head.date_of_birth),
            ("date of death", _day(said.date_of_death), said.date_of_death != head.date_of_death),
            ("sex", _sex(said), said.sex != head.sex),
            ("postcode", _postcode(said), _postcode(said) != _postcode(head)),
            ("NHS number", grouped(said.nhs_number), said.nhs_number != head.nhs_number),
            ("unique pupil number", said.upn, said.upn != head.upn),
        )
        if words and is_other
    ]
    return found


def _doubts(said: Facts, head: Facts) -> list[str]:
    """A middle name more or less is no doubt, nor a child who had no name yet."""
    doubts = [f"the name {_name(said)}"] if _is_other_name(said, head) else []
    if said.date_of_birth != head.date_of_birth:
        doubts.append(f"the date of birth {day(said.date_of_birth)}")
    return doubts


def _is_other_name(said: Facts, head: Facts) -> bool:
    if fold(said.family_name) != fold(head.family_name):
        return True
    if is_not_yet_named(said.given_names):
        return False
    return _first_word(said.given_names) not in {
        _first_word(head.given_names),
        _first_word(head.known_as),
    }


def _first_word(text: str) -> str:
    return fold(text).partition(" ")[0]


def _folded(facts: Facts) -> tuple[str, str]:
    return fold(facts.given_names), fold(facts.family_name)


def _name(facts: Facts) -> str:
    return f"{facts.given_names} {facts.family_name}".strip()


def _day(value: date | None) -> str:
    return day(value) if value else ""


def _sex(facts: Facts) -> str:
    return in_words(facts.sex, "sex").lower() if facts.sex in SAID_SEXES else ""


def _postcode(facts: Facts) -> str:
    return facts.address.postcode if facts.address else ""
