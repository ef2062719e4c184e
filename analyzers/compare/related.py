"""The tokens by which words that `relation` relates to each other find each other.

Any two words that are related share a token, one asking and one stored; but for those that only
have two letters different, which the near comparison counts for next to nothing.
"""

from collections.abc import Iterator

from analyzers.kin import kin_tokens
from analyzers.sounds import sounds
from analyzers.tiers import SHORTEST_BEGINNING, edit_tokens


def stored_tokens(word: str) -> Iterator[str]:
    """Yield the tokens a folded word is found by; one may come twice."""
    yield from _both(word)
    yield f"i{word[0]}"
    if len(word) == 1:
        yield f"s{word}"
    for end in range(2, len(word)):
        yield f"p{word[:end]}"
    if len(word) >= SHORTEST_BEGINNING:
        yield f"b{word}"


def asked_tokens(word: str) -> Iterator[str]:
    """Yield the tokens of every stored word that the folded word is related to."""
    yield from _both(word)
    yield f"s{word[0]}"
    if len(word) == 1:
        yield f"i{word}"
    else:
        yield f"p{word}"
    for end in range(SHORTEST_BEGINNING, len(word)):
        yield f"b{word[:end]}"


def kin_keys(word: str) -> Iterator[str]:
    """Yield the tokens that a folded word shares with other forms of the same name."""
    return (f"k{token}" for token in kin_tokens(word))


def _both(word: str) -> Iterator[str]:
    yield f"e{word}"
    yield from kin_keys(word)
    for edited in edit_tokens(word):
        yield f"e{edited}"
    for code in sounds(word):
        yield f"c{code}"
