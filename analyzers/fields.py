"""What a child is stored under: the derived search fields, and the keys of the link's blocks."""

from functools import lru_cache

from analyzers.closeness import born_tokens
from analyzers.fold import is_particle, words
from analyzers.identity import Identity
from analyzers.postcodes import parse_postcode
from analyzers.sounds import sound
from analyzers.tiers import TIERS, parts_of

SEARCH_FIELDS = (*dict.fromkeys(tier.field for tier in TIERS), "born", "postcodes", "blocks")

MOST_BLOCK_NAMES = 6  # keys multiply with names: a hundred former names would make 100,000


def search_fields(identity: Identity) -> dict[str, list[str]]:
    """Return the tokens of every derived field of a child, sorted, each once."""
    tokens: dict[str, set[str]] = {field: set() for field in SEARCH_FIELDS}
    for name in identity.names:
        for text in (name.given, name.family):
            for field, found in _tokens_of_name(text):
                tokens[field].update(found)
    tokens["born"].update(born_tokens(identity.born))
    for text in (*identity.postcodes, *identity.former_postcodes):
        tokens["postcodes"].update(_postcode_tokens(text))
    tokens["blocks"].update(block_keys(identity))
    return {field: sorted(found) for field, found in tokens.items()}


@lru_cache(maxsize=1 << 15)
def _tokens_of_name(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    parts = parts_of(words(text))
    return tuple(
        (tier.field, frozenset().union(*map(tier.stored, parts))) for tier in TIERS if tier.stored
    )


@lru_cache(maxsize=1 << 15)
def _postcode_tokens(text: str) -> tuple[str, ...]:
    postcode = parse_postcode(text)
    return postcode.tokens if postcode else ()


def block_keys(identity: Identity) -> set[str]:
    """Return the keys two records of one child are likely to share, for linking.

    Date and given sound, date and family sound, both sounds and year, postcode and given sound:
    a wrong letter, a changed family name or a wrong date each leave one of them standing.
    """
    names = identity.names[:MOST_BLOCK_NAMES]
    given = {code for name in names for code in _given_sound(name.given)}
    family = {code for name in names for code in _family_sounds(name.family)}
    day, _, year = born_tokens(identity.born) or ("", "", "")
    keys = {f"p|{code}|{g}" for code in _whole_postcodes(identity) for g in given}
    if day:
        keys.update(f"g|{day}|{g}" for g in given)
        keys.update(f"f|{day}|{f}" for f in family)
        keys.update(f"y|{year}|{g}|{f}" for g in given for f in family)
    return keys


@lru_cache(maxsize=1 << 15)
def _given_sound(text: str) -> tuple[str, ...]:
    """Return the sound of the first given name only: later ones are often left out."""
    return tuple(sound(word) for word in words(text)[:1])


@lru_cache(maxsize=1 << 15)
def _family_sounds(text: str) -> tuple[str, ...]:
    found = words(text)
    return tuple(sound(word) for word in found if not is_particle(word)) or tuple(
        sound(word) for word in found
    )


def _whole_postcodes(identity: Identity) -> list[str]:
    """Return the current and former postcodes; an outward part alone is too many children."""
    tokens = [_postcode_tokens(text) for text in (*identity.postcodes, *identity.former_postcodes)]
    return [found[0] for found in tokens if len(found) > 1]
