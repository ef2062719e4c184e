"""What a child is stored under: the derived search fields (for the link keys see `blocks`)."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from analyzers.closeness import born_tokens
from analyzers.fold import words
from analyzers.identity import Identity
from analyzers.postcodes import parse_postcode
from analyzers.tiers import TIERS, joins_of

_STORED = tuple(tier for tier in TIERS if tier.stored or tier.stored_join)

_FOUND_BY = (*(tier.field for tier in _STORED), "born", "postcodes")
SEARCH_FIELDS = (*_FOUND_BY, "blocks")
"""All fields that are derived, and so left out of `_source`."""


def search_fields(identity: Identity) -> dict[str, list[str]]:
    """Return the tokens of every field a child is found by, in any order, each once.

    The link keys (`blocks`) are no part of them: they are those of every contribution, by its own
    date and places.
    """
    found = [_NO_TOKENS]
    for text in {text: None for name in identity.names for text in (name.given, name.family)}:
        name = words(text)
        found += map(_tokens_of_word, name)
        if len(name) > 1:
            found += map(_tokens_of_join, joins_of(name))
    columns = zip(*found, strict=True)
    postcodes = map(_postcode_tokens, (*identity.postcodes, *identity.former_postcodes))
    return dict(
        zip(
            _FOUND_BY,
            [
                *map(_each_once, columns),
                list(born_tokens(identity.born)),
                _each_once(postcodes),
            ],
            strict=True,
        )
    )


def _each_once(tokens: Iterable[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(chain.from_iterable(tokens)))


# By word, not by name: names have too long a tail to be kept (analyzers/fold.py).
@lru_cache(maxsize=1 << 15)
def _tokens_of_word(word: str) -> tuple[tuple[str, ...], ...]:
    return tuple([tier.stored(word) if tier.stored else () for tier in _STORED])


def _tokens_of_join(join: str) -> tuple[tuple[str, ...], ...]:
    return tuple([tier.stored_join(join) if tier.stored_join else () for tier in _STORED])


_NO_TOKENS: tuple[tuple[str, ...], ...] = ((),) * len(_STORED)


def _postcode_tokens(text: str) -> tuple[str, ...]:
    postcode = parse_postcode(text)
    return postcode.tokens if postcode else ()
