"""Chooses the name at the head of a record, and its spelling, out of what all sources say.

A name that another source calls former is not the child's name any more, and "Baby" never was one;
after that the table of trust decides. Capitals and missing accents lose only the spelling.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from unicodedata import name as letter_name
from unicodedata import normalize

from anyascii import anyascii

from indexer.children.child import Facts, FormerName

NOT_YET_NAMED = re.compile(
    r"(?:(?:the )?(?:new ?born |un-?named )?(?:baby|infant)(?: (?:boy|girl|of .*|[0-9a-d])){0,2}"
    r"|(?:twin|triplet)(?: (?:one|two|three|[0-9]|i{1,3}|[a-c]))?|boy|girl|male|female"
    r"|un-?named|unknown|not known)?"
)


def name_of(facts: Facts) -> FormerName:
    return FormerName(facts.given_names, facts.family_name)


def choose_name(said: Sequence[Facts]) -> FormerName:
    """Return the name of the record; `said` begins with the source most trusted for names."""
    if len(said) == 1 or len({(one.given_names, one.family_name) for one in said}) == 1:
        return name_of(said[0])
    ranks = [(is_not_yet_named(one.given_names), _is_former(one, said)) for one in said]
    chosen = said[ranks.index(min(ranks))]
    return FormerName(
        _best_spelling(chosen.given_names, [one.given_names for one in said]),
        _best_spelling(chosen.family_name, [one.family_name for one in said]),
    )


def other_names(
    said: Sequence[Facts], current: FormerName, known_as: str
) -> tuple[FormerName, ...]:
    """Return every other name that any source gives, each once, in one order."""
    names: list[FormerName] = []
    for one in said:
        if one.given_names != current.given_names or one.family_name != current.family_name:
            names.append(name_of(one))
        names += one.former_names
        if one.known_as and (one.known_as, one.family_name) != (known_as, current.family_name):
            names.append(FormerName(one.known_as, one.family_name))
    if not names:
        return ()
    return distinct_names(names, (current, FormerName(known_as, current.family_name)))


def distinct_names(
    names: Iterable[FormerName], without: Iterable[FormerName]
) -> tuple[FormerName, ...]:
    """Return each name once, spelled as carefully as anywhere, and none of those in `without`."""
    distinct: dict[tuple[str, str], FormerName] = {}
    for name in names:
        known = distinct.setdefault(_key(name), name)
        if known is not name and _care(name) > _care(known):
            distinct[_key(name)] = name
    for name in (FormerName(), *without):
        distinct.pop(_key(name), None)
    return tuple(distinct[key] for key in sorted(distinct))


def is_not_yet_named(given_names: str) -> bool:
    """Is this what is written of a child who has no name yet?"""
    return NOT_YET_NAMED.fullmatch(given_names.casefold()) is not None


def plain(text: str) -> str:
    """Return the text without case and Latin accents, equal for two spellings of one name.

    Signs of other scripts stay: several of one sound are several names.
    """
    if text.isascii():
        return text.casefold()
    return "".join(map(_plain_letter, normalize("NFC", text))).casefold()


@lru_cache(maxsize=1_000)
def _plain_letter(letter: str) -> str:
    return anyascii(letter) if _is_latin(letter) or letter in "\u2018\u2019" else letter


def _is_latin(letter: str) -> bool:
    return letter_name(letter, "").startswith("LATIN ")


def _key(name: FormerName) -> tuple[str, str]:
    return plain(name.given_names), plain(name.family_name)


def _is_former(one: Facts, said: Sequence[Facts]) -> bool:
    """Does any other source call this name former, and not itself still use it?"""
    return any(
        _is_same_name(former, one) and not _is_same_name(former, other)
        for other in said
        if other is not one
        for former in other.former_names
    )


def _is_same_name(former: FormerName, facts: Facts) -> bool:
    """A middle name more or less, or a former name without a given one, is the same name."""
    given = plain(former.given_names).split()[:1]
    return (
        bool(former.family_name)
        and plain(former.family_name) == plain(facts.family_name)
        and given in ([], plain(facts.given_names).split()[:1])
    )


def _best_spelling(text: str, spellings: Iterable[str]) -> str:
    """Return the most careful way in which anyone writes this very name."""
    same = [one for one in spellings if plain(one) == plain(text)]
    return max([text, *same], key=_written)


def _written(text: str) -> tuple[bool, bool]:
    """A text of small and capital letters is written with more care, then one with accents."""
    has_accents = not text.isascii() and any(map(_is_accented, text))
    return not (text.isupper() or text.islower()), has_accents


def _is_accented(letter: str) -> bool:
    return not letter.isascii() and _is_latin(letter)


def _care(name: FormerName) -> tuple[bool, ...]:
    return (*_written(name.given_names), *_written(name.family_name))
