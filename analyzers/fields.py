"""What a child is stored under: the derived search fields (for the link keys see `blocks`).

Tokens are kept as JSON ready to be sent, word by word: half a hundred texts a child, made anew for
each of eleven million, would be a fifth of a load's work.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import chain

from msgspec import Raw, json

from analyzers.closeness import born_tokens
from analyzers.fold import words
from analyzers.identity import Born, Identity
from analyzers.postcodes import parse_postcode
from analyzers.tiers import TIERS, WordTokens, doubled, joins_of, telling_joins_of

_STORED = tuple(tier for tier in TIERS if tier.stored or tier.stored_join)
_STORED_JOIN = tuple(tier.stored_join for tier in _STORED)
_STORED_TELLING = tuple(tier.stored_telling for tier in _STORED)
_NAME_FIELDS = tuple(tier.field for tier in _STORED)
_LONGEST_GIVEN_IN_ONE = 8
"""Letters of given names that somebody may write in one, and with a slip: Jun Jie. A given name
with a middle name is longer, nearly every child has one, and their sounds are a tenth of a load."""
SEARCH_FIELDS = (*_NAME_FIELDS, "born", "postcodes", "blocks")
"""All fields that are derived, and so left out of `_source`."""


def search_fields(identity: Identity) -> dict[str, list[str]]:
    """Return the tokens of every field a child is found by, in any order, each once.

    The link keys (`blocks`) are no part of them: they are those of every contribution, by its own
    date and places.
    """
    written = written_fields(identity)
    return {name: list(dict.fromkeys(json.decode(raw or b"[]"))) for name, raw in written.items()}


def written_fields(identity: Identity) -> dict[str, Raw]:
    """Return the same fields as JSON, for the document; a token may stand there twice, and a field
    without any is empty."""
    found = [_NOTHING]
    families = {name.family for name in identity.names}
    for text in {text: None for name in identity.names for text in (name.given, name.family)}:
        name = words(text)
        found += map(_written_word, name)
        if len(name) > 1:
            found += [_written_by(_STORED_JOIN, join) for join in joins_of(name)]
            found += [
                _written_by(_STORED_TELLING, join)
                for join in telling_joins_of(name)
                if text in families or len(join) <= _LONGEST_GIVEN_IN_ONE
            ]
    found += [
        _written_twice(token)
        for name in identity.names
        if name.given and name.family
        for token in doubled(words(name.given), words(name.family))
    ]
    fields = dict(zip(_NAME_FIELDS, map(_raw, zip(*found, strict=True)), strict=True))
    fields["born"] = _raw([_written_day(identity.born.day)] if identity.born else [])
    postcodes = chain(identity.postcodes, identity.former_postcodes)
    fields["postcodes"] = _raw(map(_written_postcode, postcodes))
    return fields


def _raw(parts: Iterable[bytes]) -> Raw:
    written = b",".join([part for part in parts if part])
    return Raw(b"[%b]" % written if written else b"")


_NOTHING = (b"",) * len(_STORED)


# By word, not by name: names have too long a tail to be kept (analyzers/fold.py).
@lru_cache(maxsize=1 << 16)
def _written_word(word: str) -> tuple[bytes, ...]:
    return tuple([_written(tier.stored(word)) if tier.stored else b"" for tier in _STORED])


def _written_twice(token: str) -> tuple[bytes, ...]:
    return tuple([_written((token,)) if field == "joined" else b"" for field in _NAME_FIELDS])


def _written_by(tokens_of: Iterable[WordTokens | None], join: str) -> tuple[bytes, ...]:
    return tuple([_written(tokens(join)) if tokens else b"" for tokens in tokens_of])


@lru_cache(maxsize=1 << 13)  # all days of birth of those under eighteen
def _written_day(day: date | None) -> bytes:
    return _written(born_tokens(Born(day, day))) if day else b""


@lru_cache(maxsize=1 << 14)
def _written_postcode(text: str) -> bytes:
    postcode = parse_postcode(text)
    return _written(postcode.tokens) if postcode else b""


def _written(tokens: tuple[str, ...]) -> bytes:
    return json.encode(tokens)[1:-1]
